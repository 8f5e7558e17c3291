from django.urls import path

from lindung.intake.web import views

urlpatterns = [
    path("daftar-masuk/", views.lists, name="intakes"),
    path("daftar-masuk/<uuid:batch_id>/", views.intake, name="intake"),
    path("daftar-masuk/<uuid:batch_id>/terima/", views.take, name="take_intake"),
    path("daftar-masuk/<uuid:batch_id>/perbaikan/", views.repairs, name="intake_repairs"),
]
