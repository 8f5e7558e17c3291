"""Django's sessions in the database, found at every request by a question composed once."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as InTheDatabase
from django.contrib.sessions.models import Session
from django.utils import timezone

from lindung.access.ready import Given, Question

_LIVE = Question(
    lambda: Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("now"))
)


class SessionStore(InTheDatabase):
    """As Django's own; only how a session is found differs."""

    def _get_session_from_db(self) -> Session | None:
        found = _LIVE.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
