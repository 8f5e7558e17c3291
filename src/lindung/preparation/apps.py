from django.apps import AppConfig


class PreparationConfig(AppConfig):
    name = "lindung.preparation"
    label = "preparation"
