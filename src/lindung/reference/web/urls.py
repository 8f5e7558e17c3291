"""The public page that names every source of data and software."""

from django.urls import path

from lindung.reference.web import views

app_name = "reference"
urlpatterns = [path("lisensi/", views.licences, name="licences")]
