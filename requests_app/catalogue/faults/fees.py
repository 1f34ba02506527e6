"""Fees that could not be computed, or that would guess."""

import datetime
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext

from requests_app.catalogue.faults import Fault
from requests_app.catalogue.faults.conditions import when_faults
from requests_app.catalogue.faults.questions import Questions
from requests_app.catalogue.models import FeeStatus
from requests_app.catalogue.vocabulary import box

COUNTED = ("integer",)


def fee_faults(data: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    """The amount agrees with what is known of it; each line can be computed or says that it cannot."""
    amounts = {"FREE": 0, "TO_CONFIRM": None, "CONFIRMED": data["fee_amount"] or -1}
    if data["fee_amount"] != amounts[data["fee_status"]]:
        yield Fault("fee_amount", gettext("Gratuit : 0. Connu : un montant. À confirmer : aucun montant."))
    fees = data.get("fees", [])
    if fees and data["fee_status"] == FeeStatus.FREE:
        yield Fault("fees", gettext("Une démarche gratuite n’a pas de droits à calculer."))
    for key, times in Counter(fee["key"] for fee in fees).items():
        if times > 1:
            yield Fault("fees", gettext("Le nom « %(name)s » est utilisé deux fois.") % {"name": key})
    for index, fee in enumerate(fees):
        here = f"fees[{index}]"
        yield from when_faults(here, fee, questions)
        yield from _period_faults(here, fee)
        yield from _amount_faults(here, fee, data["fee_status"])
        yield from _quantity_faults(here, fee, questions)
        yield from _share_faults(here, fee)
        for position, exemption in enumerate(fee.get("exemptions", [])):
            yield from when_faults(f"{here}.exemptions[{position}]", exemption, questions)
            yield from _period_faults(f"{here}.exemptions[{position}]", exemption)


def _period_faults(here: str, thing: dict[str, Any]) -> Iterator[Fault]:
    for name in ("from", "until"):
        if name in thing and not _is_day(thing[name]):
            yield Fault(f"{here}.{name}", gettext("« %(value)s » n’est pas une date.") % {"value": thing[name]})
    if "until" in thing and thing["from"] > thing["until"]:
        yield Fault(f"{here}.until", gettext("La période finit avant de commencer."))


def _is_day(text: str) -> bool:
    try:
        return bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def _amount_faults(here: str, fee: dict[str, Any], status: str) -> Iterator[Fault]:
    """A slab says its amounts, a line says its own; none at all only while the fee is to be confirmed."""
    name, other = ("slabs", "amount") if fee["kind"] == "slab" else ("amount", "slabs")
    if other in fee:
        yield Fault(
            f"{here}.{other}",
            gettext("Un droit de cette sorte n’a pas de « %(name)s ».") % {"name": box(other, ["fees"])},
        )
    if name not in fee and status != FeeStatus.TO_CONFIRM:
        sentence = gettext("Il manque le montant. Sans montant, les droits de la démarche sont « à confirmer ».")
        yield Fault(f"{here}.{name}", sentence)
    slabs = fee.get("slabs", [])
    bounds = [slab["up_to"] for slab in slabs]
    if bounds and bounds[-1] is not None:
        yield Fault(f"{here}.slabs[{len(slabs) - 1}].up_to", gettext("La dernière tranche n’a pas de limite."))
    for position, (before, after) in enumerate(pairwise(bounds), 1):
        last = position == len(bounds) - 1
        if before is None or (after is None and not last) or (after is not None and after <= before):
            yield Fault(f"{here}.slabs[{position}].up_to", gettext("Les tranches vont en montant."))


def _quantity_faults(here: str, fee: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    if fee["kind"] == "base":
        if "quantity" in fee:
            yield Fault(f"{here}.quantity", gettext("Un droit de base ne se multiplie pas."))
        return
    read = questions.at(fee.get("quantity", ""))
    if read is None or read["type"] not in COUNTED:
        yield Fault(
            f"{here}.quantity", gettext("Ce droit a besoin d’une question dont la réponse est un nombre entier.")
        )


def _share_faults(here: str, fee: dict[str, Any]) -> Iterator[Fault]:
    shares = fee.get("shares", [])
    total = sum(share["percent"] for share in shares)
    if shares and total != 100:
        sentence = gettext("Les parts font %(total)d pour cent : il en faut 100.")
        yield Fault(f"{here}.shares", sentence % {"total": total})
