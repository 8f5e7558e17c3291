"""Forms of money before departure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lindung.access.actors import Actor, Kind
from lindung.costs.components import asked, choices
from lindung.costs.models import Charge, Collateral, How, Lender, Payee, Payer, Per, Teller
from lindung.costs.operations.parts import VOICES
from lindung.documents import queries as documents
from lindung.kernel.money import Money
from lindung.placement.queries import origin
from lindung.reference.queries import currencies, currency_name
from lindung.regulations.lawbook import law
from lindung.regulations.sentences import pick

_DAY = {"type": "date"}
_SUM: dict[str, Any] = {
    "min_value": 0,
    "max_digits": 16,
    "decimal_places": 3,
    "widget": forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
}


def currency_choices() -> list[tuple[str, str]]:
    """Money of the origin and of the destinations whose rules are kept, the origin's first."""
    kept = law().jurisdictions
    codes = [kept[origin()].currency, *(each.currency for each in kept.values())]
    known = currencies()
    return [
        (code, f"{currency_name(code)} ({code})") for code in dict.fromkeys(codes) if code in known
    ]


class _Money(forms.Form):
    """Forms with a sum; the currencies are read when a page is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = currency_choices()


class Telling(_Money):
    """A payment; of a worker's own telling the form asks less."""

    component = forms.ChoiceField(label=gettext_lazy("Untuk apa"))
    amount = forms.DecimalField(label=gettext_lazy("Jumlah"), **_SUM)
    currency = forms.ChoiceField(label=gettext_lazy("Mata uang"))
    paid_on = forms.DateField(
        label=gettext_lazy("Dibayar pada"), widget=forms.DateInput(attrs=_DAY)
    )
    payer = forms.ChoiceField(label=gettext_lazy("Siapa yang membayar"), choices=Payer.choices)
    payee = forms.ChoiceField(label=gettext_lazy("Kepada siapa"), choices=Payee.choices)
    payee_name = forms.CharField(
        label=gettext_lazy("Nama penerima"), max_length=160, required=False
    )
    how = forms.ChoiceField(label=gettext_lazy("Cara bayar"), choices=How.choices)
    months = forms.IntegerField(
        label=gettext_lazy("Untuk berapa bulan, bila bulanan"),
        min_value=1,
        max_value=120,
        required=False,
    )
    evidence = forms.ChoiceField(label=gettext_lazy("Bukti"), required=False)
    told_by = forms.ChoiceField(label=gettext_lazy("Menurut siapa"), required=False)

    def __init__(self, *args: Any, actor: Actor, worker_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("component", choices())
        papers = [(str(each.id), each.number) for each in documents.documents_of(worker_id)]
        self._choose("evidence", [("", _("tidak ada")), *papers])
        voices = VOICES.get(actor.kind, ())
        if len(voices) > 1:
            self._choose("told_by", [(each.value, each.label) for each in voices])
        else:
            del self.fields["told_by"]
        if not papers:
            del self.fields["evidence"]
        if actor.kind is Kind.WORKER:
            mine = [(each.value, each.label) for each in (Payer.WORKER, Payer.FAMILY)]
            self._choose("payer", mine)

    def _choose(self, name: str, among: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = among

    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        given = dict(self.cleaned_data)
        amount = Money(given.pop("amount"), given.pop("currency"))
        evidence = given.pop("evidence", "")
        return given | {
            "amount": amount,
            "months": given["months"] or 1,
            "evidence_id": UUID(evidence) if evidence else None,
            "told_by": given.get("told_by", ""),
        }


def as_told(charge: Charge) -> dict[str, Any]:
    """A charge as the form would have it, to be corrected."""
    return {
        "component": charge.component,
        "amount": f"{charge.amount.normalize():f}",
        "currency": charge.currency,
        "paid_on": charge.paid_on.isoformat(),
        "payer": charge.payer,
        "payee": charge.payee,
        "payee_name": charge.payee_name,
        "how": charge.how,
        "months": charge.months,
        "evidence": str(charge.evidence_id or ""),
        "told_by": charge.told_by,
    }


class Refunding(forms.Form):
    """Money that came back, in the currency it was paid in."""

    amount = forms.DecimalField(label=gettext_lazy("Jumlah yang kembali"), **_SUM)
    came_on = forms.DateField(
        label=gettext_lazy("Kembali pada"), widget=forms.DateInput(attrs=_DAY)
    )
    by = forms.ChoiceField(label=gettext_lazy("Dari siapa"), choices=Payee.choices)
    how = forms.ChoiceField(
        label=gettext_lazy("Caranya"),
        choices=[(each.value, each.label) for each in (How.CASH, How.TRANSFER)],
    )


class Reason(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=gettext_lazy("Alasan"), max_length=300)


class Borrowing(_Money):
    """A loan for the way abroad."""

    lender = forms.ChoiceField(label=gettext_lazy("Pinjam kepada siapa"), choices=Lender.choices)
    lender_name = forms.CharField(
        label=gettext_lazy("Nama pemberi pinjaman"), max_length=160, required=False
    )
    principal = forms.DecimalField(label=gettext_lazy("Uang yang dipinjam"), **_SUM)
    currency = forms.ChoiceField(label=gettext_lazy("Mata uang"))
    taken_on = forms.DateField(
        label=gettext_lazy("Dipinjam pada"), widget=forms.DateInput(attrs=_DAY)
    )
    months = forms.IntegerField(
        label=gettext_lazy("Dilunasi dalam berapa bulan"),
        min_value=1,
        max_value=600,
        required=False,
    )
    instalment = forms.DecimalField(label=gettext_lazy("Cicilan sebulan"), required=False, **_SUM)
    rate = forms.DecimalField(
        label=gettext_lazy("Bunga, persen"),
        required=False,
        min_value=0,
        max_digits=7,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )
    rate_per = forms.ChoiceField(label=gettext_lazy("Bunga dihitung"), choices=Per.choices)
    from_wages = forms.ChoiceField(
        label=gettext_lazy("Dipotong dari gaji"),
        required=False,
        choices=[
            ("", gettext_lazy("tidak tahu")),
            ("yes", gettext_lazy("ya")),
            ("no", gettext_lazy("tidak")),
        ],
    )
    collateral = forms.ChoiceField(label=gettext_lazy("Jaminan"), choices=Collateral.choices)

    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        given = dict(self.cleaned_data)
        principal = Money(given.pop("principal"), given.pop("currency"))
        wages = given.pop("from_wages")
        return given | {
            "principal": principal,
            "from_wages": None if not wages else wages == "yes",
        }


class Answering(_Money):
    """The same questions at each moment; nothing typed is no answer, nought is nothing paid."""

    currency = forms.ChoiceField(label=gettext_lazy("Mata uang jawaban"))
    nothing = forms.BooleanField(label=gettext_lazy("Saya tidak membayar apa pun"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, each in asked().items():
            assert each.ask is not None  # that is what `asked` means
            self.fields[code] = forms.DecimalField(label=pick(each.ask), required=False, **_SUM)

    def questions(self) -> list[forms.BoundField]:
        """The questions in their order."""
        return [self[code] for code in asked()]

    def clean(self) -> dict[str, Any]:
        """Nothing at all, or at least one sum; not both."""
        given = super().clean() or {}
        sums = [given[code] for code in asked() if given.get(code)]
        if given.get("nothing") and sums:
            self.add_error("nothing", _("Anda juga menulis jumlah. Pilih salah satu."))
        if not given.get("nothing") and not self.errors and not self.amounts():
            self.add_error(None, _("Jawab paling sedikit satu pertanyaan, atau pilih tidak ada."))
        return given

    def amounts(self) -> dict[str, Decimal]:
        """Component → sum, of what was answered."""
        given = self.cleaned_data
        if given.get("nothing"):
            return dict.fromkeys(asked(), Decimal(0))
        return {code: given[code] for code in asked() if given.get(code) is not None}


def fresh(on: date) -> dict[str, Any]:
    """What a new telling begins with."""
    return {"paid_on": on.isoformat(), "payer": Payer.WORKER, "told_by": Teller.OFFICER}
