"""Money adds up, to the last unit, and only with its own kind."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lindung.kernel.money import MixedCurrency, Money, digits
from lindung.kernel.quantities import Quantity, Unit, UnitMismatch

amounts = st.decimals(-(10**12), 10**12, places=3)
currencies = st.sampled_from(["IDR", "KRW", "HKD", "BHD", "MYR"])


class TestMoney:
    @given(amounts, amounts, currencies)
    def test_adds_and_takes_away_exactly(self, one, other, currency):
        a, b = Money(one, currency), Money(other, currency)
        assert a + b == b + a
        assert a + b - b == a

    @given(st.lists(amounts, max_size=8), currencies)
    def test_a_total_is_the_sum(self, many, currency):
        total = Money.total((Money(each, currency) for each in many), currency)
        assert total.amount == sum(many, Decimal(0))

    @given(amounts, currencies, st.integers(1, 60))
    def test_instalments_add_up_to_the_rounded_whole(self, amount, currency, parts):
        whole = Money(amount, currency)
        split = whole.split(parts)
        assert len(split) == parts
        assert Money.total(split, currency) == whole.rounded()
        assert max(split).amount - min(split).amount <= Decimal(1).scaleb(-digits(currency))

    @given(amounts, currencies)
    def test_rounding_twice_changes_nothing(self, amount, currency):
        once = Money(amount, currency).rounded()
        assert once.rounded() == once
        assert abs(once.amount - amount) <= Decimal("0.5").scaleb(-digits(currency))

    def test_rounds_halves_away_from_zero_to_the_currencys_digits(self):
        assert Money(Decimal("0.5"), "KRW").rounded().amount == 1
        assert Money(Decimal("-0.5"), "KRW").rounded().amount == -1
        assert Money(Decimal("1.005"), "HKD").rounded().amount == Decimal("1.01")
        assert Money(Decimal("1.0005"), "BHD").rounded().amount == Decimal("1.001")

    def test_refuses_two_currencies_in_one_sum_or_comparison(self):
        won, dollar = Money(Decimal(1), "KRW"), Money(Decimal(1), "HKD")
        for act in (lambda: won + dollar, lambda: won - dollar, lambda: won < dollar):
            with pytest.raises(MixedCurrency):
                act()
        assert won != dollar

    @pytest.mark.parametrize("amount", [1.5, True, "1", None])
    def test_refuses_what_is_no_exact_number(self, amount):
        with pytest.raises(TypeError):
            Money(amount, "KRW")

    def test_refuses_what_is_no_amount_or_currency(self):
        with pytest.raises(ValueError):
            Money(Decimal("NaN"), "KRW")
        for currency in ("krw", "WON1", ""):
            with pytest.raises(ValueError):
                Money(Decimal(1), currency)
        with pytest.raises(TypeError):
            Money(Decimal(1), "KRW") * 1.1


class TestQuantity:
    def test_divides_a_month_by_its_hours(self):
        hourly = Quantity.of(2156880, "KRW/month").divided_by(Quantity.of(209, "hours/month"))
        assert hourly == Quantity.of(10320, "KRW/hour")

    def test_refuses_another_period(self):
        month = Quantity.of(2156880, "KRW/month")
        with pytest.raises(UnitMismatch):
            month.divided_by(Quantity.of(40, "hours/week"))
        with pytest.raises(UnitMismatch):
            _ = month < Quantity.of(1, "KRW/hour")
        with pytest.raises(UnitMismatch):
            month + Quantity.of(1, "HKD/month")
        with pytest.raises(ZeroDivisionError):
            month.divided_by(Quantity.of(0, "hours/month"))

    def test_measures_a_share(self):
        fee, wage = Money(Decimal(510), "HKD").per("once"), Quantity.of(5100, "HKD/month")
        assert fee.share_of(wage, times=Decimal(100), unit="percent") == Quantity.of(10, "percent")
        with pytest.raises(UnitMismatch):
            fee.share_of(Quantity.of(1, "SGD/month"), times=Decimal(1), unit="percent")

    @pytest.mark.parametrize("text", ["", "/hour", "KRW/", "a/b/c"])
    def test_refuses_what_is_no_unit(self, text):
        with pytest.raises(UnitMismatch):
            Unit.parse(text)

    def test_refuses_floats(self):
        with pytest.raises(TypeError):
            Quantity.of(1.5, "hours/week")
        with pytest.raises(TypeError):
            Quantity(1, Unit("hours"))
