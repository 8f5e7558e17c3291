"""Partners, providers and employers come into the register and are amended."""

from __future__ import annotations

from datetime import date

import pytest

from lindung.access.acting import acting_as
from lindung.kernel.refusals import Conflict, Incomplete, NotAllowed, NotFound
from lindung.parties import operations, queries
from lindung.parties.models import Provider, ProviderKind
from lindung.registry.models import Employer
from tests import cast
from tests.parties.conftest import employer, partner

pytestmark = pytest.mark.usefixtures("posts", "places")


def provider(who: object = cast.OFFICER, **given: object) -> Provider:
    values = {
        "name": "LPK Ponorogo",
        "kind": ProviderKind.TRAINING,
        "region": cast.PONOROGO,
        "accreditation": "VIN 1902",
        "accredited_by": "LA-LPK",
        "valid_from": date(2025, 1, 1),
        "valid_to": date(2027, 12, 31),
        "on": cast.TODAY,
    }
    return operations.register_provider(who, **(values | given))


class TestRegisterPartner:
    def test_gives_it_a_number_and_opens_it_to_all(self) -> None:
        made = partner()
        assert made.number.startswith("MTR-26-")
        with acting_as(cast.OTHER_RECRUITER):
            assert queries.partner(made.id).name == "Hangang Manpower"

    def test_is_closed_outside_the_jurisdiction(self) -> None:
        with pytest.raises(NotFound):
            partner(country="TW")
        for who in (cast.RECRUITER, cast.OFFICER):
            with pytest.raises(NotAllowed):
                operations.register_partner(who, name="x", country="KR", on=cast.TODAY)

    def test_refuses_a_licence_twice_in_a_country(self) -> None:
        partner(licence_number="K-77")
        with pytest.raises(Incomplete) as told:
            partner(licence_number=" k-77 ")
        assert "licence_number" in told.value.facts["fields"]

    def test_refuses_a_licence_that_ends_before_it_begins(self) -> None:
        with pytest.raises(Incomplete):
            partner(licensed_from=date(2026, 2, 2), licensed_to=date(2026, 2, 1))


class TestAmendPartner:
    def amend(self, who: object = cast.ATTACHE, version: int = 1, **changes: object) -> None:
        self.made = getattr(self, "made", None) or partner()
        operations.amend_partner(who, self.made.id, version=version, changes=changes, on=cast.TODAY)

    def test_changes_what_is_given(self) -> None:
        self.amend(city="Ansan")
        with acting_as(cast.ATTACHE):
            found = queries.partner(self.made.id)
        assert (found.city, found.version) == ("Ansan", 2)

    def test_keeps_both_when_two_change_it(self) -> None:
        self.amend(city="Ansan")
        with pytest.raises(Conflict):
            self.amend(city="Suwon")

    @pytest.mark.parametrize("changes", [{"country": "TW"}, {"number": "X"}, {"name": " "}, {}])
    def test_refuses_what_may_not_change(self, changes: dict[str, str]) -> None:
        with pytest.raises(Incomplete):
            self.amend(**changes)

    def test_is_closed_to_another_post(self) -> None:
        with pytest.raises(NotFound):
            self.amend(cast.OTHER_ATTACHE, city="Taipei")
        with pytest.raises(NotAllowed):
            self.amend(cast.RECRUITER, city="Taipei")


class TestProviders:
    def test_are_registered_in_one_s_own_regency(self) -> None:
        assert provider().number.startswith("PNY-26-")
        with pytest.raises(NotFound):
            provider(cast.OTHER_OFFICER)
        for who in (cast.ATTACHE, cast.RECRUITER):
            with pytest.raises(NotAllowed):
                provider(who)

    def test_refuse_an_accreditation_that_ends_before_it_begins(self) -> None:
        with pytest.raises(Incomplete):
            provider(valid_to=date(2024, 12, 31))

    def test_are_amended_where_they_are(self) -> None:
        made = provider()
        changes = {"valid_to": date(2028, 12, 31)}
        with pytest.raises(NotFound):
            operations.amend_provider(cast.OTHER_OFFICER, made.id, version=1, changes=changes)
        with pytest.raises(NotFound):
            operations.amend_provider(
                cast.OFFICER, made.id, version=1, changes={"region": cast.MALANG}
            )
        amended = operations.amend_provider(cast.OFFICER, made.id, version=1, changes=changes)
        assert (amended.valid_to, amended.version) == (date(2028, 12, 31), 2)


class TestRegisterEmployer:
    def test_puts_the_post_of_the_place_in_charge(self) -> None:
        made = employer()
        assert made.number.startswith("PBK-26-")
        assert (made.post_id, made.country) == (cast.SEOUL, "KR")

    def test_hides_a_household_from_others(self) -> None:
        employer()
        with acting_as(cast.OTHER_ATTACHE):
            assert not Employer.objects.exists()
        with acting_as(cast.ATTACHE):
            assert Employer.objects.exists()

    def test_is_closed_outside_the_jurisdiction(self) -> None:
        with pytest.raises(NotFound):
            operations.register_employer(
                cast.OTHER_ATTACHE,
                name="Kim",
                kind="household",
                country="KR",
                sector="domestic_work",
                on=cast.TODAY,
            )

    @pytest.mark.parametrize("wrong", [{"kind": "club"}, {"name": ""}, {"sector": " "}])
    def test_refuses_what_is_incomplete(self, wrong: dict[str, str]) -> None:
        with pytest.raises(Incomplete) as told:
            employer(**wrong)
        assert set(told.value.facts["fields"]) == set(wrong)

    def test_refuses_an_outside_number_twice(self) -> None:
        employer(kind="company", outside_number="K1")
        with pytest.raises(Incomplete):
            employer(kind="company", outside_number="K1")
