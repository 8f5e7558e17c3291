from django.urls import path

from lindung.protection.web import acts, complaints, home, sealed, sos, views

urlpatterns = [
    path("kasus/", views.cases, name="cases"),
    path("kasus/dialihkan/<uuid:given_id>/", views.kept, name="kept_case"),
    path("kasus/bukti/<uuid:evidence_id>/", views.evidence, name="case_evidence"),
    path("kasus/tugas/<uuid:task_id>/selesai/", views.finish, name="finish_case_task"),
    path("kasus/kaitan/<uuid:link_id>/hapus/", views.unlink, name="unlink_case"),
    path("kasus/perusahaan/<uuid:step_id>/", views.end_step, name="end_track_step"),
    path("kasus/buka/<uuid:opening_id>/", sealed.answer, name="answer_opening"),
    path("kasus/rumah/<uuid:case_id>/", home.case, name="home_case"),
    path("kasus/<uuid:case_id>/", views.case, name="case"),
    path("kasus/<uuid:case_id>/langkah/", views.step, name="case_step"),
    path("kasus/<uuid:case_id>/tulis/", views.write, name="case_note"),
    path("kasus/<uuid:case_id>/tindakan/<slug:name>/", acts.act, name="case_act"),
    path("sos/", sos.waiting, name="sos_waiting"),
    path("sos/<uuid:case_id>/", sos.sos, name="sos"),
    path("sos/<uuid:case_id>/langkah/", sos.act, name="sos_act"),
    path("keluhan/", complaints.waiting, name="complaints"),
    path("keluhan/lapor/", complaints.report, name="report_in_confidence"),
    path("keluhan/<uuid:complaint_id>/", complaints.complaint, name="complaint"),
    path("pekerja/<uuid:worker_id>/kasus/", views.open_case, name="open_case"),
]
