from django.urls import path

from lindung.recruitment.web import bulk, orders, papers, views

urlpatterns = [
    path("perekrutan/", views.chain, name="chain"),
    path("perekrutan/perjanjian/baru/", papers.new_agreement, name="new_agreement"),
    path("perekrutan/perjanjian/<uuid:paper_id>/", views.agreement, name="agreement"),
    path(
        "perekrutan/perjanjian/<uuid:agreement_id>/permintaan/",
        orders.new_order,
        name="new_order",
    ),
    path("perekrutan/permintaan/<uuid:paper_id>/", views.order, name="job_order"),
    path("perekrutan/permintaan/<uuid:paper_id>/izin/", papers.ask_permit, name="ask_permit"),
    path("perekrutan/<str:kind>/<uuid:paper_id>/langkah/", papers.step, name="paper_step"),
    path("perekrutan/<str:kind>/<uuid:paper_id>/perbaiki/", orders.repair, name="repair_paper"),
    path("perekrutan/<str:kind>/<uuid:paper_id>/kecuali/", papers.ask, name="ask_override"),
    path("perekrutan/kecuali/<uuid:override_id>/", papers.answer, name="answer_override"),
    path("perekrutan/izin/<uuid:permit_id>/", papers.decide_permit, name="decide_permit"),
    path("perekrutan/tinjau/", bulk.look_through, name="look_through_orders"),
    path("perekrutan/sahkan/", bulk.endorse_many, name="endorse_orders"),
]
