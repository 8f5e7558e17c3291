from django.urls import include, path

from lindung.site.phone import demo

urlpatterns = [
    path("", include("lindung.site.desk.urls")),
    path("", include("lindung.site.register.urls")),
    path("saya/", include("lindung.site.phone.urls")),
    path("keluarga/", include("lindung.site.family.urls")),
    path("demo/ponsel/", demo.phone, name="demo_phone"),
]
