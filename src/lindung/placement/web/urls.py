from django.urls import path

from lindung.placement.web import views

urlpatterns = [
    path("pekerja/<uuid:worker_id>/penempatan/", views.open_placement, name="open_placement"),
    path("penempatan/<uuid:placement_id>/", views.placement, name="placement"),
    path("penempatan/<uuid:placement_id>/syarat/", views.settle, name="settle"),
    path("penempatan/<uuid:placement_id>/langkah/", views.step, name="placement_step"),
    path("kontrak/", views.contracts, name="contracts"),
    path("kontrak/<uuid:contract_id>/", views.contract, name="contract"),
    path("kontrak/<uuid:contract_id>/putusan/", views.decide, name="decide_contract"),
]
