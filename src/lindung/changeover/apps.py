from django.apps import AppConfig


class ChangeoverConfig(AppConfig):
    name = "lindung.changeover"
    label = "changeover"
