from django.urls import include, path

from lindung.site.addresses import Pages
from lindung.site.desk import urls as desk
from lindung.site.phone import demo
from lindung.site.register import urls as register

urlpatterns = [
    path("saya/", include("lindung.site.phone.urls")),
    Pages(desk),
    Pages(register),
    path("keluarga/", include("lindung.site.family.urls")),
    path("demo/ponsel/", demo.phone, name="demo_phone"),
]
