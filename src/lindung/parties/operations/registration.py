"""Partners abroad, providers and employers come into the register and are amended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from lindung.access.actors import Actor, Kind
from lindung.access.journal import record
from lindung.access.jurisdictions import post_in_charge
from lindung.access.numbers import Series, next_number
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.kernel.refusals import Conflict, Incomplete, NotFound
from lindung.parties.events import (
    EmployerRegistered,
    PartnerAmended,
    PartnerRegistered,
    ProviderAmended,
    ProviderRegistered,
)
from lindung.parties.models import ForeignAgency, Provider, ProviderKind
from lindung.registry.models import Employer

_PARTNER_FIELDS = frozenset(
    {"name", "city", "licence_number", "licensed_from", "licensed_to", "contact_office"}
)
_PROVIDER_FIELDS = frozenset(
    {"name", "region", "accreditation", "accredited_by", "valid_from", "valid_to"}
)


@operation(Right.PARTNER_REGISTER)
def register_partner(
    actor: Actor,
    *,
    name: str,
    country: str,
    on: date,
    city: str = "",
    licence_number: str = "",
    licensed_from: date | None = None,
    licensed_to: date | None = None,
    contact_office: str = "",
    is_demo: bool = False,
) -> ForeignAgency:
    """Register a partner abroad; licence and contact may come later.

    Args:
        country: ISO 3166-1 alpha-2.
        contact_office: an office's address or switchboard, never a person's.

    Raises:
        Incomplete: no name or country, a licence that ends before it begins, or one that is
            registered already in that country.
        NotFound: a post registers in a country outside its jurisdiction.
    """
    wrong = _missing(name=name, country=country)
    wrong |= _ends_late("licensed_to", licensed_from, licensed_to)
    licence = licence_number.strip()
    if (
        licence
        and ForeignAgency.objects.filter(country=country, licence_number__iexact=licence).exists()
    ):
        wrong["licence_number"] = "Nomor izin ini sudah terdaftar di negara itu."
    if wrong:
        raise Incomplete(fields=wrong)
    require_jurisdiction(actor, country=country, on=on)
    partner = ForeignAgency.objects.create(
        number=next_number(Series.PARTNER, on=on),
        name=name.strip(),
        country=country,
        city=city.strip(),
        licence_number=licence,
        licensed_from=licensed_from,
        licensed_to=licensed_to,
        contact_office=contact_office.strip(),
        is_demo=is_demo,
    )
    record(
        PartnerRegistered(partner=partner.id, number=partner.number, country=country),
        actor=actor,
        subject=partner.id,
    )
    return partner


@operation(Right.PARTNER_REGISTER)
def amend_partner(
    actor: Actor, partner_id: UUID, *, version: int, changes: Mapping[str, Any], on: date
) -> ForeignAgency:
    """Change what is known of a partner abroad; its country stays.

    Raises:
        NotFound: no such partner, or one outside the post's jurisdiction.
        Conflict: somebody changed it meanwhile.
        Incomplete: a field that cannot be changed, no name, or an end before the beginning.
    """
    partner = ForeignAgency.objects.select_for_update().filter(id=partner_id).first()
    if partner is None:
        raise NotFound
    require_jurisdiction(actor, country=partner.country, on=on)
    fields = _amend(partner, version, changes, _PARTNER_FIELDS)
    wrong = _missing(name=partner.name)
    if wrong := wrong | _ends_late("licensed_to", partner.licensed_from, partner.licensed_to):
        raise Incomplete(fields=wrong)
    partner.save(update_fields=[*fields, "version"])
    record(
        PartnerAmended(partner=partner.id, number=partner.number, fields=", ".join(fields)),
        actor=actor,
        subject=partner.id,
    )
    return partner


@operation(Right.PROVIDER_REGISTER)
def register_provider(
    actor: Actor,
    *,
    name: str,
    kind: ProviderKind,
    region: str,
    accreditation: str,
    accredited_by: str,
    valid_from: date,
    valid_to: date,
    on: date,
    is_demo: bool = False,
) -> Provider:
    """Register who trains, examines or certifies candidates.

    Args:
        region: four-digit regency code; an office registers in its own regencies.

    Raises:
        Incomplete: a field is empty, or the accreditation ends before it begins.
        NotFound: the regency is not the office's.
    """
    wrong = _missing(
        name=name, region=region, accreditation=accreditation, accredited_by=accredited_by
    )
    if wrong := wrong | _ends_late("valid_to", valid_from, valid_to):
        raise Incomplete(fields=wrong)
    _require_region(actor, region)
    provider = Provider.objects.create(
        number=next_number(Series.PROVIDER, on=on),
        name=name.strip(),
        kind=kind,
        region=region,
        accreditation=accreditation.strip(),
        accredited_by=accredited_by.strip(),
        valid_from=valid_from,
        valid_to=valid_to,
        is_demo=is_demo,
    )
    record(
        ProviderRegistered(provider=provider.id, number=provider.number, kind=str(kind)),
        actor=actor,
        subject=provider.id,
    )
    return provider


@operation(Right.PROVIDER_REGISTER)
def amend_provider(
    actor: Actor, provider_id: UUID, *, version: int, changes: Mapping[str, Any]
) -> Provider:
    """Change what is known of a provider; its kind stays.

    Raises:
        NotFound: no such provider, or its regency, before or after, is not the office's.
        Conflict: somebody changed it meanwhile.
        Incomplete: a field that cannot be changed or is empty, or an end before the beginning.
    """
    provider = Provider.objects.select_for_update().filter(id=provider_id).first()
    if provider is None:
        raise NotFound
    _require_region(actor, provider.region)
    fields = _amend(provider, version, changes, _PROVIDER_FIELDS)
    wrong = _missing(
        name=provider.name,
        region=provider.region,
        accreditation=provider.accreditation,
        accredited_by=provider.accredited_by,
    )
    if wrong := wrong | _ends_late("valid_to", provider.valid_from, provider.valid_to):
        raise Incomplete(fields=wrong)
    _require_region(actor, provider.region)
    provider.save(update_fields=[*fields, "version"])
    record(
        ProviderAmended(provider=provider.id, number=provider.number, fields=", ".join(fields)),
        actor=actor,
        subject=provider.id,
    )
    return provider


@operation(Right.EMPLOYER_REGISTER)
def register_employer(
    actor: Actor,
    *,
    name: str,
    kind: str,
    country: str,
    sector: str,
    on: date,
    dest_region: str = "",
    outside_number: str = "",
    is_demo: bool = False,
) -> Employer:
    """Register an employer abroad under the post in charge of the place.

    Args:
        kind: ``company`` or ``household``; a household's name is personal data.
        country: ISO 3166-1 alpha-2.
        dest_region: ISO 3166-2 of the workplace, where known.
        outside_number: the destination's own number, unique there where given.

    Raises:
        Incomplete: no name, country or sector, another kind, or a number registered already.
        NotFound: a post registers outside its jurisdiction.
    """
    wrong = _missing(name=name, country=country, sector=sector)
    if kind not in dict(Employer._meta.get_field("kind").flatchoices):
        wrong["kind"] = "Pilih badan usaha atau rumah tangga."
    number = outside_number.strip()
    if number and Employer.objects.filter(country=country, outside_number=number).exists():
        wrong["outside_number"] = "Nomor ini sudah terdaftar di negara itu."
    if wrong:
        raise Incomplete(fields=wrong)
    post = require_jurisdiction(actor, country=country, region=dest_region, sector=sector, on=on)
    employer = Employer(
        number=next_number(Series.EMPLOYER, on=on),
        name=name.strip(),
        kind=kind,
        sector=sector,
        dest_region=dest_region,
        outside_number=number,
        country=country,
        post_id=post,
        is_demo=is_demo,
    )
    employer.save(force_insert=True)
    record(
        EmployerRegistered(employer=employer.id, number=employer.number, kind=kind),
        actor=actor,
        about=employer,
    )
    return employer


def require_jurisdiction(
    actor: Actor, *, country: str, on: date, region: str = "", sector: str = ""
) -> int | None:
    """The post in charge of a place; a post acts where it is in charge itself.

    Raises:
        NotFound: it is not.
    """
    post = post_in_charge(country, region=region, sector=sector, on=on)
    if actor.kind is Kind.POST and post not in actor.posts:
        raise NotFound
    return post


def _require_region(actor: Actor, region: str) -> None:
    if actor.kind is Kind.OFFICE and region not in actor.regions:
        raise NotFound


def _amend(
    row: ForeignAgency | Provider, version: int, changes: Mapping[str, Any], may: frozenset[str]
) -> list[str]:
    """Put the changes onto the row; returns the names of the fields that differ."""
    if row.version != version:
        raise Conflict
    if closed := set(changes) - may:
        raise Incomplete(fields=dict.fromkeys(closed, "Isian ini tidak dapat diubah."))
    plain = {name: v.strip() if isinstance(v, str) else v for name, v in changes.items()}
    fields = sorted(name for name, value in plain.items() if getattr(row, name) != value)
    if not fields:
        raise Incomplete(fields={"name": "Belum ada yang diubah."})
    for name in fields:
        setattr(row, name, plain[name])
    row.version += 1
    return fields


def _ends_late(name: str, start: date | None, end: date | None) -> dict[str, str]:
    if start is not None and end is not None and end < start:
        return {name: "Akhir tidak boleh sebelum awal."}
    return {}


def _missing(**texts: str) -> dict[str, str]:
    return {name: "Wajib diisi." for name, text in texts.items() if not text.strip()}
