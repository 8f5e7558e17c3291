"""Addresses of signing in on the phone."""

from django.urls import path

from lindung.outreach.web import entry_views

urlpatterns = [
    path("saya/masuk/", entry_views.ask, name="entry"),
    path("saya/masuk/kode/", entry_views.code, name="entry_code"),
    path("saya/m/<str:token>/", entry_views.link, name="entry_link"),
    path("saya/keluar/", entry_views.leave, name="leave"),
    path("pekerja/<uuid:worker_id>/pulihkan/", entry_views.recover, name="recover"),
]
