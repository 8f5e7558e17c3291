from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "lindung.site"
    label = "site"
