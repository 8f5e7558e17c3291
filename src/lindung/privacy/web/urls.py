"""Addresses of this app's pages."""

from django.urls import path

from lindung.privacy.web import breaches, erasing, people, phone, schedule

urlpatterns = [
    path("data-anda/", schedule.public, name="data_kept"),
    path("data-anda/salinan.schema.json", phone.schema, name="copy_schema"),
    path("data-pribadi/", schedule.schedule, name="data_schedule"),
    path("data-pribadi/masa/", schedule.ask_period, name="ask_period"),
    path("data-pribadi/masa/<uuid:period_id>/", schedule.answer_period, name="answer_period"),
    path("data-pribadi/penghapusan/", erasing.erasures, name="erasures"),
    path("data-pribadi/penghapusan/<uuid:erasure_id>/", erasing.erasure, name="erasure"),
    path("data-pribadi/permintaan/", people.requests, name="data_requests"),
    path("data-pribadi/permintaan/<uuid:request_id>/", people.one_request, name="data_request"),
    path("data-pribadi/orang/<uuid:worker_id>/", people.person, name="person_data"),
    path("data-pribadi/orang/<uuid:worker_id>/salinan/", people.copy, name="person_copy"),
    path("data-pribadi/tahan/<uuid:hold_id>/", people.lift, name="lift_hold"),
    path("data-pribadi/kebocoran/", breaches.breaches, name="breaches"),
    path("data-pribadi/kebocoran/<uuid:breach_id>/", breaches.breach, name="breach"),
    path("data-pribadi/kebocoran/<uuid:breach_id>/daftar/", breaches.listed, name="breach_list"),
    path("saya/hak-data/", phone.rights, name="my_rights"),
    path("saya/hak-data/<uuid:request_id>/tarik/", phone.withdraw, name="withdraw_data_request"),
    path("saya/hak-data/salinan/", phone.copy, name="my_copy"),
]
