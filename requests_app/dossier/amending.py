"""A typing error corrected by the office before it decides: why, both values kept, the citizen told how to object.

The answers stay those of the form: each new value passes the version's own field, and the whole is checked again as on
the day of filing. What needs the citizen (a file, a question that the new answer calls for) is asked of him instead.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from arrondissements.models import User
from arrondissements.spelling import fold
from requests_app import corrections, indexing
from requests_app.catalogue.forms import InvalidAnswers, clean_answers
from requests_app.corrections import APPLICANT_NAME, Change
from requests_app.messaging import notices
from requests_app.models import Correction, ServiceRequest
from requests_app.moving import Refused, TooLate, authorise, log, remember
from requests_app.states import State

WHILE = (State.SUBMITTED, State.UNDER_REVIEW)
REASON_MOST = 300


@dataclass(frozen=True)
class Amended:
    """What a correction would leave: all the answers, the name, and a row (not saved) for each thing that changes."""

    answers: dict[str, Any]
    name: str
    rows: list[Correction]

    def changes(self, case: ServiceRequest) -> list[Change]:
        """The difference in words of the active language."""
        return corrections.changes_of(case, self.rows)


def amended(case: ServiceRequest, given: dict[str, Any], name: str = "") -> Amended:
    """`case` with these answers and this name of the applicant.

    Raises `Refused` when nothing changes, or when the answers no longer hold together.
    """
    name = name.strip() or case.applicant_name
    answers = corrections.asked_of(case, {**case.answers, **given}).answers
    filed = timezone.localdate(case.submitted_at) if case.submitted_at else None
    try:
        answers = clean_answers(case.version, answers, today=filed)
    except InvalidAnswers:
        raise Refused(
            _("Cette réponse ne va plus avec les autres, ou en appelle d’autres. Demandez la correction au demandeur.")
        ) from None
    before = {**case.answers, APPLICANT_NAME: case.applicant_name}
    after = {**answers, APPLICANT_NAME: name}
    rows = [
        Correction(case=case, field=key, before=before.get(key), after=after.get(key))
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    ]
    if not rows:
        raise Refused(_("Rien ne change : la réponse est déjà celle-là."))
    return Amended(answers, name, rows)


@transaction.atomic
def amend(case: ServiceRequest, *, by: User, given: dict[str, Any], name: str = "", reason: str) -> list[Correction]:
    """Correct a typing error and tell the citizen. Raises `PermissionDenied`, `Refused`, `TooLate`."""
    authorise("amend", case, by)
    reason = reason.strip()[:REASON_MOST]
    if not reason:
        raise Refused(_("Dites pourquoi vous corrigez : le demandeur le lira."))
    if case.state not in WHILE:
        raise Refused(_("Cette demande ne se corrige plus : elle est décidée, ou le demandeur doit répondre."))
    result = amended(case, given, name)
    facts = {
        "answers": result.answers,
        "applicant_name": result.name,
        "applicant_key": fold(result.name)[:120],
        "updated_at": timezone.now(),
    }
    seen = ServiceRequest.objects.filter(pk=case.pk, state=case.state, office=case.office, updated_at=case.updated_at)
    if not seen.update(**facts):
        raise TooLate(case)
    remember(case, **facts)
    for row in result.rows:
        row.by, row.reason = by, reason
    Correction.objects.bulk_create(result.rows)
    indexing.index_again(case)
    with override(case.language):
        changes = result.changes(case)
    key = f"amended:{case.pk}:{case.updated_at.isoformat()}"
    notices.tell(case, "amended", key=key, changes=changes, reason=reason)
    log(case, "amend", by=by, details={"fields": sorted(row.field for row in result.rows)})
    return result.rows
