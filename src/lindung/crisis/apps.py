from django.apps import AppConfig


class CrisisConfig(AppConfig):
    name = "lindung.crisis"
    label = "crisis"
