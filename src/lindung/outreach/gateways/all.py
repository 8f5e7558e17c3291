"""Each channel's gateway: the line that the settings name, in the demonstration one that carries nothing."""

from __future__ import annotations

from django.conf import settings

from lindung.outreach import lines
from lindung.outreach.channels import Parcel, Refused, gateway
from lindung.outreach.gateways import email, smpp, sms_http, whatsapp
from lindung.outreach.lines import HttpGateway, Smpp


@gateway("sms")
def carry_sms(parcel: Parcel) -> str:
    """By the SMSC or the gateway that is on."""
    line = lines.lines().sms
    if isinstance(line, Smpp):
        return smpp.send(line, parcel)
    if isinstance(line, HttpGateway):
        return sms_http.send(line, parcel)
    return _off(parcel)


@gateway("whatsapp")
def carry_whatsapp(parcel: Parcel) -> str:
    """By the Cloud API."""
    line = lines.lines().whatsapp
    return whatsapp.send(line, parcel) if line is not None else _off(parcel)


@gateway("email")
def carry_email(parcel: Parcel) -> str:
    """By the mail server."""
    line = lines.lines().email
    return email.send(line, parcel) if line is not None else _off(parcel)


def _off(parcel: Parcel) -> str:
    if settings.DEMO:
        # Shown on the demonstration's telephone page, and carried nowhere.
        return ""
    raise Refused(f"no gateway for {parcel.channel}")
