from django.apps import AppConfig


class CostsConfig(AppConfig):
    name = "lindung.costs"
    label = "costs"
