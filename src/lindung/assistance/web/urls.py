"""Addresses of the help around a case."""

from django.urls import path

from lindung.assistance.web import casework, directory, letters, link, mine

urlpatterns = [
    path("kasus/<uuid:case_id>/bantuan/", casework.case_help, name="case_help"),
    path("kasus/<uuid:case_id>/surat/", letters.draft, name="draft_letter"),
    path("kasus/<uuid:case_id>/tuntutan/", casework.reckon, name="reckon_claim"),
    path("kasus/<uuid:case_id>/rujuk/", casework.refer, name="refer"),
    path("kasus/<uuid:case_id>/rumah-aman/", casework.take_in, name="take_in"),
    path("kasus/<uuid:case_id>/juru-bahasa/", casework.call, name="call_interpreter"),
    path("surat/<uuid:letter_id>/", letters.letter, name="letter"),
    path("surat/<uuid:letter_id>/langkah/", letters.step, name="letter_step"),
    path("surat/<uuid:letter_id>/pdf/", letters.pdf, name="letter_pdf"),
    path("surat/<uuid:letter_id>/cetak/", letters.page, name="letter_print"),
    path("tuntutan/<uuid:claim_id>/", casework.claim, name="claim"),
    path("tuntutan/<uuid:claim_id>/uang/", casework.payment, name="claim_payment"),
    path("tuntutan/<uuid:claim_id>/lunas/", casework.settle, name="settle_claim"),
    path("rujukan/<uuid:referral_id>/henti/", casework.end_referral, name="end_referral"),
    path("rujukan/r/<str:token>/", link.referral, name="referral_link"),
    path("janji/<uuid:appointment_id>/", casework.close_appointment, name="close_appointment"),
    path("rumah-aman/", directory.shelters, name="shelters"),
    path("rumah-aman/baru/", directory.new_shelter, name="new_shelter"),
    path("rumah-aman/keluar/<uuid:stay_id>/", directory.leave_shelter, name="leave_shelter"),
    path("juru-bahasa/", directory.interpreters, name="interpreters"),
    path("juru-bahasa/baru/", directory.new_interpreter, name="new_interpreter"),
    path("layanan/baru/", directory.new_service, name="new_service"),
    path("saya/kasus/<uuid:case_id>/bantuan/", mine.my_help, name="my_help"),
    path("saya/uang/<uuid:payment_id>/", mine.my_payment, name="my_payment"),
]
