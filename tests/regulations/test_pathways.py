"""What a placement still needs, as data and a pure function."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel.refusals import NotFound
from lindung.regulations.pathways import Evidence, open_requirements, pathway, pathway_for

EPS = pathway("g2g-kr")
GIVEN = date(2026, 3, 1)
BEFORE = [each.id for each in EPS.requirements if each.for_departure]


def given_all(*, on: date = GIVEN, **changed: Evidence | None) -> dict[str, Evidence]:
    everything = {id_: Evidence(state="accepted", given_on=on) for id_ in BEFORE}
    everything |= {id_: each for id_, each in changed.items() if each is not None}
    return {id_: each for id_, each in everything.items() if changed.get(id_, each) is not None}


def open_ids(evidence, on=GIVEN, **options):
    return [each.requirement.id for each in open_requirements(EPS, evidence, on=on, **options)]


class TestPathway:
    def test_is_found_by_scheme_and_corridor(self):
        found = pathway_for(scheme="E-9", origin="ID", destination="KR", on=GIVEN)
        assert found is EPS
        assert not EPS.needs_agency
        with pytest.raises(NotFound):
            pathway_for(scheme="FDH", origin="ID", destination="KR", on=GIVEN)

    def test_holds_the_papers_of_the_law_but_for_the_agencys(self):
        articles = {basis.article for each in EPS.requirements for basis in each.legal_basis}
        assert {f"13({letter})" for letter in "abcdefh"} <= articles
        assert "13(g)" not in articles
        assert not any(each.given_by == "agency" for each in EPS.requirements)


class TestOpenRequirements:
    def test_everything_is_open_at_first(self):
        assert open_ids({}) == BEFORE

    def test_nothing_is_open_once_all_was_accepted(self):
        assert open_ids(given_all()) == []

    def test_what_comes_after_the_border_never_holds_a_clearance_back(self):
        assert open_ids(given_all(), for_departure=False)[0] == "arrival_confirmed"

    @pytest.mark.parametrize(
        ("state", "why"), [("refused", "refused"), ("accepted", None), ("waived", None)]
    )
    def test_a_state(self, state, why):
        evidence = given_all(passport=Evidence(state=state, given_on=GIVEN))
        found = open_requirements(EPS, evidence, on=GIVEN)
        assert [each.why for each in found] == ([why] if why else [])

    def test_the_evidences_own_end_is_its_last_good_day(self):
        evidence = given_all(
            passport=Evidence(state="accepted", given_on=GIVEN, valid_until=date(2026, 4, 1))
        )
        assert open_ids(evidence, date(2026, 4, 1)) == []
        (found,) = open_requirements(EPS, evidence, on=date(2026, 4, 2))
        assert (found.requirement.id, found.why, found.expired_on) == (
            "passport",
            "expired",
            date(2026, 4, 2),
        )

    def test_a_duration_of_law_ends_on_the_same_day_of_the_month(self):
        evidence = given_all()
        assert open_ids(evidence, date(2026, 5, 31)) == []
        assert open_ids(evidence, date(2026, 6, 1)) == ["visa_confirmation"]

    def test_what_is_dated_later_is_not_given_yet(self):
        evidence = given_all(
            passport=Evidence(state="accepted", given_on=GIVEN + timedelta(days=1))
        )
        assert [each.why for each in open_requirements(EPS, evidence, on=GIVEN)] == [
            "not_yet_given"
        ]

    def test_names_what_it_waits_for(self):
        found = {each.requirement.id: each for each in open_requirements(EPS, {}, on=GIVEN)}
        assert found["work_visa"].waits_for == ("visa_confirmation", "medical_second", "passport")
        without_passport = given_all(passport=None, work_visa=None)
        found = {
            each.requirement.id: each for each in open_requirements(EPS, without_passport, on=GIVEN)
        }
        assert found["work_visa"].waits_for == ("passport",)

    @given(st.sets(st.sampled_from(BEFORE)), st.dates(GIVEN, GIVEN + timedelta(days=60)))
    def test_is_empty_exactly_when_all_was_given(self, ids, day):
        evidence = {id_: Evidence(state="accepted", given_on=GIVEN) for id_ in ids}
        assert set(open_ids(evidence, day)) == set(BEFORE) - ids
