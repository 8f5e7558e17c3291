"""E-mail (RFC 5322) as our mail server hands it on: a letter, or a bounce (RFC 3464).

Answers of machines are known by RFC 3834 and by what programmes write beside it. Who wrote is
proven only by what our own server found out (RFC 8601, ``Authentication-Results``): a From line
is a claim.
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

from lindung.outreach.parsing.parts import Enclosure, Item, Letter, Receipt, Unreadable

_TAG = re.compile(
    r"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]+>", re.DOTALL | re.IGNORECASE
)
_QUOTED = re.compile(r"^\s*>.*$|^On .{4,120} wrote:\s*$|^Pada .{4,120} menulis:\s*$", re.MULTILINE)
_MOST_WORDS = 20_000


def read(raw: bytes, *, authserv: str = "") -> list[Item]:
    """The letter, or what became of one of ours.

    Args:
        authserv: name of our own server in ``Authentication-Results``.

    Raises:
        Unreadable: no e-mail with a sender.
    """
    try:
        mail = message_from_bytes(raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)  # what the policy makes
        if (bounce := _bounce(mail)) is not None:
            return bounce
        return [_letter(mail, authserv)]
    except Unreadable:
        raise
    except Exception as error:
        # The standard library's reader meets odd headers with many kinds of error.
        raise Unreadable("not_an_email") from error


def _letter(mail: EmailMessage, authserv: str) -> Letter:
    senders = [address for _name, address in getaddresses([str(mail.get("From", ""))]) if address]
    if len(senders) != 1:
        raise Unreadable("not_one_sender")
    return Letter(
        sender=senders[0],
        words=_words(mail),
        outside_id=str(mail.get("Message-ID", "")).strip()[:120],
        at=_date(mail),
        automatic=_is_automatic(mail),
        proven=_is_proven(mail, authserv, senders[0]),
        enclosures=tuple(_enclosures(mail)),
    )


def _bounce(mail: EmailMessage) -> list[Item] | None:
    if mail.get_content_type() != "multipart/report":
        return None
    if str(mail.get_param("report-type", "")).lower() != "delivery-status":
        return None
    if not (original := _returned(mail)):
        raise Unreadable("bounce_of_nothing")
    action, status = _verdict(mail)
    if action == "failed":
        return [Receipt(original, "failed", f"email {status}"[:100])]
    return [Receipt(original, "delivered")] if action == "delivered" else []


def _verdict(mail: EmailMessage) -> tuple[str, str]:
    """RFC 3464, 2.3.3 and .4: what became of it, and the status."""
    action = status = ""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.iter_parts():
                action = str(block.get("Action", action)).strip().lower()
                status = str(block.get("Status", status)).strip()
    return action, status


def _returned(mail: EmailMessage) -> str:
    """The Message-ID of the mail that a bounce brings back, whole or its headers alone."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            for whole in part.iter_parts():
                return str(whole.get("Message-ID", "")).strip()[:120]
        if part.get_content_type() == "text/rfc822-headers":
            headers = part.get_payload(decode=True)
            if isinstance(headers, bytes):
                told = message_from_bytes(headers, policy=policy.default)
                return str(told.get("Message-ID", "")).strip()[:120]
    return ""


def _words(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    text = str(part.get_content())
    if part.get_content_subtype() == "html":
        text = html.unescape(_TAG.sub(" ", text))
    return _QUOTED.sub("", text).strip()[:_MOST_WORDS]


def _enclosures(mail: EmailMessage) -> list[Enclosure]:
    found = []
    for part in mail.iter_attachments():
        data = part.get_payload(decode=True)
        if isinstance(data, bytes) and data:
            found.append(Enclosure(part.get_content_type()[:80], data))
    return found


def _is_automatic(mail: EmailMessage) -> bool:
    told = str(mail.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    return (
        told not in {"", "no"}
        or str(mail.get("Precedence", "")).strip().lower() in {"bulk", "junk", "list", "auto_reply"}
        or any(mail.get(name) for name in ("List-Id", "X-Autoreply", "X-Autorespond"))
        or str(mail.get("Return-Path", "")).strip() == "<>"
    )


def _is_proven(mail: EmailMessage, authserv: str, sender: str) -> bool:
    """The topmost result is our own server's, whatever the sender put below."""
    told = mail.get_all("Authentication-Results") or []
    if not authserv or not told:
        return False
    first = " ".join(str(told[0]).split()).lower()
    if first.split(";")[0].split(" ")[0] != authserv.lower():
        return False
    host = sender.rpartition("@")[2].lower()
    return bool(
        re.search(r"\bdmarc=pass\b", first)
        and re.search(rf"\bheader\.from=(?:\S*@)?{re.escape(host)}(?![\w.-])", first)
    )


def _date(mail: EmailMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(mail.get("Date", "")))
    except (TypeError, ValueError, IndexError):
        return None
    return at if at.tzinfo is not None else None
