"""Contract forms as data, and the page where a contract is typed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client
from django.utils.translation import override

from lindung.access.acting import acting_as
from lindung.access.models import Jurisdiction, Office, Post
from lindung.access.roles import ROBOT
from lindung.kernel.quantities import Quantity
from lindung.placement import operations, queries
from lindung.placement import terms as comparable
from lindung.placement.contract_forms import clause_titles, form, forms_for, names
from lindung.placement.models import Contract, Placement
from lindung.placement.web import show, typing
from lindung.regulations.lawbook import law
from tests import cast
from tests.access.test_sign_in import sign_in
from tests.conftest import Scene
from tests.factories import DutyFactory
from tests.seeded.contracts import CORRIDORS, HONG_KONG, Corridor

FOLDER = Path(settings.ROOT) / "schemas" / "forms"
OURS = sorted(set(names()) - {"kr.slc.v2020_01"})
CLAUSES = 7


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


class TestTheFiles:
    def test_each_form_has_its_schema(self) -> None:
        assert {path.stem for path in FOLDER.glob("*.json")} == set(names())

    @pytest.mark.parametrize("language", ["id", "en"])
    def test_the_clauses_of_the_law_have_titles(self, language: str) -> None:
        asked = law().parameters["id.contract.required_clauses"].values[-1].value
        titles = {code: says[language] for code, says in clause_titles().items()}
        assert set(titles) == set(asked)
        assert not [words for words in titles.values() if "_" in words]

    @pytest.mark.parametrize("name", OURS)
    @pytest.mark.parametrize("language", ["id", "en"])
    def test_clauses_are_shown_by_their_titles(self, name: str, language: str) -> None:
        paper = form(name)
        titles = {says[language] for says in clause_titles().values()}
        field = next(each for each in paper.fields() if each.field == "contract.clauses")
        with override(language):
            held = tuple(clause_titles())
            terms = {"contract": {"clauses": list(held)}}
            shown = show.shown(replace(paper, clauses=dict.fromkeys(held, ())), field, terms)
        assert set(shown.split(", ")) == set(", ".join(titles).split(", "))

    @pytest.mark.parametrize("name", names())
    def test_no_two_fields_of_a_paper_have_one_title(self, name: str) -> None:
        # Versions are laid side by side by their titles.
        for language in ("id", "en"):
            titles = [each.title[language] for each in form(name).fields()]
            assert len(titles) == len(set(titles))

    @pytest.mark.parametrize("name", names())
    def test_each_field_stands_in_the_schema(self, name: str) -> None:
        whole = schema(name)
        for each in form(name).fields():
            place = whole
            if not each.typed:
                continue
            for part in each.path.split("."):
                place = place["properties"][part]

    @pytest.mark.parametrize("name", names())
    def test_each_title_stands_in_both_languages(self, name: str) -> None:
        paper = form(name)
        assert all({"id", "en"} <= set(each.title) for each in paper.fields())
        paths = [each.path for each in paper.fields() if each.typed]
        assert len(paths) == len(set(paths))

    @pytest.mark.parametrize(
        "corridor",
        [c for c in CORRIDORS if c.form in OURS],
        ids=lambda c: f"{c.country} {c.sector}",
    )
    def test_a_lawful_paper_fits_its_schema(self, corridor: Corridor) -> None:
        jsonschema.Draft202012Validator(schema(corridor.form)).validate(corridor.paper)

    def test_the_korean_form_shows_every_field_of_the_paper(self) -> None:
        def leaves(part: dict[str, Any], path: str = "") -> set[str]:
            inner = part.get("properties", {})
            found = {path} if not inner else set()
            return found.union(*(leaves(one, f"{path}.{name}") for name, one in inner.items()))

        paths = {f".{each.path}" for each in form("kr.slc.v2020_01").fields()}
        # The number may be a person's; the rows of allowances and the seal stay on the paper.
        aside = {
            ".employer.identification_no", ".wage.fixed_allowances", ".signature.employer.sealed",
        }  # fmt: skip
        assert leaves(schema("kr.slc.v2020_01")) - paths <= aside

    @pytest.mark.parametrize(
        ("country", "sector", "own"),
        [
            ("KR", "manufacturing", "kr.slc.v2020_01"), ("HK", "domestic_work", "hk.id407"),
            ("TW", "caregiving_home", "tw.domestic_care"), ("TW", "manufacturing", "tw.manufacturing"),
            ("MY", "plantation", "my.plantation"), ("SA", "domestic_work", "plain"),
        ],
    )  # fmt: skip
    def test_each_corridor_has_its_own_before_the_plain_one(
        self, country: str, sector: str, own: str
    ) -> None:
        fitting = [each.name for each in forms_for(country, sector)]
        assert fitting[0] == own
        assert fitting[-1] == "plain"


class TestTheSevenClauses:
    @pytest.mark.parametrize("name", [name for name in OURS if name != "plain"])
    def test_are_named_as_the_law_names_them(self, name: str) -> None:
        assert len(form(name).clauses) == CLAUSES

    def test_of_a_plain_paper_are_listed_by_whoever_read_it(self) -> None:
        stated = form("plain").stated({"contract": {"clauses": ["duration"]}})
        assert stated["contract.clauses"] == ("duration",)

    def test_come_from_the_fields_that_fill_them(self) -> None:
        paper = form("hk.id407")
        assert len(paper.stated(HONG_KONG.paper)["contract.clauses"]) == CLAUSES  # type: ignore[arg-type]
        without = HONG_KONG.paper | {"duties": {}}
        held = paper.stated(without)["contract.clauses"]
        assert isinstance(held, tuple)
        assert "occupation_or_kind_of_work" not in held

    def test_survive_being_kept_for_comparison(self) -> None:
        stated = form("hk.id407").stated(HONG_KONG.paper)
        assert comparable.unpacked(json.loads(json.dumps(comparable.packed(stated)))) == stated


class TestReading:
    def typed(self, **given: str) -> QueryDict:
        post = QueryDict(mutable=True)
        for name, value in given.items():
            post.appendlist(f"t:{name.replace('__', '.')}", value)
        return post

    def test_money_days_and_answers(self) -> None:
        paper = form("hk.id407")
        terms, wrong = typing.read(
            paper,
            self.typed(
                wage__monthly_ordinary="5 100", food__provided="yes", rest__days_per_week="1"
            ),
        )
        assert not wrong
        stated = paper.stated(terms)
        assert stated["wage.monthly_ordinary"] == Quantity.of(5100, "HKD/month")
        assert stated["food.provided"] is True
        assert stated["rest.days_per_week"] == Decimal(1)
        assert stated["contract.form"] == "ID407"

    @pytest.mark.parametrize("text", ["lima ribu", "-1", "NaN", "Infinity", "5.100,50"])
    def test_what_is_no_number_is_told_and_left_out(self, text: str) -> None:
        terms, wrong = typing.read(form("hk.id407"), self.typed(wage__monthly_ordinary=text))
        assert set(wrong) == {"wage.monthly_ordinary"}
        assert "wage" not in terms

    def test_only_codes_of_the_form_are_taken(self) -> None:
        post = self.typed(rest__days="sunday")
        post.appendlist("t:rest.days", "someday")
        terms, _ = typing.read(form("kr.slc.v2020_01"), post)
        assert terms == {"rest": {"days": ["sunday"]}}

    def test_languages_stand_side_by_side(self) -> None:
        lines = [
            line
            for _, each in show.sections(form("hk.id407"), HONG_KONG.paper, [])
            for line in each
        ]
        wage = next(line for line in lines if line.title == "Upah sebulan")
        assert wage.others == (("en", "Monthly wage"), ("zh-Hant", "每月工資"))


@pytest.mark.usefixtures("posts", "places")
class TestTyping:
    @pytest.fixture
    def placement(self) -> Placement:
        return cast.rostered(cast.worker())

    def client(self, scene: Scene, **duty: Any) -> Client:
        client = Client()
        with scene():
            account = DutyFactory(**duty).account
        sign_in(client, account)
        return client

    def of(self, scene: Scene, name: str, region: str) -> Client:
        with scene():
            office = Office.objects.create(code=f"O-{region}", name=name, regions=[region])
        return self.client(scene, role="placement_officer", office=office)

    def officer(self, scene: Scene) -> Client:
        return self.of(scene, "Ponorogo", cast.PONOROGO)

    def post(self, **more: str) -> dict[str, Any]:
        return {
            "paper": "kr.slc.v2020_01", "offer_no": "SLC-9", "employer": "Hanbit", "region": "KR-41",
            "signed_on": "2026-03-02", "work_on": "2026-03-02", "t:hours.start": "09:00",
            "t:hours.end": "18:00", "t:hours.recess_minutes": "60", "t:contract.months": "36",
            "t:rest.days": ["sunday", "every_saturday"], "t:wage.monthly_ordinary": "2156880",
        } | more  # fmt: skip

    def test_the_panel_answers_what_was_typed(self, scene: Scene, placement: Placement) -> None:
        client = self.officer(scene)
        address = f"/penempatan/{placement.id}/kontrak/aturan/"
        low = client.post(address, self.post(**{"t:wage.monthly_ordinary": "2156879"}))
        assert "2 melanggar" in low.content.decode()
        assert "<html" not in low.content.decode()
        assert "melanggar" not in client.post(address, self.post()).content.decode()

    def test_no_field_takes_the_place_of_what_scripts_ask_a_form(
        self, scene: Scene, placement: Placement
    ) -> None:
        """A field named ``form`` hides the form's own, and the panel never answers in a browser."""
        page = self.officer(scene).get(f"/penempatan/{placement.id}/kontrak/").content.decode()
        draft = page.partition('id="draft"')[2].partition("</form>")[0]
        assert 'name="paper"' in draft
        assert 'name="form"' not in draft

    def test_without_script_the_page_answers_and_keeps_what_was_typed(
        self, scene: Scene, placement: Placement
    ) -> None:
        page = self.officer(scene).post(
            f"/penempatan/{placement.id}/kontrak/",
            self.post(do="check", **{"t:wage.monthly_ordinary": "2156879"}),
        )
        text = page.content.decode()
        assert "2 melanggar" in text
        assert 'value="2156879"' in text
        with acting_as(ROBOT):
            assert not Contract.objects.filter(placement=placement).exists()

    def test_records_what_was_typed(self, scene: Scene, placement: Placement) -> None:
        page = self.officer(scene).post(
            f"/penempatan/{placement.id}/kontrak/", self.post(do="record", work_on="2026-04-01")
        )
        with acting_as(ROBOT):
            made = Contract.objects.get(placement=placement)
        assert page.status_code == 302
        assert made.fields["wage"]["monthly_ordinary"] == "2156880"
        assert (made.source, made.state, made.offer_number) == ("officer", "offered", "SLC-9")
        assert made.recorded_office == "Ponorogo"
        assert (made.paper_signed_on, made.paper_starts_on) == (cast.TODAY, date(2026, 4, 1))
        # Nobody of the employer's side has agreed because an officer typed its paper.
        assert made.employer_agreed_on is None

    def test_what_was_typed_stays_when_the_contract_is_refused(
        self, scene: Scene, placement: Placement
    ) -> None:
        client, address = self.officer(scene), f"/penempatan/{placement.id}/kontrak/"
        client.post(address, self.post(do="record"))
        again = client.post(address, self.post(do="record", offer_no="SLC-10"))
        assert again.status_code == 409
        assert 'value="SLC-10"' in again.content.decode()
        assert 'value="2156880"' in again.content.decode()
        with acting_as(ROBOT):
            assert Contract.objects.filter(placement=placement).count() == 1

    def test_a_wrong_number_stays_beside_its_field(
        self, scene: Scene, placement: Placement
    ) -> None:
        page = self.officer(scene).post(
            f"/penempatan/{placement.id}/kontrak/",
            self.post(do="record", **{"t:contract.months": "tiga"}),
        )
        assert page.status_code == 422
        assert 'value="tiga"' in page.content.decode()
        assert "Tulis angka saja" in page.content.decode()
        with acting_as(ROBOT):
            assert not Contract.objects.filter(placement=placement).exists()

    def test_another_office_and_other_duties_meet_nothing(
        self, scene: Scene, placement: Placement
    ) -> None:
        address = f"/penempatan/{placement.id}/kontrak/"
        other = self.of(scene, "Malang", cast.MALANG)
        assert other.get(address).status_code == 404
        assert other.post(f"{address}aturan/", self.post()).status_code == 404
        stranger = Client().get(address)
        assert stranger.status_code in {302, 403, 404}

    def test_an_unknown_form_and_placement_are_not_found(
        self, scene: Scene, placement: Placement
    ) -> None:
        client = self.officer(scene)
        assert client.get(f"/penempatan/{uuid4()}/kontrak/").status_code == 404
        address = f"/penempatan/{placement.id}/kontrak/"
        assert client.get(f"{address}?form=hk.id407").status_code == 404
        assert client.get(address).status_code == 200


def said(corridor: Corridor, signed: str, work: str, **changed: Any) -> dict[str, str]:
    placement = Placement(
        country=corridor.country, sector=corridor.sector, scheme=corridor.scheme,
        dest_region=corridor.region,
    )  # fmt: skip
    found = queries.check_terms(
        placement, form_name=corridor.form, terms=corridor.paper | changed,
        signed_on=date.fromisoformat(signed), work_on=date.fromisoformat(work),
    )  # fmt: skip
    return {each.parameter: each.outcome for each in found}


class TestItShows:
    """What the issue asks to be shown."""

    @pytest.mark.parametrize(
        ("signed", "outcome"), [("2025-09-29", "meets"), ("2025-09-30", "breaks")]
    )
    def test_a_hong_kong_contract_meets_the_floor_of_its_signing(
        self, signed: str, outcome: str
    ) -> None:
        wage = HONG_KONG.paper["wage"] | {"monthly_ordinary": "4990"}
        assert said(HONG_KONG, signed, "2025-11-03", wage=wage)["hk.minimum_wage.fdh"] == outcome

    def test_a_taiwan_carer_needs_a_check_where_the_floor_is_not_known(self) -> None:
        care = next(each for each in CORRIDORS if each.form == "tw.domestic_care")
        found = said(care, "2026-03-02", "2026-04-01")
        assert found["tw.minimum_wage.live_in_care"] == "needs_check"
        assert "breaks" not in found.values()

    def test_a_saudi_household_contract_stops_at_the_attache(self) -> None:
        home = next(
            each for each in CORRIDORS if (each.country, each.sector) == ("SA", "domestic_work")
        )
        for day in ("2025-03-03", "2025-06-02", "2026-03-02"):
            assert said(home, day, day)["sa.placement.indonesia"] == "needs_check"


@pytest.mark.usefixtures("posts", "places")
class TestTheSaudiHousehold:
    RIYADH = 9

    def offer(self, scene: Scene) -> Contract:
        with scene():
            Post.objects.create(
                id=self.RIYADH, code="RUH", name="RUH", country="SA", city="RUH",
                timezone="Asia/Riyadh",
            )  # fmt: skip
            Jurisdiction.objects.create(
                post_id=self.RIYADH, country="SA", valid_from=date(2020, 1, 1)
            )
        home = next(
            each for each in CORRIDORS if (each.country, each.sector) == ("SA", "domestic_work")
        )
        made = operations.open_placement(
            cast.OFFICER, cast.worker().id, pathway_id="perseorangan", sector="manufacturing",
            destination="SA", on=cast.TODAY,
        )  # fmt: skip
        # No pathway leads into such a household; one may be on file from before.
        with acting_as(ROBOT):
            Placement.objects.filter(id=made.id).update(sector="domestic_work")
        return operations.record_contract_offer(
            ROBOT, made.number, offer_no="M-1", form="plain", terms=home.paper,
            offered_on=cast.TODAY, answer_by=cast.TODAY + timedelta(days=14), employer="Keluarga",
        )  # fmt: skip

    def test_waits_for_a_decision_with_a_reason(self, scene: Scene) -> None:
        contract = self.offer(scene)
        officer = replace(cast.ATTACHE, posts=(self.RIYADH,), office="KBRI Riyadh")
        with acting_as(officer):
            checked = queries.check(queries.contract(contract.id), on=cast.TODAY)
        answers = {
            each.parameter: {"answer": "yes", "reason": "Dibaca di Musaned."}
            for each in checked.having("needs_check")
        }
        unsaid = {
            rule: words for rule, words in answers.items() if rule != "sa.placement.indonesia"
        }
        with pytest.raises(operations.DecisionMissing):
            operations.verify_contract(officer, contract.id, judgements=unsaid, on=cast.TODAY)
        with acting_as(officer):
            still = queries.open_requirements(
                queries.placement(contract.placement_id), on=cast.TODAY
            )
        assert still
        operations.verify_contract(officer, contract.id, judgements=answers, on=cast.TODAY)
