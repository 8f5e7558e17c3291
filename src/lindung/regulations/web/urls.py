"""Addresses under ``/peraturan/``; all of them are for everyone."""

from django.urls import path, re_path

from lindung.regulations.web import views

app_name = "regulations"
urlpatterns = [
    path("", views.index, name="index"),
    re_path(r"^negara/(?P<code>[A-Z]{2})/$", views.country, name="country"),
    re_path(r"^(?P<rule_id>[a-z]{2}(?:\.[a-z0-9_]+)+)/$", views.rule, name="rule"),
]
