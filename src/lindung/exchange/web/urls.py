"""Addresses of the exchange: the protocol's, and the page that people watch it on."""

from __future__ import annotations

from django.urls import path

from lindung.exchange.web import node, views

urlpatterns = [
    path(".well-known/lindung-exchange.json", node.key_document, name="exchange-keys"),
    path("exchange/v1/messages", node.messages, name="exchange-messages"),
    path("exchange/v1/subjects", node.subjects, name="exchange-subjects"),
    path("exchange/v1/schemas/<slug:name>.v1.json", node.schema, name="exchange-schema"),
    path("pertukaran/", views.overview, name="exchange"),
    path("pertukaran/<slug:code>/", views.overview, name="exchange-partner"),
    path("pertukaran/pesan/<uuid:message_id>/kirim-ulang/", views.resend, name="exchange-resend"),
]
