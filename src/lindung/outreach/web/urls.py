from django.urls import include, path

urlpatterns = [
    path("", include("lindung.outreach.web.entry_urls")),
]
