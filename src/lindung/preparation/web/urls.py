from django.urls import path

from lindung.preparation.web import views

urlpatterns = [
    path("orientasi/", views.sessions, name="orientations"),
    path("orientasi/<uuid:session_id>/", views.session, name="orientation"),
    path("orientasi/<uuid:session_id>/hadir/", views.attendance, name="attendance"),
    path("penempatan/<uuid:placement_id>/siap/", views.readiness, name="readiness"),
    path("penempatan/<uuid:placement_id>/siap/kursi/", views.seat, name="take_seat"),
    path("penempatan/<uuid:placement_id>/siap/iuran/", views.cover, name="record_cover"),
    path("penempatan/<uuid:placement_id>/siap/batas/", views.crossing, name="record_crossing"),
    path("penempatan/<uuid:placement_id>/surat-lepas/", views.paper, name="clearance_paper"),
    path("cek/berangkat/", views.check, name="check_clearances"),
    path("cek/berangkat/<str:code>/", views.check, name="check_clearance"),
]
