from django.apps import AppConfig


class PlacementConfig(AppConfig):
    name = "lindung.placement"
    label = "placement"
