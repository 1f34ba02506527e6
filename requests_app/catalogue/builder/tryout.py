"""A draft at work on somebody's answers, before anybody files: nothing here is saved."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, override

from arrondissements.models import Office, Role
from arrondissements.routing import competent_office
from civil_status.documents import issuance, rendering
from civil_status.documents.content import Draft, Holder, Signatory
from requests_app.catalogue.asking import Asked, Refusal, asked, refusal
from requests_app.catalogue.fees import Quote, quote
from requests_app.catalogue.field_types.step_form import Posted
from requests_app.catalogue.forms import StepForm, answer_rows, flat_definitions
from requests_app.catalogue.kinds import Definition
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.paper import FACTS, paper_of
from requests_app.catalogue.samples import sample_answers
from requests_app.catalogue.translated import in_active_language

Answers = dict[str, Any]


@dataclass(frozen=True)
class Landing:
    """Where a request goes and why; `office` is its name, "" when the code is of no office."""

    code: str
    office: str
    reason: str


@dataclass(frozen=True)
class TryOut:
    """All that follows from some answers; the parts that cannot be computed yet are None."""

    form: StepForm | None
    rows: list[tuple[str, list[tuple[str, str, str]]]]
    refusal: Refusal | None
    pieces: list[dict[str, Any]]
    quote: Quote | None
    landing: Landing | None
    has_paper: bool


@dataclass(frozen=True)
class Sample:
    """A sample of the editor: what was expected and what comes."""

    number: int
    expected: str
    landing: Landing | None

    @property
    def holds(self) -> bool:
        return self.landing is not None and self.landing.code == self.expected


def on_answers(version: ServiceVersion, *, seed: int, posted: Mapping[str, Any] | None = None) -> TryOut | None:
    """The draft on the sample of this seed, changed by what was posted; None when its form cannot be read yet."""
    today = timezone.localdate()
    try:
        answers = sample_answers(version, seed, today=today)
        definitions = flat_definitions(version)

        def asked_under(given: Answers) -> list[Definition]:
            said = asked(version, given, today=today)
            return [definition for definition in definitions if said.field(definition["key"])]

        posted_now = None if posted is None else Posted(posted)
        form = StepForm.of(definitions, posted_now, answers, asked_under=asked_under)
        if posted is not None and form.is_valid():
            answers = form.answers()
        relevant = asked(version, answers, today=today)
        return TryOut(
            form=form,
            rows=answer_rows(version, relevant.answers, today=today),
            refusal=refusal(version, answers, today=today),
            pieces=[piece for piece in version.evidence if relevant.holds(piece)],
            quote=quote(version, relevant.answers, today, relevant=relevant),
            landing=landing_of(version, relevant),
            has_paper=bool(version.document and version.document_template),
        )
    except UNFINISHED:
        return None


# What reading a definition with holes may raise.
UNFINISHED = (LookupError, TypeError, ValueError, AttributeError)


def on_samples(version: ServiceVersion) -> list[Sample]:
    """Each sample of routing with the office it lands in."""
    today = timezone.localdate()
    found = []
    for index, sample in enumerate(version.routing.get("samples", []), 1):
        try:
            landing = landing_of(version, asked(version, sample["answers"], today=today))
        except UNFINISHED:
            landing = None
        found.append(Sample(index, sample["office"], landing))
    return found


def landing_of(version: ServiceVersion, relevant: Asked) -> Landing | None:
    """The competent office for what was asked."""
    if not version.routing:
        return None
    names = office_names()
    competence = competent_office(version.routing, relevant.answers, names.keys(), holds=relevant.holds)
    words = gettext("aucune règle ne convient") if competence.reason == "default" else ""
    return Landing(competence.office, names.get(competence.office, ""), words or in_active_language(competence.reason))


def office_names() -> dict[str, str]:
    """Code → name of every office (1 query)."""
    return {office.code: office.name for office in Office.objects.all()}


def paper(version: ServiceVersion, *, seed: int) -> bytes | None:
    """The specimen of the paper for this sample, in PDF; None when the service prints none.

    Raises ValidationError when it cannot be printed.
    """
    somewhere = Office.objects.first()
    if not (version.document and version.document_template and somewhere):
        return None
    today = timezone.localdate()
    answers = sample_answers(version, seed, today=today)
    with override("fr"):
        relevant = asked(version, answers, today=today)
        landing = landing_of(version, relevant)
        office = Office.objects.filter(code=landing.code if landing else "").first() or somewhere
        facts = facts_for(version, office, today)
        return rendering.preview_pdf(
            issuance.freeze(draft_of(version, answers, facts), kind=version.document["series"], office=office, on=today)
        )


def facts_for(version: ServiceVersion, office: Any, today: datetime.date) -> dict[str, str]:
    """Words for each fact of a case that does not exist."""
    day = rendering.long_date(today)
    known = {
        "reference": "XXXX-XXXX-X",
        "filed_on": day,
        "today": day,
        "applicant": gettext("(nom du demandeur)"),
        "office": str(office),
        "office_address": office.address,
        "signatory": gettext("(nom du signataire)"),
        "signatory_title": dict(Role.choices).get(version.signatory_role, ""),
        "town_hall": settings.TOWN_HALL,
    }
    return {name: str(known.get(name, "")) for name in FACTS}


def draft_of(version: ServiceVersion, answers: Answers, facts: dict[str, str]) -> Draft:
    """What would be printed, without a case."""
    printed = paper_of(version, answers, facts)
    birth: dict[str, Any] = {}
    if len(printed.birth) == 10:
        birth = {"birth_date": datetime.date.fromisoformat(printed.birth)}
    elif printed.birth:
        birth = {"birth_year": int(printed.birth[:4])}
    return Draft(
        template=printed.template,
        type_label=printed.title,
        title=printed.title,
        holder=Holder(
            surname=printed.surname, given_names=printed.given_names, birth_place=printed.birth_place, **birth
        ),
        signatory=Signatory(name=facts["signatory"], title=facts["signatory_title"]),
        paragraphs=tuple(printed.paragraphs),
        facts=tuple(printed.facts),
        legal_basis=tuple(printed.legal_basis),
    ).cleaned()
