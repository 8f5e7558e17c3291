from django.apps import AppConfig


class ProtectionConfig(AppConfig):
    name = "lindung.protection"
    label = "protection"
