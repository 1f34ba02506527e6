"""A typing error corrected by the office before it decides: why, both values kept, the citizen told how to object.

The answers stay those of the form: each new value passes the version's own field, and the whole is checked again as on
the day of filing. What needs the citizen (a file, a question that the new answer calls for) is asked of him instead.
The fee follows the answers; the office does not, see `consequences`.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from arrondissements.models import Office, User
from arrondissements.spelling import fold
from requests_app import corrections, indexing
from requests_app.catalogue.fees import Quote
from requests_app.catalogue.forms import InvalidAnswers, clean_answers
from requests_app.corrections import APPLICANT_NAME, FEE, Change
from requests_app.dossier import consequences
from requests_app.messaging import notices
from requests_app.models import Correction, ServiceRequest
from requests_app.moving import Refused, TooLate, authorise, log, remember
from requests_app.states import State

WHILE = (State.SUBMITTED, State.UNDER_REVIEW)
REASON_MOST = 300


@dataclass(frozen=True)
class Amended:
    """What a correction would leave: all the answers, the name, and a row (not saved) for each thing that changes.

    `fee` is the new one, None when it stays; `office` is another one that the rules name because of it, or None.
    """

    answers: dict[str, Any]
    name: str
    rows: list[Correction]
    fee: Quote | None = None
    office: Office | None = None

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
    fee = consequences.fee_after(case, answers)
    if fee is not None:
        rows.append(Correction(case=case, field=FEE, before=_amount(case.quote), after=_amount(fee)))
    return Amended(answers, name, rows, fee, consequences.office_after(case, answers))


@transaction.atomic
def amend(case: ServiceRequest, *, by: User, given: dict[str, Any], name: str = "", reason: str) -> Amended:
    """Correct a typing error, and the fee that follows from it; tell the citizen of both.

    Raises `PermissionDenied`, `Refused`, `TooLate`.
    """
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
    if result.fee is not None:
        facts["fee"] = result.fee.frozen()
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
    notices.tell(case, "amended", key=key, changes=changes, reason=reason, fee=fee_said(changes, result))
    log(case, "amend", by=by, details={"fields": sorted(row.field for row in result.rows)})
    return result


def fee_said(changes: list[Change], result: Amended) -> str:
    """The new amount as the notice says it, in the language of `changes`; "" when it stays."""
    return changes[-1].after if result.fee is not None else ""


def _amount(fee: Quote | None) -> dict[str, Any] | None:
    return None if fee is None else {"total": fee.total, "to_confirm": fee.to_confirm}
