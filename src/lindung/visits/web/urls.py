"""Addresses of visits."""

from django.urls import path

from lindung.visits.web import views

urlpatterns = [
    path("kunjungan/", views.visits, name="visits"),
    path("kunjungan/baru/", views.plan, name="plan_visit"),
    path("kunjungan/<uuid:visit_id>/", views.visit, name="visit"),
    path("kunjungan/<uuid:visit_id>/langkah/", views.step, name="visit_step"),
    path("kunjungan/temuan/<uuid:answer_id>/", views.cured, name="cured"),
]
