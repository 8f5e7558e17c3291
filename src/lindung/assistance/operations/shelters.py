"""Shelters: beds that are counted, and the people in them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Sum

from lindung.access.actors import Actor
from lindung.access.journal import record
from lindung.access.operation import operation
from lindung.access.rights import Right
from lindung.assistance.events import LeftShelter, TakenIn
from lindung.assistance.models import Shelter, Stay
from lindung.assistance.operations.parts import of_case, open_case
from lindung.kernel.lifecycle import StepClosed
from lindung.kernel.refusals import Incomplete, NotFound, Refusal
from lindung.registry.models import Sex


class NoBedFree(Refusal):
    """The shelter is full."""

    status = 409
    slug = "no-bed-free"
    title = "Tidak ada tempat tidur kosong di rumah aman ini."
    advice = "Pilih rumah aman lain, rujuk ke layanan luar, atau tambah tempat tidur."


class NotForThem(Refusal):
    """The shelter takes other people."""

    status = 409
    slug = "shelter-takes-others"
    title = "Rumah aman ini bukan untuk orang ini."
    advice = "Pilih rumah aman lain."


@operation(Right.SHELTER_KEEP)
def open_shelter(
    actor: Actor,
    *,
    post_id: int,
    name: str,
    beds: int,
    takes: str,
    address: str = "",
    phone: str = "",
) -> Shelter:
    """Enter a shelter of a post.

    Raises:
        NotFound: not this actor's post.
        Incomplete: no name, no bed, or not for whom.
    """
    if post_id not in actor.posts:
        raise NotFound
    wrong = {}
    if not name.strip():
        wrong["name"] = "Tulis namanya."
    if beds < 1:
        wrong["beds"] = "Paling sedikit satu tempat tidur."
    if takes not in dict(Shelter._meta.get_field("takes").flatchoices):
        wrong["takes"] = "Pilih untuk siapa."
    if not wrong and Shelter.objects.filter(post_id=post_id, name=name.strip()).exists():
        wrong["name"] = "Sudah ada rumah aman dengan nama ini."
    if wrong:
        raise Incomplete(fields=wrong)
    return Shelter.objects.create(
        post_id=post_id,
        name=name.strip(),
        beds=beds,
        takes=takes,
        address=address.strip(),
        phone=phone.strip(),
    )


@operation(Right.SHELTER_KEEP)
def take_in(
    actor: Actor, case_id: UUID, *, shelter_id: UUID, on: date, beds: int = 1, needs: str = ""
) -> Stay:
    """Take a person into a shelter, with as many beds as they and their children need.

    Raises:
        NotFound: no such case or shelter; StepClosed: the case is closed.
        NoBedFree: the beds do not suffice. NotForThem: it takes other people.
        Incomplete: fewer than one bed, or the person is in a shelter already.
    """
    case = open_case(case_id)
    # The lock counts one shelter's beds one taking-in after another.
    shelter = (
        Shelter.objects.select_for_update().filter(id=shelter_id, closed_on__isnull=True).first()
    )
    if shelter is None:
        raise NotFound
    if beds < 1:
        raise Incomplete(fields={"beds": "Paling sedikit satu tempat tidur."})
    if Stay.objects.filter(worker_id=case.worker_id, left_on__isnull=True).exists():
        raise Incomplete(fields={"shelter": "Orang ini sudah tinggal di rumah aman."})
    sex = case.worker.sex
    if (shelter.takes == "women" and sex == Sex.MALE) or (
        shelter.takes == "men" and sex == Sex.FEMALE
    ):
        raise NotForThem
    if taken_beds(shelter.id) + beds > shelter.beds:
        raise NoBedFree
    stay = Stay.objects.create(
        shelter=shelter,
        beds=beds,
        came_on=on,
        needs=needs.strip()[:300],
        taken_in_by=actor.name,
        **of_case(case),
    )
    record(TakenIn(stay=stay.id, on=on), actor=actor, about=stay)
    return stay


@operation(Right.SHELTER_KEEP)
def let_go(actor: Actor, stay_id: UUID, *, on: date, went_to: str) -> Stay:
    """Record that a person left the shelter, and where to.

    Raises:
        NotFound: no such stay; StepClosed: it has ended.
        Incomplete: not where to, or a day before they came.
    """
    stay = Stay.objects.select_for_update().filter(id=stay_id).first()
    if stay is None:
        raise NotFound
    if stay.left_on is not None:
        raise StepClosed(step="leave", state="left")
    wrong = {}
    if not went_to.strip():
        wrong["went_to"] = "Tulis ke mana orang ini pergi."
    if on < stay.came_on:
        wrong["on"] = "Hari pergi mendahului hari datang."
    if wrong:
        raise Incomplete(fields=wrong)
    stay.left_on, stay.went_to = on, went_to.strip()[:200]
    stay.save(update_fields=["left_on", "went_to"])
    record(LeftShelter(stay=stay.id, on=on), actor=actor, about=stay)
    return stay


def taken_beds(shelter_id: UUID) -> int:
    """How many beds are taken now."""
    staying = Stay.objects.filter(shelter_id=shelter_id, left_on__isnull=True)
    return staying.aggregate(taken=Sum("beds"))["taken"] or 0
