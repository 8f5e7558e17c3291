"""One found value against one rule: it meets, it breaks, or a person has to check.

Never guessed: whatever is unknown, not confirmed for the day, of low confidence or written in
words only is for a person, and the verdict says why and what would settle it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from lindung.kernel.money import Money
from lindung.kernel.quantities import Quantity
from lindung.regulations.conditions import Context, all_hold, excepted
from lindung.regulations.lawbook import Hint, chosen_row, law, value_on
from lindung.regulations.lawbook import parameter as parameter_by_id
from lindung.regulations.shapes import (
    Basis,
    Bilingual,
    Doubt,
    Parameter,
    Reading,
    Source,
    number,
)

Outcome = Literal["meets", "breaks", "needs_check"]
MEETS: Outcome = "meets"
BREAKS: Outcome = "breaks"
NEEDS_CHECK: Outcome = "needs_check"
MONTHS_A_YEAR = 12

Found = Decimal | int | bool | str | Quantity | Money | list[str] | tuple[str, ...] | set[str]


class Cure(msgspec.Struct, frozen=True, kw_only=True):
    """What would settle a verdict.

    Attributes:
        code: ``raise_to``, ``lower_to``, ``set_to``, ``provide``, ``remove``, ``add_items``,
            ``confirm_value``, ``read_exception``, ``state_fact``, ``read_words``,
            ``choose_tier``; empty when nothing is to do.
        target: the value that would be enough.
        by: how far away it is, in the rule's unit.
        items: what is missing.
        fact: the fact that somebody has to state.
    """

    code: str = ""
    target: Any = None
    by: str = ""
    items: tuple[str, ...] = ()
    fact: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule says of one found value, complete enough to be kept for good.

    Attributes:
        on: the reference day; ``reference`` says of what.
        required: the value of law, as in its file; None where it is not known.
        found, found_unit: what was tested, numbers as text.
        derived_from: the conversion used to get ``found``, empty when it was stated.
        by_hint: what the last known value would say, when a person has to check.
        version: SHA-256 of the rule's file; ``readings`` of the jurisdiction's readings file.
    """

    parameter: str
    jurisdiction: str
    title: Bilingual
    category: str
    rule: str
    contract_field: str
    outcome: Outcome
    reason: str
    on: date
    reference: Literal["work", "signed"]
    required: Any
    unit: str
    found: Any
    found_unit: str
    since: date | None
    confidence: str
    verified_through: date | None
    sources: tuple[Source, ...]
    legal_basis: tuple[Basis, ...]
    cure: Cure
    hint: Hint | None
    by_hint: str
    note: str
    version: str
    readings: str
    derived_from: str = ""
    detail: Bilingual | None = None

    def frozen(self) -> dict[str, Any]:
        """This verdict as plain JSON, to be kept with the decision that used it."""
        kept: dict[str, Any] = msgspec.to_builtins(self)
        return kept

    @classmethod
    def thawed(cls, kept: dict[str, Any]) -> Verdict:
        """A kept verdict as it was, whatever the law says today."""
        return msgspec.convert(kept, cls)

    @property
    def sentence(self) -> str:
        """The verdict in one sentence of the active language."""
        # Words need settings; the command `law` answers without.
        from lindung.regulations import sentences

        conversions = law().jurisdictions[self.jurisdiction].readings.conversions
        how = (sentences.pick(each.title) for each in conversions if each.id == self.derived_from)
        return sentences.verdict_sentence(
            self.title,
            sentences.shown_value(self.found, self.found_unit),
            how=next(how, ""),
            reason=self.reason,
            detail=self.detail,
        )

    @property
    def cure_sentence(self) -> str:
        """What would settle it, in the active language; empty when nothing is to do."""
        from lindung.regulations import sentences

        return sentences.cure_sentence(**msgspec.structs.asdict(self.cure), unit=self.unit)


class _Answer(msgspec.Struct, frozen=True):
    """A comparison's bare answer, before doubts about the law itself."""

    outcome: Outcome
    reason: str
    cure: Cure = Cure()
    required: Any = None


EMPTY = Context()


def check(
    rule: Parameter | str,
    found: Found,
    *,
    on: date,
    context: Context = EMPTY,
    derived_from: str = "",
    approximate: bool = False,
) -> Verdict:
    """Test one found value against one rule.

    Args:
        rule: a rule or its id.
        found: what the contract says; numbers without a unit are taken in the rule's own.
        on: the reference day. The caller chooses it; ``contracts`` does so by ``when``.
        context: what else is known; exceptions and tiers are read with it.
        derived_from: the conversion that gave ``found``.
        approximate: ``found`` is an estimate, so it cannot break the rule.

    Raises:
        NoSuchRule: no rule has this id.
        TypeError: ``found`` is a float, or nothing that can be compared.
    """
    if isinstance(rule, str):
        rule = parameter_by_id(rule)
    if isinstance(found, float) or found is None:
        raise TypeError("A found value is Decimal, int, bool, text, Money, Quantity or a list.")
    row, doubt = chosen_row(rule, on)
    said = value_on(rule, on)
    answer = _compare(rule, row.value if row else None, found, context)
    by_hint = ""
    if rule.rule == "informative":
        answer = _Answer(NEEDS_CHECK, "not_tested", Cure(code="read_words"))
    elif doubt:
        if said.hint is not None:
            by_hint = _compare(rule, said.hint.value, found, context).outcome
        answer = _Answer(NEEDS_CHECK, doubt, Cure(code="confirm_value"))
    elif row is not None and row.confidence == "low":
        by_hint = answer.outcome
        answer = _Answer(NEEDS_CHECK, "low_confidence", Cure(code="confirm_value"), answer.required)
    else:
        answer = _softened(rule, answer, on, context, approximate)
    value, unit = _shown(found, rule)
    return Verdict(
        parameter=rule.id,
        jurisdiction=rule.jurisdiction,
        title=rule.title,
        category=rule.category,
        rule=rule.rule,
        contract_field=rule.contract_field,
        outcome=answer.outcome,
        reason=answer.reason,
        on=on,
        reference=reference_of(rule),
        required=said.value if answer.required is None else answer.required,
        unit=rule.unit,
        found=value,
        found_unit=unit,
        since=said.since,
        confidence=said.confidence,
        verified_through=said.verified_through,
        sources=said.sources,
        legal_basis=said.legal_basis,
        cure=answer.cure,
        hint=said.hint,
        by_hint=by_hint,
        note=said.note,
        version=rule.version,
        readings=law().jurisdictions[rule.jurisdiction].readings.version,
        derived_from=derived_from,
        detail=_detail(rule, answer, on, context),
    )


def reading_of(rule: Parameter) -> Reading:
    """What the notes of a rule mean to the program."""
    return law().jurisdictions[rule.jurisdiction].readings.parameters.get(rule.id, _NO_READING)


_NO_READING = Reading()


def reference_of(rule: Parameter) -> Literal["work", "signed"]:
    """Whether the day of the work or of signing counts for a rule."""
    if reference := reading_of(rule).reference:
        return reference
    when = law().words.when.get(rule.applies_to.when) if rule.applies_to.when else None
    return when.reference if when else "work"


def required_conditions(rule: Parameter, context: Context) -> bool | None:
    """Whether the conditions under which a rule holds at all are so; None when not known."""
    conditions = list(reading_of(rule).requires)
    if rule.applies_to.when:
        when = law().words.when.get(rule.applies_to.when)
        if when is None:
            return None
        conditions += when.requires
    return all_hold(conditions, context)


def _doubts(rule: Parameter, on: date, context: Context) -> Iterable[Doubt]:
    for doubt in reading_of(rule).doubts:
        within = (doubt.start is None or doubt.start <= on) and (
            doubt.end is None or on <= doubt.end
        )
        if within and not (doubt.unless and all_hold(doubt.unless, context) is True):
            yield doubt


def _detail(rule: Parameter, answer: _Answer, on: date, context: Context) -> Bilingual | None:
    if answer.reason != "note_narrows":
        return None
    return next((doubt.why for doubt in _doubts(rule, on, context)), None)


def _missing_fact(rule: Parameter, context: Context) -> str:
    """A fact whose absence keeps a condition or exception open."""
    readings = law().words.exceptions
    conditions = list(reading_of(rule).requires)
    if rule.applies_to.when and (when := law().words.when.get(rule.applies_to.when)):
        conditions += when.requires
    for phrase in rule.applies_to.exceptions:
        if reading := readings.get(phrase):
            conditions += [*reading.all_of, *reading.any_of]
    for condition in conditions:
        if context.fact(condition.fact) in (None, ""):
            return condition.fact
    return ""


def _softened(
    rule: Parameter, answer: _Answer, on: date, context: Context, approximate: bool
) -> _Answer:
    """Take back what the law's words do not allow to be said: breaks first, seldom meets."""
    words = law().words
    applies = rule.applies_to
    fact = _missing_fact(rule, context)
    breaks = answer.outcome == BREAKS

    def person(reason: str, code: str) -> _Answer:
        cure = Cure(code=code, fact=fact, target=answer.cure.target, by=answer.cure.by)
        return _Answer(NEEDS_CHECK, reason, cure, answer.required)

    for phrase in applies.exceptions:
        reading = words.exceptions.get(phrase)
        out = excepted(reading, context)
        strict = reading is not None and not reading.frees
        if out is True:
            return person("excepted", "read_exception")
        if out is None and (breaks or (strict and answer.outcome == MEETS)):
            return person("exception_possible", "state_fact" if fact else "read_exception")
    if not breaks:
        return answer
    if required_conditions(rule, context) is None:
        return person("condition_unknown", "state_fact" if fact else "read_words")
    if applies.occupations and not context.occupation:
        return person("occupation_missing", "state_fact")
    if applies.regions and not context.region:
        return person("region_missing", "state_fact")
    if next(iter(_doubts(rule, on, context)), None) is not None:
        return person("note_narrows", "read_words")
    if approximate:
        return person("approximate", "state_fact")
    return answer


def _shown(found: Found, rule: Parameter) -> tuple[Any, str]:
    """A found value as plain JSON, and its unit."""
    if isinstance(found, Quantity):
        return str(found.amount), str(found.unit)
    if isinstance(found, Money):
        return str(found.amount), found.currency
    if isinstance(found, bool | str):
        return found, ""
    if isinstance(found, Decimal | int):
        return str(found), rule.unit
    return sorted(found), ""


def _amount(rule: Parameter, found: Found) -> Decimal | Literal["other unit"] | None:
    """The found number in the rule's unit."""
    if isinstance(found, Money):
        period = law().words.money_fields.get(rule.contract_field, "")
        found = found.per(period) if period else Quantity.of(found.amount, found.currency)
    if isinstance(found, Quantity):
        return found.amount if str(found.unit) == rule.unit else "other unit"
    amount = number(found)
    # A contract counts its length in months; some laws limit the same length in years.
    if amount is not None and rule.unit == "years" and rule.contract_field.endswith("months"):
        return amount / MONTHS_A_YEAR
    return amount


def _compare(rule: Parameter, value: Any, found: Found, context: Context) -> _Answer:
    """The bare comparison; unknown values and words give ``needs_check``."""
    if value is None:
        return _Answer(NEEDS_CHECK, "unknown_value", Cure(code="confirm_value"))
    if rule.rule in ("minimum", "maximum", "exact"):
        return _compare_numbers(rule, value, found, context)
    if rule.rule == "required":
        return _compare_required(rule, value, found, context)
    if rule.rule == "prohibited":
        return _compare_prohibited(value, found)
    return _Answer(NEEDS_CHECK, "not_tested", Cure(code="read_words"))


_WORDS = _Answer(NEEDS_CHECK, "words", Cure(code="read_words"))


def _compare_numbers(rule: Parameter, value: Any, found: Found, context: Context) -> _Answer:
    if isinstance(value, list | tuple):
        return _compare_tiers(rule, value, found, context)
    limit = number(value)
    if limit is None:
        return _WORDS
    return _against(rule, limit, found)


def _against(rule: Parameter, limit: Decimal, found: Found) -> _Answer:
    if isinstance(found, bool):
        # "Not provided" is nothing at all; "provided" does not say how much.
        if not found and rule.rule == "minimum" and limit > 0:
            return _Answer(BREAKS, "below_minimum", Cure(code="raise_to", target=str(limit)))
        return _Answer(NEEDS_CHECK, "amount_missing", Cure(code="state_fact"))
    amount = _amount(rule, found)
    if amount is None:
        return _WORDS
    if amount == "other unit":
        return _Answer(NEEDS_CHECK, "unit_mismatch", Cure(code="state_fact"))
    by, target = _short(abs(limit - amount)), str(limit)
    if rule.rule == "minimum" and amount < limit:
        return _Answer(BREAKS, "below_minimum", Cure(code="raise_to", target=target, by=by))
    if rule.rule == "maximum" and amount > limit:
        return _Answer(BREAKS, "above_maximum", Cure(code="lower_to", target=target, by=by))
    if rule.rule == "exact" and amount != limit:
        return _Answer(BREAKS, "not_equal", Cure(code="set_to", target=target, by=by))
    return _Answer(MEETS, "meets")


def _short(amount: Decimal) -> str:
    """A distance for people: at most four decimals, never rounded to nothing."""
    step = Decimal("0.0001")
    return str(max(amount.quantize(step), step).normalize() if amount % 1 else amount)


def _tier_value(tier: dict[str, Any]) -> tuple[Decimal | None, frozenset[str]]:
    """A tier's own number and the keys that hold it or explain it."""
    measures = law().words.tier_measures
    for key in measures:
        if key in tier:
            return number(tier[key]), frozenset({key, "max"})
    if "months" in tier:
        return number(tier["months"]), frozenset({"months"})
    return None, frozenset({"rule"})


def _tier_for(tiers: list[dict[str, Any]], context: Context) -> dict[str, Any] | None:
    """The one tier that the facts choose, None when they do not choose exactly one."""
    selectors = law().words.tiers
    kept: list[dict[str, Any]] = []
    for tier in tiers:
        keys = set(tier) - _tier_value(tier)[1]
        if not keys or not keys <= set(selectors):
            return None
        answers = [_tier_fits(key, tier, tiers, context) for key in keys]
        if None in answers:
            return None
        if all(answers):
            kept.append(tier)
    return kept[0] if len(kept) == 1 else None


def _tier_fits(
    key: str, tier: dict[str, Any], tiers: list[dict[str, Any]], context: Context
) -> bool | None:
    selector = law().words.tiers[key]
    fact = context.fact(selector.fact)
    if isinstance(fact, Quantity):
        fact = fact.amount
    if fact in (None, ""):
        return None
    if selector.match == "listed":
        return str(fact) in [part.strip() for part in str(tier[key]).split(",")]
    if selector.match == "equal":
        as_number, limit = number(fact), number(tier[key])
        return as_number == limit if limit is not None else bool(fact == tier[key])
    reached = number(fact)
    steps = [step for each in tiers if (step := number(each[key])) is not None]
    if reached is None or len(steps) != len(tiers):
        return None
    below = [step for step in steps if step <= reached]
    return bool(below) and number(tier[key]) == max(below)


def _compare_tiers(rule: Parameter, value: Any, found: Found, context: Context) -> _Answer:
    """Tiers: the one that the facts choose, else only what is so for every tier."""
    tiers = [tier for tier in value if isinstance(tier, dict)]
    if len(tiers) != len(value):
        return _WORDS
    if chosen := _tier_for(tiers, context):
        limit, _keys = _tier_value(chosen)
        if limit is not None:
            answer = _against(rule, limit, found)
            return msgspec.structs.replace(answer, required=chosen)
    numbers = [_tier_value(tier)[0] for tier in tiers]
    known = [each for each in numbers if each is not None]
    unclear = _Answer(NEEDS_CHECK, "tier_unclear", Cure(code="choose_tier"))
    if not known:
        return _WORDS
    # With a tier in words only, nobody can say that a value is right or wrong for all of them.
    answers = {_against(rule, each, found).outcome for each in known}
    if len(known) == len(numbers) and len(answers) == 1:
        strictest = min(known) if rule.rule == "maximum" else max(known)
        mildest = max(known) if rule.rule == "maximum" else min(known)
        return _against(rule, mildest if answers == {BREAKS} else strictest, found)
    return unclear


def _tokens(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


def _compare_required(rule: Parameter, value: Any, found: Found, context: Context) -> _Answer:
    if isinstance(value, bool):
        if not value:
            return _Answer(MEETS, "no_duty")
        if not isinstance(found, bool):
            return _WORDS
        return _Answer(MEETS, "meets") if found else _missing()
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return _compare_items(rule, tuple(value), found, context)
    if isinstance(found, bool):
        # "There is none" breaks any duty to have one; "there is one" is enough unless words
        # say which.
        if not found:
            return _missing()
        return _Answer(MEETS, "meets") if not isinstance(value, str) else _WORDS
    if isinstance(value, str):
        same = isinstance(found, str) and len(_tokens(value)) == 1
        if same and str(found).casefold() == value.casefold():
            return _Answer(MEETS, "meets")
        # Another form than the only one that is accepted; other codes need a reader.
        if same and rule.category == "contract_form" and value.isidentifier():
            return _Answer(BREAKS, "not_equal", Cure(code="set_to", target=value))
        return _WORDS
    if isinstance(value, list | tuple):
        tiers = [tier for tier in value if isinstance(tier, dict)]
        chosen = _tier_for(tiers, context)
        if chosen is None:
            return _Answer(NEEDS_CHECK, "tier_unclear", Cure(code="choose_tier"))
        answer = _compare_sum(rule, _tier_value(chosen)[0], found)
        return msgspec.structs.replace(answer, required=chosen)
    return _compare_sum(rule, value, found)


def _compare_sum(rule: Parameter, value: Any, found: Found) -> _Answer:
    limit, amount = number(value), _amount(rule, found)
    if amount == "other unit":
        return _Answer(NEEDS_CHECK, "unit_mismatch", Cure(code="state_fact"))
    if limit is None or amount is None:
        return _WORDS
    if not amount and limit:
        return _missing()
    if amount == limit:
        return _Answer(MEETS, "meets")
    # The law asks for the thing; whether another sum is lawful, a person says.
    return _Answer(NEEDS_CHECK, "other_amount", Cure(code="read_words", target=str(limit)))


def _missing() -> _Answer:
    return _Answer(BREAKS, "missing_required", Cure(code="provide"))


def _compare_items(
    rule: Parameter, wanted: tuple[str, ...], found: Found, context: Context
) -> _Answer:
    if not isinstance(found, list | tuple | set | frozenset):
        return _WORDS
    missing = [item for item in wanted if item not in found]
    optional = reading_of(rule).items
    surely = [i for i in missing if all_hold(optional.get(i, ()), context) is True]
    perhaps = [i for i in missing if all_hold(optional.get(i, ()), context) is None]
    if surely:
        return _Answer(BREAKS, "missing_items", Cure(code="add_items", items=tuple(surely)))
    if perhaps:
        cure = Cure(code="state_fact", items=tuple(perhaps), fact=optional[perhaps[0]][0].fact)
        return _Answer(NEEDS_CHECK, "items_unclear", cure)
    return _Answer(MEETS, "meets")


def _compare_prohibited(value: Any, found: Found) -> _Answer:
    none_of_it = found is False or found == "" or (number(found) == 0)
    if isinstance(found, Quantity | Money):
        none_of_it = found.amount == 0
    elif isinstance(found, list | tuple | set | frozenset):
        none_of_it = not found
    if none_of_it:
        return _Answer(MEETS, "meets")
    if isinstance(value, bool):
        if not value:
            return _Answer(MEETS, "no_duty")
        if isinstance(found, str):
            return _WORDS
        return _Answer(BREAKS, "prohibited", Cure(code="remove"))
    # Only the listed kinds are allowed or forbidden: words decide which this is.
    return _WORDS


@functools.cache
def outcome_order(outcome: str) -> int:
    """Breaks first, then what a person has to check, then what is in order."""
    return (BREAKS, NEEDS_CHECK, MEETS).index(outcome)
