"""From an accepted case to what will be printed."""

import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from arrondissements.codes import show_code
from arrondissements.delegations import SigningPower
from arrondissements.models import User
from civil_status.documents.content import Draft, Holder, Signatory
from civil_status.documents.rendering import long_date
from requests_app.catalogue.paper import paper_of
from requests_app.models import ServiceRequest

PAPER_LANGUAGE = "fr"


def draft_of(case: ServiceRequest, power: SigningPower, by: User, on: datetime.date) -> Draft:
    """All that will be printed for this case but its number: frozen by `issuance.issue`, shown by a preview."""
    with override(PAPER_LANGUAGE):
        filed = timezone.localdate(case.submitted_at) if case.submitted_at else None
        paper = paper_of(case.version, case.answers, _facts(case, power, by, on, filed), filed=filed)
        return Draft(
            template=paper.template,
            type_label=paper.title,
            title=paper.title,
            holder=Holder(
                surname=paper.surname,
                given_names=paper.given_names,
                birth_place=paper.birth_place,
                **_birth(paper.birth),
            ),
            signatory=Signatory(
                name=by.get_full_name(),
                title=power.title,
                delegation=power.delegation,
                delegation_act=_delegation_act(power),
            ),
            paragraphs=tuple(paper.paragraphs),
            facts=tuple(paper.facts),
            legal_basis=tuple(paper.legal_basis),
        )


def valid_until(case: ServiceRequest, on: datetime.date) -> datetime.date | None:
    """The last valid day of a document issued `on`, or None when the service sets no limit."""
    days = case.version.document.get("validity_days")
    return on + datetime.timedelta(days=days) if days else None


def _facts(
    case: ServiceRequest, power: SigningPower, by: User, on: datetime.date, filed: datetime.date | None
) -> dict[str, str]:
    """The words of each of `catalogue.paper.FACTS`; "" for what is not known."""
    return {
        "reference": show_code(case.reference or ""),
        "filed_on": long_date(filed) if filed else "",
        "applicant": case.applicant_name,
        "office": str(case.office),
        "office_address": case.office.address if case.office else "",
        "signatory": by.get_full_name(),
        "signatory_title": power.title,
        "today": long_date(on),
        "town_hall": settings.TOWN_HALL,
    }


def _birth(text: str) -> dict[str, Any]:
    """A day, or the year alone when only the year or the month is known."""
    if len(text) == 10:
        return {"birth_date": datetime.date.fromisoformat(text)}
    return {"birth_year": int(text[:4])} if text else {}


def _delegation_act(power: SigningPower) -> str:
    if not power.act_number:
        return ""
    return f"{power.act_number} du {date_format(power.act_date, 'j F Y')}" if power.act_date else power.act_number
