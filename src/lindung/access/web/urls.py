from django.urls import path

from lindung.access.web import administration, duties

urlpatterns = [
    path("masuk/tanpa-tugas/", duties.no_duty, name="no_duty"),
    path("tugas/", duties.switch, name="switch_duty"),
    path("tugas/limpahan/", duties.delegations, name="delegations"),
    path("tugas/limpahan/<uuid:duty_id>/cabut/", duties.take_back, name="take_back"),
    path("kelola/akun/", administration.accounts, name="accounts"),
    path("kelola/akun/baru/", administration.open_account, name="open_account"),
    path("kelola/akun/<uuid:account_id>/", administration.account, name="account"),
    path("kelola/akun/<uuid:account_id>/tugas/", administration.give_duty, name="give_duty"),
    path("kelola/akun/<uuid:account_id>/tutup/", administration.close, name="close_account"),
    path("kelola/akun/<uuid:account_id>/faktor/", administration.reset, name="reset_factor"),
    path("kelola/tugas/<uuid:duty_id>/akhiri/", administration.end_duty, name="end_duty"),
    path("kelola/kunci/", administration.tokens, name="tokens"),
    path("kelola/kunci/<uuid:token_id>/cabut/", administration.revoke, name="revoke_token"),
]
