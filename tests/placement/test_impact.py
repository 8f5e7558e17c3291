"""Which live contracts a changed value of law flips."""

from __future__ import annotations

import dataclasses
import io
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lindung.access.acting import acting_as
from lindung.access.actors import Actor
from lindung.access.models import JournalEntry
from lindung.access.roles import ROBOT
from lindung.kernel.quantities import Quantity
from lindung.placement import impact, operations, queries, terms
from lindung.placement.impact import Change, Impact
from lindung.placement.models import Contract, ContractTerms
from lindung.regulations.conditions import Context
from lindung.regulations.contracts import check_contract, check_one, facts_of
from lindung.regulations.lawbook import law, parameter
from lindung.regulations.verdicts import reading_of, reference_of
from tests import cast
from tests.access.test_sign_in import sign_in
from tests.conftest import Scene
from tests.factories import DutyFactory, OfficeFactory

FLOOR = parameter("kr.minimum_wage.hourly")
SIGNED_FLOOR = parameter("hk.minimum_wage.fdh")
LATER = cast.TODAY + timedelta(days=30)


def ask(value: str | None, who: Actor = ROBOT, start: date = LATER) -> Impact:
    """What if the Korean floor were so much an hour."""
    amount = None if value is None else Decimal(value)
    with acting_as(who):
        return impact.impact(impact.tried(FLOOR, amount, start=start, today=cast.TODAY))


def numbers(made: Impact, who: Actor = ROBOT, **given: Any) -> list[str]:
    """The numbers of the contracts that flip."""
    with acting_as(who):
        return [each.number for each in impact.flips(made, **given)]


@pytest.mark.usefixtures("posts", "places")
class TestImpact:
    def test_finds_what_a_higher_floor_breaks(self) -> None:
        contract = cast.offered(cast.worker())
        # 2,300,000 over 209 hours is 11,004.8 an hour.
        assert ask("11004").flips == {}
        made = ask("11005")
        assert made.flips == {("meets", "breaks"): 1}
        assert made.becoming("breaks") == made.flipped == made.contracts == 1
        assert numbers(made) == [contract.number]

    def test_finds_what_nobody_will_know(self) -> None:
        cast.offered(cast.worker())
        assert ask(None).flips == {("meets", "needs_check"): 1}

    def test_finds_what_a_lower_floor_heals(self) -> None:
        wage = {"monthly_ordinary": "1500000", "payment_method": "bank_transfer"}
        cast.offered(cast.worker(), wage=wage)
        assert ask("7000").flips == {("breaks", "meets"): 1}

    def test_lists_so_many_at_most_the_breaches_first(self) -> None:
        for number in range(3):
            cast.offered(cast.worker(full_name=f"Siti {number}"))
        made = ask("20000")
        assert made.flipped == 3
        assert len(numbers(made, most=2)) == 2
        assert len(set(numbers(made))) == 3

    def test_counts_only_what_the_asker_may_see(self) -> None:
        cast.offered(cast.worker())
        assert ask("20000", cast.ATTACHE).flipped == 1
        assert ask("20000", cast.OTHER_ATTACHE).contracts == 0
        assert ask("20000", cast.MINISTRY).flipped == 1
        assert numbers(ask("20000", cast.MINISTRY), cast.OTHER_ATTACHE) == []

    def test_leaves_alone_what_is_over(self) -> None:
        contract = cast.offered(cast.worker())
        operations.withdraw(cast.OFFICER, contract.placement_id, reason="Batal.")
        assert ask("20000").contracts == 0

    def test_leaves_alone_what_ends_before(self, scene: Scene) -> None:
        contract = cast.offered(cast.worker())
        with scene():
            ContractTerms.objects.filter(contract=contract).update(ends_on=LATER)
        assert ask("20000").contracts == 1
        assert ask("20000", start=LATER + timedelta(days=1)).contracts == 0

    def test_follows_a_contract_through_its_life(self) -> None:
        who = cast.worker()
        signed = cast.signed(who)
        kept = self.kept(signed)
        assert (kept.live, kept.signed_on) == (True, cast.TODAY)
        amended = operations.amend_contract(
            cast.OFFICER,
            signed.id,
            terms=cast.TERMS | {"contract": {"months": 24}},
            why="Lebih pendek.",
            offered_on=cast.TODAY,
        )
        assert self.kept(amended).stated["contract.months"] == ["24", ""]
        operations.withdraw(cast.OFFICER, signed.placement_id, reason="Batal.")
        assert not self.kept(signed).live
        assert not self.kept(amended).live

    def kept(self, contract: Contract) -> ContractTerms:
        """The row that impact reads."""
        with acting_as(ROBOT):
            return ContractTerms.objects.get(contract=contract)

    def test_leaves_alone_what_was_signed_before_a_rule_that_goes_by_signing(
        self, scene: Scene
    ) -> None:
        assert reference_of(SIGNED_FLOOR) == "signed"
        first, second = (cast.offered(cast.worker(full_name=name)) for name in ("Ani", "Ina"))
        with scene():
            ContractTerms.objects.update(
                country="HK",
                sector="domestic_work",
                scheme="",
                dest_region="",
                stated={"wage.monthly_ordinary": ["5100", "HKD/month"]},
            )
            ContractTerms.objects.filter(contract=first).update(signed_on=cast.TODAY)
        change = impact.tried(SIGNED_FLOOR, Decimal(6000), start=LATER, today=cast.TODAY)
        with acting_as(ROBOT):
            made = impact.impact(change)
        assert made.flips == {("meets", "breaks"): 1}
        assert numbers(made) == [second.number]


@pytest.mark.usefixtures("posts", "places")
class TestTerms:
    def test_are_found_wrong_and_written_anew(self, scene: Scene) -> None:
        contract = cast.offered(cast.worker())
        with acting_as(ROBOT):
            assert list(terms.faults()) == []
        with scene():
            ContractTerms.objects.update(stated={})
        out = io.StringIO()
        with pytest.raises(CommandError):
            call_command("contract_terms", "--json", stdout=out)
        assert json.loads(out.getvalue()) == {"wrong": 1}
        with acting_as(ROBOT):
            assert terms.rebuild() == 1
            assert list(terms.faults()) == []
            kept = ContractTerms.objects.get(contract=contract).stated
        assert kept["wage.monthly_ordinary"] == ["2300000", "KRW/month"]

    def test_that_are_missing_are_written(self, scene: Scene) -> None:
        cast.offered(cast.worker())
        with scene():
            ContractTerms.objects.all().delete()
        with acting_as(ROBOT):
            assert terms.rebuild() == 1
        assert ask("20000").flipped == 1

    def test_of_a_contract_that_is_over_are_put_to_rest(self, scene: Scene) -> None:
        contract = cast.offered(cast.worker())
        with scene():
            Contract.objects.filter(id=contract.id).update(state="lapsed")
        with acting_as(ROBOT):
            assert terms.rebuild() == 1
        assert ask("20000").contracts == 0


AMOUNTS = st.decimals(0, 10**9, allow_nan=False, places=4)
STATED = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.booleans()
    | st.text("xy", max_size=3)
    | AMOUNTS
    | st.builds(Quantity.of, AMOUNTS, st.sampled_from(["KRW/month", "percent"])),
)


class TestPacked:
    @given(STATED)
    def test_comes_back_whole_through_json(self, stated: dict[str, Any]) -> None:
        kept = json.loads(json.dumps(terms.packed(stated)))
        back = terms.unpacked(kept)
        assert back == stated
        assert {name: type(value) for name, value in back.items()} == {
            name: type(value) for name, value in stated.items()
        }


CASES = [
    ("KR", "manufacturing", "eps", "KR-41"),
    ("HK", "domestic_work", "fdh", "HK"),
    ("MY", "plantation", "", ""),
    ("TW", "caregiving_home", "", ""),
    ("JP", "manufacturing", "", "JP-13"),
    ("SA", "domestic_work", "", ""),
]


class TestCheckOne:
    @given(
        case=st.sampled_from(CASES),
        wage=st.integers(0, 4_000_000),
        hours=st.sampled_from([40, 45, 48, 72]),
        months=st.integers(1, 60),
        day=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    )
    def test_says_of_each_rule_what_the_whole_check_says(
        self, case: tuple[str, str, str, str], wage: int, hours: int, months: int, day: date
    ) -> None:
        country, sector, scheme, region = case
        stated: dict[str, Any] = {
            "wage.monthly_ordinary": Quantity.of(
                wage, f"{law().jurisdictions[country].currency}/month"
            ),
            "hours.weekly_regular": Decimal(hours),
            "contract.months": Decimal(months),
            "rest.days_per_week": Decimal(1),
        }
        whole = check_contract(
            stated,
            jurisdictions=["ID", country],
            sector=sector,
            scheme=scheme,
            region=region,
            signed_on=day,
            work_on=day,
        )
        context = Context(
            signed_on=day,
            work_on=day,
            sector=sector,
            scheme=scheme,
            region=region,
            origin="ID",
            destination=country,
            facts=stated,
        )
        for verdict in whole:
            rule = parameter(verdict.parameter)
            if reading_of(rule).decided_by_destination:
                continue  # decided beside the destination's own rules
            asked = {name: stated.get(name) for name in facts_of(rule)}
            alone = check_one(
                rule, asked, context=dataclasses.replace(context, facts=asked), day=day
            )
            assert alone is not None
            assert (alone.outcome, alone.reason) == (verdict.outcome, verdict.reason)
        unstated = {rule.id for rule in whole.unstated}
        for rule in law().parameters.values():
            if rule.id in unstated:
                assert check_one(rule, stated, context=context, day=day) is None


class TestComing:
    def test_are_rows_of_later_days_in_order(self) -> None:
        found = impact.coming(date(2025, 11, 1))
        assert found == sorted(found, key=lambda each: (each.on, each.now.id))
        assert all(each.on > date(2025, 11, 1) for each in found)
        assert "kr.minimum_wage.hourly" in {each.now.id for each in found}

    def test_of_one_rule_is_its_next_value(self) -> None:
        change: Change = impact.coming_of(FLOOR, date(2025, 11, 1))
        assert (change.on, change.before) == (date(2026, 1, 1), date(2025, 11, 1))

    def test_there_are_none_of_a_rule_without_one(self) -> None:
        with pytest.raises(impact.NothingChanges):
            impact.coming_of(FLOOR, date(2035, 1, 1))

    def test_nor_of_a_rule_that_tests_nothing(self) -> None:
        rule = next(each for each in law().parameters.values() if each.rule == "informative")
        with pytest.raises(impact.TestsNoContract):
            impact.coming_of(rule, date(2025, 1, 1))

    def test_tries_an_announced_value_as_if_it_were_law(self) -> None:
        day = date(2026, 3, 2)
        [change] = [each for each in impact.coming(day) if each.now.id == "jp.stay.esd"]
        assert change.status == "announced"
        assert change.then.values[-1].status == "in_force"


@pytest.mark.usefixtures("posts", "places")
class TestTheCommand:
    def test_prints_contracts_and_counts_as_objects(self) -> None:
        contract = cast.offered(cast.worker())
        out = io.StringIO()
        call_command(
            "law_impact", FLOOR.id, "--value", "20000", "--from", "2099-01-01", "--json", stdout=out
        )
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        assert lines[0]["contract"] == contract.number
        assert lines[0]["after"] == "breaks"
        assert (lines[-1]["flipped"], lines[-1]["contracts"]) == (1, 1)

    def test_prints_words(self) -> None:
        contract = cast.offered(cast.worker())
        out = io.StringIO()
        call_command("law_impact", FLOOR.id, "--value", "20000", "--from", "2099-01-01", stdout=out)
        assert contract.number in out.getvalue()
        assert "1 of 1 live contracts flip" in out.getvalue()

    @pytest.mark.parametrize(
        "words",
        [
            ("kr.minimum_wage.hourl", "--value", "1", "--from", "2099-01-01"),
            (FLOOR.id, "--value", "1"),
            (FLOOR.id, "--value", " ", "--from", "2099-01-01"),
        ],
    )
    def test_says_what_is_not_understood(self, words: tuple[str, ...]) -> None:
        with pytest.raises(CommandError):
            call_command("law_impact", *words, stdout=io.StringIO())


@pytest.mark.usefixtures("posts", "places")
def test_a_group_is_judged_as_each_of_its_contracts_would_be() -> None:
    """The counts by group are the counts of contracts checked one by one."""
    wages = ["1500000", "2200000", "2300000", "2600000"]
    for number, wage in enumerate([*wages, *wages]):
        cast.offered(
            cast.worker(full_name=f"Siti {number}"),
            wage={"monthly_ordinary": wage, "payment_method": "bank_transfer"},
        )
    made = ask("11500")
    change = made.change
    one_by_one = 0
    with acting_as(ROBOT):
        for contract in Contract.objects.select_related("placement"):
            stated = terms.unpacked(terms.row_of(contract).stated)
            place = contract.placement
            context = Context(
                sector=place.sector,
                scheme=place.scheme,
                region=place.dest_region,
                origin=queries.origin(),
                destination=place.country,
                facts=stated,
            )
            now = check_one(change.now, stated, context=context, day=change.before)
            then = check_one(change.then, stated, context=context, day=change.on)
            assert now is not None
            assert then is not None
            one_by_one += now.outcome != then.outcome
    assert made.groups == len(wages)
    assert made.flipped == one_by_one == 4


@pytest.mark.usefixtures("posts", "places")
class TestThePages:
    def client(self, scene: Scene, **duty: Any) -> Client:
        client = Client()
        with scene():
            account = DutyFactory(**duty).account
        sign_in(client, account)
        return client

    @pytest.fixture
    def tomorrow(self, monkeypatch: pytest.MonkeyPatch) -> str:
        """A floor that rises tomorrow, as if the files said so; its address."""
        start = timezone.localdate() + timedelta(days=1)
        rows = (*FLOOR.values[:-1], msgspec.structs.replace(FLOOR.values[-2], value=20000))
        rows = (*rows[:-1], msgspec.structs.replace(rows[-1], effective_from=start))
        dearer = msgspec.structs.replace(FLOOR, values=rows, verified_through=start)
        book = law()
        changed = msgspec.structs.replace(book, parameters={**book.parameters, FLOOR.id: dearer})
        monkeypatch.setattr("lindung.regulations.lawbook.law", lambda: changed)
        monkeypatch.setattr("lindung.placement.impact.law", lambda: changed)
        return f"/kontrak/dampak/{FLOOR.id}/{start.isoformat()}/"

    def test_list_what_is_coming_and_lead_to_each(self, scene: Scene, tomorrow: str) -> None:
        client = self.client(scene, role="ministry_officer")
        page = client.get("/kontrak/dampak/").content.decode()
        assert tomorrow in page

    def test_list_for_a_post_its_own_country_alone(self, scene: Scene, tomorrow: str) -> None:
        seoul = self.client(scene, role="attache", post_id=cast.SEOUL)
        taipei = self.client(scene, role="attache", post_id=cast.TAIPEI)
        assert tomorrow in seoul.get("/kontrak/dampak/").content.decode()
        assert tomorrow not in taipei.get("/kontrak/dampak/").content.decode()

    def test_count_and_name_the_contracts_and_record_each_look(
        self, scene: Scene, tomorrow: str
    ) -> None:
        contract = cast.offered(cast.worker())
        client = self.client(scene, role="attache", post_id=cast.SEOUL)
        assert "1 menjadi melanggar" in client.get(f"{tomorrow}hitung/").content.decode()
        page = client.get(tomorrow).content.decode()
        assert contract.number in page
        assert "dari 1 kontrak yang berjalan" in page
        with acting_as(ROBOT):
            looks = JournalEntry.objects.filter(type="access.PersonLookedAt")
            assert [each.subject for each in looks] == [contract.id]

    def test_show_another_post_nothing(self, scene: Scene, tomorrow: str) -> None:
        contract = cast.offered(cast.worker())
        client = self.client(scene, role="attache", post_id=cast.TAIPEI)
        page = client.get(tomorrow).content.decode()
        assert contract.number not in page
        assert "Tidak ada kontrak yang berubah" in page

    def test_are_closed_to_recruiters_and_offices(self, scene: Scene, tomorrow: str) -> None:
        for duty in (
            {"role": "placement_officer"},
            {"role": "agency_staff", "agency_id": cast.RECRUITER.agency},
        ):
            with scene():
                office = OfficeFactory()
            extra = {"office": office} if duty["role"] == "placement_officer" else {}
            client = self.client(scene, **duty, **extra)
            for address in ("/kontrak/dampak/", tomorrow, f"{tomorrow}hitung/"):
                assert client.get(address).status_code == 403, (duty, address)

    def test_know_no_other_change(self, scene: Scene) -> None:
        client = self.client(scene, role="ministry_officer")
        for address in (f"/kontrak/dampak/{FLOOR.id}/yesterday/", "/kontrak/dampak/x/2099-01-01/"):
            assert client.get(address).status_code == 404
