from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "lindung.signals"
    label = "signals"
