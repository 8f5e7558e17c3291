from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "lindung.exchange"
    label = "exchange"
