"""Trials ("essais"): a designer walks the whole way on a version without number, and nothing of it counts.

The same pages, the same acts, the same office. What differs is here and in the few places that ask `case.is_trial`:
no SMS and no e-mail leaves (its words are kept on the case, `messaging.notices`), signing gives no number, no seal and
no registered document (`workflow.issue`), no queue, counter, export or cap counts it (`queues`, `admission`), and no
citizen's space shows it (`access`). After some days without a change it is erased (`forget_due`).
"""

import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import delegations, journal
from arrondissements.models import JournalEntry, User
from civil_status.documents import issuance, rendering
from civil_status.documents.content import DocumentContent
from requests_app import issuing
from requests_app.catalogue.models import ServiceVersion
from requests_app.evidence import erasing
from requests_app.models import (
    BatchRow,
    Correction,
    HandOver,
    InformationRequest,
    Message,
    Opinion,
    ServiceRequest,
)
from requests_app.states import State
from requests_app.workflow import Refused

BATCH = 500
# Whoever writes a service may try what she wrote; whoever publishes it too.
MAY_TRY = ("builder.change_servicedraft", "catalogue.publish_service")


def may_try(user: User) -> bool:
    """Whether `user` writes or publishes services."""
    return user.is_active and any(user.has_perm(permission) for permission in MAY_TRY)


def start(version: ServiceVersion, *, language: str, by: User) -> ServiceRequest:
    """Begin a trial of a version without number. Raises `Refused` for any other version."""
    if not version.is_trial or not version.is_filed_online:
        raise Refused(_("Seul un brouillon de démarche en ligne s’essaie ainsi."))
    with transaction.atomic():
        case = ServiceRequest.objects.create(version=version, language=language, is_trial=True, filed_by=by)
        details = {"service": version.service.slug, "version": version.pk}
        journal.record("case.start_trial", obj=case.obj, by=by, details=details)
    return case


def told(case: ServiceRequest) -> list[Message]:
    """What would have left for the applicant of a trial, newest first. 1 query."""
    return list(case.messages.filter(internal=True, author=None).order_by("-at", "-id"))


def has_paper(case: ServiceRequest) -> bool:
    """Whether a trial went as far as a signature."""
    return case.is_trial and case.signed_by_id is not None and case.state in (State.READY, State.DELIVERED)


def paper(case: ServiceRequest) -> bytes | None:
    """What a trial gives to download: the specimen, marked, made anew each time; None when nobody signed it."""
    printed = content(case)
    return rendering.preview_pdf(printed, mark=rendering.TRIAL) if printed else None


def content(case: ServiceRequest) -> DocumentContent | None:
    """What is printed for a trial that was signed, without number."""
    signatory, office = case.signed_by, case.office
    if not has_paper(case) or signatory is None or office is None:
        return None
    today = timezone.localdate()
    power = delegations.signing_power(signatory, case.version.signatory_role, office, today)
    if power is None:
        return None
    draft = issuing.draft_of(case, power, signatory, today).cleaned()
    until = issuing.valid_until(case, today)
    return issuance.freeze(draft, kind=case.version.service.slug, office=office, on=today, valid_until=until)


# -- Forgotten after a while --------------------------------------------------------------------


def forget_due() -> str:
    """The chore: erase the trials nobody touched for `settings.TRIAL_DAYS`, and the versions nobody tries any more.

    A request of a citizen is never a trial, and a version with a number is never touched.
    """
    limit = timezone.now() - datetime.timedelta(days=settings.TRIAL_DAYS)
    old = _trials().filter(updated_at__lte=limit).order_by("updated_at", "pk").values_list("pk", flat=True)
    left = [_forget(pk, limit) for pk in list(old[:BATCH])]
    tried = {version for version in left if version is not None}
    return f"{sum(version is not None for version in left)} trials, {_forget_versions(tried, limit)} versions"


@transaction.atomic
def _forget(pk: int, limit: datetime.datetime) -> int | None:
    """Erase one trial with all that was said and attached; its version, or None when somebody came back meanwhile."""
    locked = _trials().filter(pk=pk, updated_at__lte=limit).select_for_update(of=("self",), skip_locked=True)
    case = locked.first()
    if case is None:
        return None
    for kind in (HandOver, BatchRow, Correction, InformationRequest):
        kind._default_manager.filter(case=case).delete()
    erasing.discard_all(case)
    Opinion.objects.filter(case=case).delete()
    case.messages.all().delete()
    case.delete()
    journal.record("case.forget_trial", obj=f"case:{pk}", by=None, details={"version": case.version_id})
    return case.version_id


def _forget_versions(tried: set[int], limit: datetime.datetime) -> int:
    """Erase the versions without number and without trial: those just emptied, those of services tried long ago."""
    empty = ServiceVersion.objects.filter(number=None, published_at=None, cases=None)
    found = {pk: f"service:{service}" for pk, service in empty.values_list("pk", "service")}
    created = JournalEntry.objects.filter(obj__in=set(found.values()), act="service.trial_created", at__gt=limit)
    lately = set(created.values_list("obj", flat=True))
    return sum(_forget_version(pk) for pk, service in found.items() if pk in tried or service not in lately)


def _forget_version(pk: int) -> bool:
    """Whether the version is gone; somebody may have begun a trial of it just now."""
    try:
        with transaction.atomic():
            return bool(ServiceVersion.objects.filter(pk=pk, number=None, published_at=None).delete()[0])
    except (ProtectedError, IntegrityError):
        return False


def _trials() -> QuerySet[ServiceRequest]:
    """All but those on a numbered slip of paper, which must be accounted for."""
    return ServiceRequest.objects.filter(is_trial=True, slip=None)
