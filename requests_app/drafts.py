"""The life of a draft after its last change: kept so many days, recalled once, then forgotten with its files."""

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from arrondissements import journal
from requests_app.evidence import erasing
from requests_app.messaging import notices
from requests_app.models import ServiceRequest
from requests_app.states import State

BATCH = 500


def kept_until(case: ServiceRequest) -> datetime.date:
    """The last day a draft can be taken up again, if nothing is changed in it."""
    return timezone.localdate(case.updated_at + lifetime())


def lifetime() -> datetime.timedelta:
    return datetime.timedelta(days=settings.DRAFT_DAYS)


def remind_due() -> int:
    """Recall the drafts that will be forgotten soon to whom they can; once for each last change. How many."""
    now = timezone.now()
    soon = now - lifetime() + datetime.timedelta(days=settings.DRAFT_REMINDER_DAYS)
    silent = Q(reminded_at=None) | Q(reminded_at__lt=F("updated_at"))
    reachable = ~Q(phone="") | ~Q(helper_phone="") | ~Q(email="")
    due = _old(soon).filter(silent, reachable, updated_at__gt=now - lifetime()).select_related("version__service")
    return sum(_remind(case, now) for case in due.order_by("updated_at", "pk")[:BATCH])


def forget_due() -> int:
    """Forget the drafts nobody touched for so long, with their files. How many; the rest at the next turn."""
    limit = timezone.now() - lifetime()
    old = _old(limit).order_by("updated_at", "pk").values_list("pk", flat=True)
    return sum(_forget(pk, limit) for pk in list(old[:BATCH]))


def tend() -> str:
    """The chore: recall, then forget."""
    return f"{remind_due()} reminded, {forget_due()} forgotten"


@transaction.atomic
def erase(case: ServiceRequest) -> bool:
    """Erase a draft at once, with its files, because the person asked; False when it was filed meanwhile."""
    kept = _drafts().select_for_update(of=("self",)).filter(pk=case.pk).first()
    if kept is None:
        return False
    _delete(kept)
    journal.record("case.erase_draft", obj=case.obj, by=None)
    return True


@transaction.atomic
def _remind(case: ServiceRequest, now: datetime.datetime) -> bool:
    """Compared and set: two turns at once, or somebody who has just come back, recall nothing twice."""
    unchanged = _drafts().filter(pk=case.pk, updated_at=case.updated_at, reminded_at=case.reminded_at)
    if not unchanged.update(reminded_at=now):
        return False
    key = f"draft:{case.pk}:{case.updated_at:%Y%m%d%H%M%S}"
    notices.tell(case, "draft_reminder", key=key, day=kept_until(case), space=notices.space_address())
    return True


@transaction.atomic
def _forget(pk: int, limit: datetime.datetime) -> bool:
    """Read again under the row lock: what was touched or filed meanwhile stays."""
    locked = _drafts().filter(pk=pk, updated_at__lte=limit).select_for_update(of=("self",), skip_locked=True)
    case = locked.first()
    if case is None:
        return False
    _delete(case)
    journal.record("case.forget_draft", obj=f"case:{pk}", by=None)
    return True


def _delete(case: ServiceRequest) -> None:
    """The rows now, the files once that is committed: a row never lacks its file."""
    erasing.discard_all(case)
    case.delete()


def _old(limit: datetime.datetime) -> QuerySet[ServiceRequest]:
    return _drafts().filter(updated_at__lte=limit)


def _drafts() -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.filter(state=State.DRAFT)
