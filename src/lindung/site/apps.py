from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "lindung.site"
    label = "site"

    def ready(self) -> None:
        """Have what every request and job took told to the log, the measures and the traces."""
        from lindung.site import seeing

        seeing.begin()
