"""Addresses of this app's pages."""

from django.urls import path

from lindung.crisis.web import views

urlpatterns = [
    path("krisis/", views.events, name="crisis_events"),
    path("krisis/baru/", views.new, name="crisis_new"),
    path("krisis/<uuid:event_id>/", views.muster, name="muster"),
    path("krisis/<uuid:event_id>/tanya/", views.ask, name="muster_ask"),
    path("krisis/<uuid:event_id>/jawaban/<uuid:worker_id>/", views.answer, name="muster_answer"),
    path("krisis/<uuid:event_id>/daftar.csv", views.taken, name="muster_csv"),
    path("krisis/<uuid:event_id>/tutup/", views.end, name="crisis_end"),
]
