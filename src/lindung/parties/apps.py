from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "lindung.parties"
    label = "parties"
