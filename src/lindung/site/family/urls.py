"""Addresses under ``/keluarga/``."""

from django.urls import path

from lindung.site.family import views

urlpatterns = [path("", views.home, name="family_home")]
