"""E-mail by Django's mail settings: no word of what it is about in the subject."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr

from django.core.mail import EmailMessage

from lindung.outreach.channels import NotTaken, Parcel, Refused
from lindung.outreach.lines import Email

_FOR_NOW = range(400, 500)  # RFC 5321, section 4.2.1: a transient negative completion


def send(line: Email, parcel: Parcel) -> str:
    """Hand one e-mail to the mail server; gives its Message-ID, by which a bounce names it.

    Raises:
        Refused: the server will never take it. NotTaken: not now.
    """
    host = parseaddr(line.sender)[1].rpartition("@")[2]
    # The same each time it is tried: a mailbox that got it twice shows it once.
    id_ = f"<{parcel.id}@{host}>"
    headers = {"Message-ID": id_}
    if parcel.automatic:
        # RFC 3834: so that machines do not answer us.
        headers |= {"Auto-Submitted": "auto-generated", "Precedence": "bulk"}
    mail = EmailMessage(
        subject=parcel.subject,
        body=parcel.words,
        from_email=line.sender,
        to=[parcel.to],
        headers=headers,
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _words in refused.recipients.values()]
        raise _as_said(codes[0] if codes else 0) from None
    except smtplib.SMTPResponseException as error:
        raise _as_said(error.smtp_code) from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(type(error).__name__) from None
    return id_


def _as_said(code: int) -> Exception:
    kind = NotTaken if code in _FOR_NOW else Refused
    return kind(f"smtp {code}")
