from django.urls import path

from lindung.registry.web import views

urlpatterns = [
    path("pekerja/", views.people, name="people"),
    path("pekerja/baru/", views.enrol, name="enrol"),
    path("pekerja/<uuid:worker_id>/nomor/", views.add_number, name="add_number"),
    path("tugas/<uuid:task_id>/selesai/", views.finish_task, name="finish_task"),
]
