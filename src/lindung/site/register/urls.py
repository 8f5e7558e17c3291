from django.urls import path

from lindung.site.register import lists, living

urlpatterns = [
    path("neraca/", lists.balance, name="balance"),
    path("neraca/nama/", lists.named, name="balance_names"),
    path("neraca/nama.csv", lists.named_csv, name="balance_csv"),
    path("belum-dipastikan/", lists.unconfirmed, name="unconfirmed"),
    path("pekerja/<uuid:worker_id>/di-luar-negeri/", living.living, name="living"),
    path("perpanjangan/<uuid:extension_id>/", living.extension, name="extension"),
]
