from django.urls import include, path

urlpatterns = [
    path("", include("lindung.site.desk.urls")),
]
