from django.urls import path

from lindung.registry.web import same, views

urlpatterns = [
    path("pekerja/", views.people, name="people"),
    path("pekerja/baru/", views.enrol, name="enrol"),
    path("pekerja/<uuid:worker_id>/nomor/", views.add_number, name="add_number"),
    path("pekerja/<uuid:worker_id>/paspor/", same.passport, name="passport"),
    path("pekerja/<uuid:worker_id>/mungkin-sama/", same.likely, name="likely"),
    path("pekerja/<uuid:worker_id>/sama/<uuid:other_id>/", same.compare, name="compare"),
    path("penggabungan/<uuid:merge_id>/", same.settle, name="settle_merge"),
    path("tugas/<uuid:task_id>/selesai/", views.finish_task, name="finish_task"),
]
