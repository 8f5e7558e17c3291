"""Who reads and writes the tables of access."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from lindung.access.actors import Kind
from lindung.access.journal import closed_to
from lindung.access.models import (
    Account,
    ApiToken,
    Attempt,
    Duty,
    Forgotten,
    HandlerError,
    JournalEntry,
    Jurisdiction,
    Office,
    OfOffice,
    OnceKey,
    PhoneSession,
    Post,
    Presence,
    Receipt,
    SavedFilter,
    Seal,
    SharedCache,
)
from lindung.access.policies import (
    AGENCY,
    EVERY_ROW,
    OFFICE,
    POST,
    WORKER,
    WRITE,
    OpenTable,
    RowPolicy,
)
from lindung.access.roles import roles

_DOOR = "door"
_CHANGE = (*WRITE, "delete")
_APPEND = ("select", "insert")
# An entry is written by whoever acts, about anyone: a post records the scope of a person who
# moved on a moment ago. It is read only within one's own scope.
_ANY_NEW = "actor_id = (select access.actor())"

_OF_A_POST = ", ".join(f"'{role.name}'" for role in roles().values() if role.kind is Kind.POST)


def _open_to(kind: Kind) -> str:
    """``^@`` is leakproof, so the scope's index still serves first."""
    return "".join(f" and not type ^@ '{start}'" for start in closed_to(kind))


_OWN = "actor_id = (select access.actor())"
_DESKS = {Kind.POST: POST, Kind.AGENCY: AGENCY, Kind.OFFICE: OFFICE, Kind.MINISTRY: EVERY_ROW}


def _of_office(model: type[OfOffice], own: str) -> list[RowPolicy]:
    """Read and tidied in the office, written in one's own name."""
    return [
        RowPolicy(
            model,
            kind,
            f"actor_kind = '{kind}' and {scope}",
            _CHANGE,
            f"actor_kind = '{kind}' and {own}",
        )
        for kind, scope in _DESKS.items()
    ]


POLICIES = [
    OpenTable(Post),
    OpenTable(Jurisdiction),
    OpenTable(Office),
    # Signing in happens before anyone acts, so these open to the door alone.
    RowPolicy(Session, _DOOR, EVERY_ROW, _CHANGE),
    RowPolicy(EmailAddress, _DOOR, EVERY_ROW, _CHANGE),
    RowPolicy(Authenticator, _DOOR, EVERY_ROW, _CHANGE),
    RowPolicy(UserSession, _DOOR, EVERY_ROW, _CHANGE),
    RowPolicy(Account, _DOOR, EVERY_ROW, WRITE),
    RowPolicy(Duty, _DOOR, EVERY_ROW),
    RowPolicy(ApiToken, _DOOR, EVERY_ROW),
    RowPolicy(Attempt, _DOOR, EVERY_ROW, _CHANGE),
    RowPolicy(Attempt, Kind.CLOCK, EVERY_ROW, ("select", "delete")),
    RowPolicy(SharedCache, _DOOR, EVERY_ROW, _CHANGE),
    RowPolicy(PhoneSession, _DOOR, EVERY_ROW, _CHANGE),
    # Our robot ends sessions: of an account whose factor was reset, of a phone that was lost.
    RowPolicy(Session, Kind.CLOCK, EVERY_ROW, ("select", "delete")),
    RowPolicy(UserSession, Kind.CLOCK, EVERY_ROW, ("select", "delete")),
    RowPolicy(PhoneSession, Kind.CLOCK, EVERY_ROW, ("select", "delete")),
    # Administration of accounts and duties.
    RowPolicy(Account, Kind.MINISTRY, EVERY_ROW, WRITE),
    RowPolicy(Duty, Kind.MINISTRY, EVERY_ROW, WRITE),
    RowPolicy(ApiToken, Kind.MINISTRY, EVERY_ROW, WRITE),
    RowPolicy(Authenticator, Kind.MINISTRY, EVERY_ROW, ("select", "delete")),
    # A post gives and delegates the duties of posts, never a wider one.
    RowPolicy(Duty, Kind.POST, POST, WRITE, f"{POST} and role in ({_OF_A_POST})"),
    RowPolicy(
        Account, Kind.POST, "id in (select d.account_id from access_duty d where d." + POST + ")"
    ),
    RowPolicy(Account, Kind.CLOCK, EVERY_ROW),
    RowPolicy(Duty, Kind.CLOCK, EVERY_ROW),
    # The journal.
    RowPolicy(JournalEntry, Kind.CLOCK, EVERY_ROW, _APPEND),
    RowPolicy(JournalEntry, Kind.MINISTRY, EVERY_ROW, _APPEND),
    RowPolicy(JournalEntry, Kind.POST, POST, _APPEND, _ANY_NEW),
    RowPolicy(JournalEntry, Kind.AGENCY, AGENCY + _open_to(Kind.AGENCY), _APPEND, _ANY_NEW),
    RowPolicy(JournalEntry, Kind.OFFICE, OFFICE + _open_to(Kind.OFFICE), _APPEND, _ANY_NEW),
    RowPolicy(JournalEntry, Kind.WORKER, WORKER + _open_to(Kind.WORKER), _APPEND, _ANY_NEW),
    RowPolicy(JournalEntry, Kind.FAMILY, "false", _APPEND, _ANY_NEW),
    RowPolicy(JournalEntry, Kind.PARTNER, "false", _APPEND, _ANY_NEW),
    RowPolicy(JournalEntry, Kind.PUBLIC, "false", _APPEND, _ANY_NEW),
    RowPolicy(Seal, Kind.CLOCK, EVERY_ROW, _APPEND),
    RowPolicy(Forgotten, Kind.CLOCK, EVERY_ROW, _APPEND),
    RowPolicy(Forgotten, Kind.MINISTRY, EVERY_ROW),
    RowPolicy(Seal, Kind.MINISTRY, EVERY_ROW),
    RowPolicy(HandlerError, Kind.MINISTRY, EVERY_ROW, WRITE),
    *(
        RowPolicy(HandlerError, kind, "true" if kind is Kind.CLOCK else "false", WRITE, "true")
        for kind in Kind
        if kind is not Kind.MINISTRY
    ),
    *(
        RowPolicy(OnceKey, kind, "actor_id = (select access.actor())", _APPEND)
        for kind in Kind
        if kind not in {Kind.PUBLIC, Kind.CLOCK}
    ),
    # Who is at work on the same page, and named filters, within one office; receipts of one's own.
    *_of_office(Presence, _OWN),
    RowPolicy(Presence, Kind.CLOCK, EVERY_ROW, ("select", "delete")),
    *_of_office(SavedFilter, "owner_id = (select access.actor())"),
    *(RowPolicy(Receipt, kind, _OWN, WRITE) for kind in _DESKS),
]
