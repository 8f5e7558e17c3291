from django.urls import path

from lindung.parties.web import agencies, hearings, problems, register

urlpatterns = [
    path("p3mi/", agencies.check, name="check_agency"),
    path("pihak/", agencies.agencies, name="agencies"),
    path("pihak/p3mi/baru/", agencies.grant, name="grant_licence"),
    path("pihak/p3mi/<uuid:agency_id>/", agencies.agency, name="agency"),
    path("pihak/p3mi/<uuid:agency_id>/putusan/", agencies.decide, name="decide_licence"),
    path("pihak/p3mi/<uuid:agency_id>/modal/", agencies.means, name="record_means"),
    path("pihak/mitra/", register.partners, name="partners"),
    path("pihak/mitra/<uuid:partner_id>/", register.partner, name="partner"),
    path("pihak/penyedia/", register.providers, name="providers"),
    path("pihak/penyedia/<uuid:provider_id>/", register.provider, name="provider"),
    path("pihak/pemberi-kerja/baru/", register.employer, name="register_employer"),
    path("pihak/tanggapan/", hearings.hearings, name="hearings"),
    path("pihak/tanggapan/<uuid:entry_id>/", hearings.answer, name="answer_problem"),
    path("pihak/masalah/", problems.problems, name="problems"),
    path("pihak/masalah/baru/", problems.report, name="report_problem"),
    path("pihak/masalah/<uuid:entry_id>/", problems.problem, name="problem"),
    path("pihak/masalah/<uuid:entry_id>/langkah/", problems.step, name="problem_step"),
]
