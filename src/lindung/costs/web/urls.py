from django.urls import URLPattern, path

from lindung.costs.web import desk, overview, phone

urlpatterns: list[URLPattern] = [
    path("saya/biaya/", phone.mine, name="my_costs"),
    path("saya/biaya/tambah/", phone.tell, name="tell_my_cost"),
    path("saya/biaya/pinjaman/", phone.borrow, name="tell_my_loan"),
    path("saya/biaya/pinjaman/<uuid:loan_id>/tarik/", phone.withdraw_loan, name="drop_my_loan"),
    path("saya/biaya/tanya/<slug:moment>/", phone.answer, name="my_cost_questions"),
    path("saya/biaya/kembali/<uuid:refund_id>/", phone.refund, name="my_refund"),
    path("saya/biaya/<uuid:charge_id>/", phone.charge, name="my_cost"),
    path("saya/biaya/<uuid:charge_id>/betulkan/", phone.correct, name="correct_my_cost"),
    path("saya/biaya/<uuid:charge_id>/tarik/", phone.withdraw, name="drop_my_cost"),
    path("biaya/", overview.overview, name="costs"),
    path("biaya/sdg-10-7-1.csv", overview.indicator, name="recruitment_cost"),
    path("biaya/catatan/<uuid:charge_id>/", desk.charge, name="charge"),
    path("biaya/catatan/<uuid:charge_id>/betulkan/", desk.correct, name="correct_charge"),
    path("biaya/catatan/<uuid:charge_id>/tarik/", desk.withdraw, name="withdraw_charge"),
    path("biaya/kembali/<uuid:refund_id>/", desk.refund, name="settle_refund"),
    path("biaya/<str:key>/", desk.placement, name="costs_of"),
    path("biaya/<str:key>/pinjaman/", desk.borrow, name="tell_loan"),
]
