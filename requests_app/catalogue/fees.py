"""What a request costs: computed from the fee lines of its version and the answers, on a given day.

An amount that nobody gave is never guessed: the line, and with it the total, is "to be confirmed". Whole francs CFA.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from requests_app.catalogue.asking import Asked, asked
from requests_app.catalogue.conditions import answer_at
from requests_app.catalogue.models import FeeStatus
from requests_app.catalogue.translated import in_active_language

Text = dict[str, str]


@dataclass(frozen=True)
class Line:
    """One fee: `amount` in francs, None when it is not known; `quantity` of what it counts, if it counts.

    `exempted` is why it costs nothing, {} when it does. Texts are in both languages.
    """

    key: str
    label_i18n: Text
    amount: int | None
    quantity: int | None
    exempted_i18n: Text
    legal_basis_i18n: Text

    @property
    def label(self) -> str:
        return in_active_language(self.label_i18n)

    @property
    def exempted(self) -> str:
        return in_active_language(self.exempted_i18n)

    @property
    def legal_basis(self) -> str:
        return in_active_language(self.legal_basis_i18n)


@dataclass(frozen=True)
class Share:
    """What goes to one beneficiary, in francs."""

    beneficiary_i18n: Text
    amount: int

    @property
    def beneficiary(self) -> str:
        return in_active_language(self.beneficiary_i18n)


@dataclass(frozen=True)
class Quote:
    """The fee of one request on the day `on` (ISO). `total` is None when a line is not known.

    `to_confirm` says that the town hall has not confirmed the amounts yet. `shares` sum to the total; none when all
    goes to the town hall, or when the total is not known.
    """

    on: str
    total: int | None
    to_confirm: bool
    lines: tuple[Line, ...]
    shares: tuple[Share, ...]

    @property
    def status(self) -> str:
        """The `FeeStatus` that `components/fee.html` reads."""
        if self.to_confirm:
            return FeeStatus.TO_CONFIRM
        return FeeStatus.CONFIRMED if self.total else FeeStatus.FREE

    def frozen(self) -> dict[str, Any]:
        """The JSON kept with the request at filing; `thawed` reads it back."""
        kept = asdict(self)
        return {**kept, "lines": list(kept["lines"]), "shares": list(kept["shares"])}


def quote(
    version: Any, answers: Mapping[str, Any], on: datetime.date, *, relevant: Asked | None = None
) -> Quote | None:
    """The fee of a request with these answers filed `on`; None when the version computes nothing.

    `relevant` spares judging again what is asked, when the caller has done it.
    """
    if not version.fees:
        return None
    relevant = relevant or asked(version, answers, today=on)
    in_force = [fee for fee in version.fees if _covers(fee, on)]
    charged = [(fee, _line(fee, relevant, on)) for fee in in_force if relevant.holds(fee)]
    amounts = [line.amount for _fee, line in charged]
    # On a day that no line covers, what it costs is not known either.
    known = bool(in_force) and None not in amounts
    total = sum(amount or 0 for amount in amounts) if known else None
    return Quote(
        on=on.isoformat(),
        total=total,
        to_confirm=total is None or version.fee_status == FeeStatus.TO_CONFIRM,
        lines=tuple(line for _fee, line in charged),
        shares=_shares(charged) if known else (),
    )


def thawed(kept: Mapping[str, Any]) -> Quote | None:
    """The quote kept with a request; None when nothing was computed."""
    if not kept:
        return None
    lines, shares = (Line(**line) for line in kept["lines"]), (Share(**share) for share in kept["shares"])
    return Quote(**{**kept, "lines": tuple(lines), "shares": tuple(shares)})


def split(amount: int, percents: Iterable[int]) -> list[int]:
    """`amount` shared by whole per cents whose sum is 100, in whole francs whose sum is `amount`.

    The francs left by rounding down go one by one to the largest remainders, the first written first.
    """
    exact = [amount * percent for percent in percents]
    parts = [hundredths // 100 for hundredths in exact]
    order = sorted(range(len(exact)), key=lambda index: -(exact[index] % 100))
    for index in order[: amount - sum(parts)]:
        parts[index] += 1
    return parts


def _covers(thing: Mapping[str, Any], on: datetime.date) -> bool:
    """Whether a fee or an exemption is in force on a day, first and last day included."""
    day = on.isoformat()
    return bool(thing["from"] <= day <= thing.get("until", day))


def _line(fee: Mapping[str, Any], relevant: Asked, on: datetime.date) -> Line:
    quantity = _quantity(fee, relevant)
    exemption = next((one for one in fee.get("exemptions", ()) if _covers(one, on) and relevant.holds(one)), None)
    return Line(
        key=fee["key"],
        label_i18n=fee["label"],
        amount=0 if exemption else _amount(fee, quantity),
        quantity=quantity,
        exempted_i18n=exemption["reason"] if exemption else {},
        legal_basis_i18n=exemption["legal_basis"] if exemption else fee["legal_basis"],
    )


def _quantity(fee: Mapping[str, Any], relevant: Asked) -> int | None:
    counted = answer_at(fee["quantity"], relevant.answers) if fee.get("quantity") else None
    return counted if isinstance(counted, int) and not isinstance(counted, bool) and counted >= 0 else None


def _amount(fee: Mapping[str, Any], quantity: int | None) -> int | None:
    if fee["kind"] == "base":
        return _whole(fee.get("amount"))
    if quantity is None:
        return None
    if fee["kind"] == "per_copy":
        each = _whole(fee.get("amount"))
        return None if each is None else each * quantity
    fitting = (slab for slab in fee.get("slabs", ()) if slab["up_to"] is None or quantity <= slab["up_to"])
    return _whole(next((slab["amount"] for slab in fitting), None))


def _whole(amount: Any) -> int | None:
    # JSON has one kind of number: 500.0 is a whole one.
    return None if amount is None else int(amount)


def _shares(charged: list[tuple[Mapping[str, Any], Line]]) -> tuple[Share, ...]:
    """What each beneficiary receives over all lines, in the order they are first named; none when no line is shared."""
    if not any(fee.get("shares") for fee, _line in charged):
        return ()
    town_hall: list[Any] = [{"beneficiary": {"fr": settings.TOWN_HALL, "en": settings.TOWN_HALL}, "percent": 100}]
    received: dict[str, Share] = {}
    for fee, line in charged:
        shares = fee.get("shares") or town_hall
        for share, part in zip(shares, split(line.amount or 0, [one["percent"] for one in shares]), strict=True):
            name = share["beneficiary"]
            before = received[name["fr"]].amount if name["fr"] in received else 0
            received[name["fr"]] = Share(name, before + part)
    return tuple(received.values())
