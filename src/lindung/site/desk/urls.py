from django.urls import path

from lindung.site.desk import density, hosts, overseas, presence_views, queue_views, views

urlpatterns = [
    path("", queue_views.first_page, name="home"),
    path("antrean/massal/", queue_views.many, name="queue_many"),
    path("antrean/saringan/", queue_views.keep_filter, name="queue_filter"),
    path("antrean/tanda-terima/<uuid:receipt_id>/", queue_views.receipt, name="receipt"),
    path("antrean/<slug:kind>/<uuid:row_id>/", queue_views.one_row, name="queue_row"),
    path("perubahan/", queue_views.changes, name="changes"),
    path("mendatang/<slug:what>/", queue_views.coming, name="coming"),
    path("hadir/<slug:what>/<uuid:subject>/", presence_views.here, name="presence"),
    path("pekerja/<uuid:worker_id>/", views.person, name="person"),
    path("pekerja/<uuid:worker_id>/ubah/", views.edit_person, name="edit_person"),
    path("pekerja/<uuid:worker_id>/dilihat/", views.lookers, name="lookers"),
    path("pekerja/<uuid:worker_id>/pulang/", views.record_return, name="record_return"),
    path("pekerja/<uuid:worker_id>/rencana/", views.make_plan, name="make_plan"),
    path("peta/", density.density, name="density"),
    path("pihak/pemberi-kerja/", hosts.employers, name="employers"),
    path("pihak/pemberi-kerja/<uuid:employer_id>/", hosts.employer, name="employer_page"),
    path("pihak/p3mi/<uuid:agency_id>/keadaan/", hosts.agency_record, name="agency_record"),
    path("penempatan/<uuid:placement_id>/di-luar/", overseas.overseas, name="overseas"),
]
