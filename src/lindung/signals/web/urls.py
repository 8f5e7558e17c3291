"""Addresses of this app's pages."""

from django.urls import path

from lindung.signals.web import views

urlpatterns = [
    path("peringatan/", views.alerts, name="alerts"),
    path("peringatan/ketepatan/", views.records, name="signal_records"),
    path("peringatan/diundi/", views.quiet, name="quiet"),
    path("peringatan/sinyal/<slug:signal_id>/", views.one_signal, name="signal"),
    path("peringatan/<uuid:alert_id>/", views.alert, name="alert"),
    path("peringatan/<uuid:alert_id>/tindakan/", views.act, name="alert_act"),
]
