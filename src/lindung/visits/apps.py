from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "lindung.visits"
    label = "visits"
