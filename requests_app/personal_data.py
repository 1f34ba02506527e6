"""What the town hall keeps under a phone: to read, to take away, and to erase as far as the law allows.

Drafts and e-mail addresses rest on the person's will alone and are erased at once. A filed request is an act of
the administration: it is kept until its retention ends, and withdrawn only by its own act.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext, override

from arrondissements import journal
from requests_app import drafts, erased
from requests_app.catalogue.forms import kept_rows
from requests_app.catalogue.inputs import phone_in_words
from requests_app.models import Message, OnBehalf, ServiceRequest
from requests_app.states import State

CHUNK = 50


@dataclass(frozen=True)
class Erased:
    """How many drafts were erased, and from how many requests the e-mail address."""

    drafts: int
    addresses: int


def with_all(cases: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    """The cases with what `about` reads of each, in a handful of queries, newest first."""
    letters = Prefetch("messages", Message.objects.filter(internal=False).order_by("at", "pk"))
    return cases.prefetch_related(letters, "evidence", "corrections").order_by("-created_at", "-pk")


def about(case: ServiceRequest) -> dict[str, Any]:
    """Everything kept of one case, in words of the active language; plain enough for JSON."""
    return {
        "service": case.version.title,
        "reference": case.shown_reference,
        "state": str(case.get_state_display()),
        "channel": str(case.get_channel_display()),
        "office": case.office.name if case.office else "",
        "begun_at": case.created_at,
        "filed_at": case.submitted_at,
        "promised_for": case.due_on,
        "ended_at": case.ended_at,
        "contact": _contact(case),
        "answers": [
            {"title": title, "rows": [{"question": label, "answer": words} for label, words, _key in rows]}
            for title, rows in kept_rows(case.version, case.answers, erased.in_words(case))
        ],
        "corrections": [
            {"field": one.field, "before": one.before, "after": one.after, "at": one.at}
            for one in case.corrections.all()
        ],
        "messages": [
            {"from": gettext("Vous") if one.from_applicant else gettext("Le bureau"), "at": one.at, "words": one.body}
            for one in case.messages.all()
        ],
        "files": [
            {"name": file.original_name, "bytes": file.size, "sha256": file.sha256, "received_at": file.uploaded_at}
            for file in case.evidence.all()
            if file.opinion_id is None  # written about her by somebody else: the office answers for it
        ],
        "document": case.document.number if case.document else "",
    }


def export(cases: QuerySet[ServiceRequest], language: str) -> Iterator[dict[str, Any]]:
    """`about` each case, read a few at a time: the memory does not grow with their number."""
    for case in with_all(cases).iterator(chunk_size=CHUNK):
        with override(language):
            facts = about(case)
        yield facts


def record_reading(cases: QuerySet[ServiceRequest], act: str) -> None:
    """One line of journal for each act of the person on her data: which cases, nothing of their content."""
    journal.record(
        f"my_data.{act}", obj="my_data", by=None, details={"cases": list(cases.values_list("pk", flat=True))}
    )


def erase(cases: QuerySet[ServiceRequest]) -> Erased:
    """Erase what only the person's will keeps: her drafts with their files, her e-mail address everywhere."""
    forgotten = sum(drafts.erase(case) for case in cases.filter(state=State.DRAFT))
    return Erased(drafts=forgotten, addresses=erase_addresses(cases))


@transaction.atomic
def erase_addresses(cases: QuerySet[ServiceRequest]) -> int:
    """Forget the e-mail address of each case: no more messages by e-mail. The phone still receives them."""
    found = list(cases.exclude(email="").order_by("pk").values_list("pk", flat=True))
    ServiceRequest.objects.filter(pk__in=found).update(email="")
    for pk in found:
        journal.record("case.erase_email", obj=f"case:{pk}", by=None)
    return len(found)


def _contact(case: ServiceRequest) -> list[dict[str, str]]:
    rows = [
        (gettext("Nom du demandeur"), case.applicant_name),
        (gettext("Téléphone du demandeur"), phone_in_words(case.phone) if case.phone else ""),
        (gettext("Adresse électronique"), case.email),
    ]
    if case.on_behalf != OnBehalf.SELF:
        rows += [
            (gettext("Demande faite"), str(case.get_on_behalf_display())),
            (gettext("Personne qui aide"), case.helper_name),
            (
                gettext("Téléphone de la personne qui aide"),
                phone_in_words(case.helper_phone) if case.helper_phone else "",
            ),
            (gettext("Qui est prévenu"), str(case.get_contact_to_display())),
        ]
    return [{"question": label, "answer": words} for label, words in rows if words]
