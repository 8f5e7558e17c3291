from django.urls import URLPattern, path

from lindung.documents.web import views

urlpatterns: list[URLPattern] = [
    path("saya/berkas/", views.mine, name="my_documents"),
    path("saya/berkas/<uuid:document_id>/", views.my_contents, name="my_document"),
    path("pekerja/<uuid:worker_id>/berkas/", views.of_person, name="documents_of"),
    path("berkas/<uuid:document_id>/", views.document, name="document"),
    path("berkas/<uuid:document_id>/isi/", views.contents, name="document_contents"),
    path("berkas/<uuid:document_id>/sahkan/", views.verify, name="verify_document"),
    path("berkas/<uuid:document_id>/kembalikan/", views.refuse, name="refuse_document"),
    path("berkas/<uuid:document_id>/musnahkan/", views.destroy, name="destroy_document"),
]
