from django.urls import path

from lindung.incidents.web import pages, rulings, steps

urlpatterns = [
    path("kejadian/", pages.incidents, name="incidents"),
    path("kejadian/kewajiban/", pages.duties, name="agency_duties"),
    path("kejadian/kewajiban/<uuid:duty_id>/", pages.answer, name="answer_duty"),
    path("pekerja/<uuid:worker_id>/kejadian/", pages.report, name="report_incident"),
    path("kejadian/<uuid:incident_id>/", pages.incident, name="incident"),
    path("kejadian/<uuid:incident_id>/langkah/", steps.step, name="incident_step"),
    path("kejadian/<uuid:incident_id>/keputusan/", rulings.ask, name="ask_ruling"),
    path("kejadian/keputusan/<uuid:ruling_id>/", rulings.give, name="give_ruling"),
    path("kejadian/<uuid:incident_id>/<slug:form>/", steps.act, name="incident_act"),
]
