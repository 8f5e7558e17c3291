from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "lindung.incidents"
    label = "incidents"
