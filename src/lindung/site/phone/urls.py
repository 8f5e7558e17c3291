"""Addresses under ``/saya/``."""

from django.urls import path

from lindung.site.phone import departing, enrolment, relatives, shared, views, way, workplace

urlpatterns = [
    path("", views.home, name="my_home"),
    path("darurat/", views.call_for_help, name="my_emergency"),
    path("berangkat/", departing.leaving, name="my_departure"),
    path("jalan/", way.my_way, name="my_way"),
    path("jalan/<slug:requirement>/", way.hand_in, name="my_hand_in"),
    path("kabar/", views.check_in, name="my_check_in"),
    path("keluhan/", views.complain, name="my_complaint"),
    path("kontrak/<uuid:contract_id>/", views.contract, name="my_contract"),
    path("kontrak/<uuid:contract_id>/tempat-kerja/", workplace.workplace, name="my_workplace"),
    path("kasus/<uuid:case_id>/", views.case, name="my_case"),
    path("kasus/<uuid:case_id>/hasil/", views.outcome, name="my_outcome"),
    path("pesan/", views.messages, name="my_messages"),
    path("dilihat/", views.looks, name="my_looks"),
    path("dibagikan/", shared.shared, name="my_shared"),
    path("keluarga/", relatives.relatives, name="my_relatives"),
    path("keluarga/<uuid:member_id>/", relatives.change, name="change_relative"),
    path("data/", views.data, name="my_data"),
    path("daftar/", enrolment.enrol, name="my_enrolment"),
]
