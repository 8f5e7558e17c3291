from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "lindung.assistance"
    label = "assistance"
