from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "lindung.outreach"
    label = "outreach"

    def ready(self) -> None:
        """Gateways register themselves."""
        from lindung.outreach.gateways import all as _gateways  # noqa: F401  for its effect
