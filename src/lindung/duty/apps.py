from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "lindung.duty"
    label = "duty"
