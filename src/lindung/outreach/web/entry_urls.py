"""Addresses of signing in on the phone."""

from django.urls import path

from lindung.outreach.web import entry_views, family_views

urlpatterns = [
    path("saya/masuk/", entry_views.ask, name="entry"),
    path("saya/masuk/kode/", entry_views.code, name="entry_code"),
    path("saya/m/<str:token>/", entry_views.link, name="entry_link"),
    path("keluarga/m/<str:token>/", family_views.link, name="family_link"),
    path("keluarga/keluar/", family_views.leave, name="family_leave"),
    path("saya/keluar/", entry_views.leave, name="leave"),
    path("pekerja/<uuid:worker_id>/pulihkan/", entry_views.recover, name="recover"),
]
