"""The phones of made-up people, so that a visitor can read the code that was sent and sign in.

Exists in demo mode alone: where people are real, nobody but the worker reads these words.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from lindung.access.acting import acting_as
from lindung.access.roles import ROBOT
from lindung.kernel.refusals import NotFound
from lindung.site.phone import queries


@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """The last messages to made-up people, of one of them where a public number is given."""
    if not settings.DEMO:
        raise NotFound
    number = request.GET.get("pekerja", "").strip().upper()
    with acting_as(ROBOT):
        found = queries.last_messages(number)
    return render(request, "saya/demo_phone.html", {"messages_sent": found, "number": number})
