from django.urls import path

from lindung.duty.web import views

urlpatterns = [
    path("piket/", views.roster, name="roster"),
    path("piket/catatan/", views.handover, name="duty_handover"),
    path("piket/rantai/", views.chain, name="duty_chain"),
    path("piket/salin/", views.repeat, name="duty_repeat"),
    path("piket/tukar/", views.swap, name="duty_swap"),
    path("piket/<uuid:shift_id>/cabut/", views.withdraw, name="duty_withdraw"),
]
