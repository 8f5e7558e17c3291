from django.urls import path

from lindung.protection.web import views

urlpatterns = [
    path("kasus/", views.cases, name="cases"),
    path("kasus/<uuid:case_id>/", views.case, name="case"),
    path("kasus/<uuid:case_id>/langkah/", views.step, name="case_step"),
    path("kasus/<uuid:case_id>/tulis/", views.write, name="case_note"),
    path("pekerja/<uuid:worker_id>/kasus/", views.open_case, name="open_case"),
]
