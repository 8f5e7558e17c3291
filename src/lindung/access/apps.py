"""Applies the row policies after every migrate and gathers the handlers at the start."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models.signals import post_migrate

from lindung.access import clock_step


class AccessConfig(AppConfig):
    name = "lindung.access"
    label = "access"

    def ready(self) -> None:
        """Hook the policies to the last app's migration, and load every app's handlers."""
        import_module("lindung.access.lookups")
        post_migrate.connect(_apply_policies, dispatch_uid="lindung.access.policies")
        for config in apps.get_app_configs():
            name = f"{config.name}.handlers"
            if config.name.startswith("lindung.") and find_spec(name) is not None:
                import_module(name)
        if settings.CONNECT_AS == "jobs":
            clock_step.watch()


def _apply_policies(sender: AppConfig, **_: Any) -> None:
    from lindung.access import policies

    # post_migrate is sent once per app that has tables; all of them exist at the last.
    with_tables = [config for config in apps.get_app_configs() if config.models_module]
    if sender is with_tables[-1]:
        policies.apply()
