from django.apps import AppConfig


class ReintegrationConfig(AppConfig):
    name = "lindung.reintegration"
    label = "reintegration"
