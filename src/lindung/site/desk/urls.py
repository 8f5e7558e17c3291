from django.urls import path

from lindung.site.desk import overseas, views

urlpatterns = [
    path("", views.home, name="home"),
    path("pekerja/<uuid:worker_id>/", views.person, name="person"),
    path("pekerja/<uuid:worker_id>/dilihat/", views.lookers, name="lookers"),
    path("pekerja/<uuid:worker_id>/pulang/", views.record_return, name="record_return"),
    path("pekerja/<uuid:worker_id>/rencana/", views.make_plan, name="make_plan"),
    path("penempatan/<uuid:placement_id>/di-luar/", overseas.overseas, name="overseas"),
]
