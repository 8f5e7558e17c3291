"""What the world has agreed to call things: codes, places, rates, published figures."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "lindung.reference"
    label = "reference"
