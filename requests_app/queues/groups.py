"""What waits in each office, in the order of the promises: counters, pages, export.

Every list is paged by keyset on (due_on, id), cases without a promise last, so that page 400 costs
what page 1 costs; the partial index `queue_by_office` serves the open ones.
"""

import csv
import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.db.models import Count, ExpressionWrapper, F, Q, QuerySet, Value
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from arrondissements import delegations
from arrondissements.codes import MalformedCode, clean_code
from arrondissements.models import Office, User
from requests_app.catalogue.inputs import phone_in_words, with_01
from requests_app.models import REFERENCE_SYMBOLS, ServiceRequest
from requests_app.states import HELD_STATES, WITH_THE_OFFICE, State

PAGE_ROWS = 25
# Roles one may sign as → the offices covered (`delegations.roles_signed_by`).
Powers = Mapping[str, set[int] | None]
PHONE = re.compile(r"[+\d][\d\s.()/-]{7,}")
# What a line of the list shows and nothing more: the versions carry whole forms.
COLUMNS = [
    "reference", "state", "due_on", "days_left", "returned", "unread", "silence_at", "channel", "submitted_at",
    "applicant_name",
    "phone", "office", "document", "version__title_i18n", "instructed_by__first_name", "instructed_by__last_name",
    "instructed_by__username",
]  # fmt: skip


class Group(models.TextChoices):
    """The ways to look at one queue; a case may be in several."""

    OPEN = "OPEN", gettext_lazy("À traiter")
    LATE = "LATE", gettext_lazy("En retard")
    TODAY = "TODAY", gettext_lazy("À rendre aujourd’hui")
    NEW = "NEW", gettext_lazy("Nouvelles")
    RETURNED = "RETURNED", gettext_lazy("Revenues")
    TO_SIGN = "TO_SIGN", gettext_lazy("À signer par vous")
    WAITING = "WAITING", gettext_lazy("Attendent le demandeur")
    READY = "READY", gettext_lazy("À remettre")
    UNREAD = "UNREAD", gettext_lazy("Messages à lire")
    # Never with the others: what designers try.
    TRIALS = "TRIALS", gettext_lazy("Essais")


COUNTED = [group for group in Group if group != Group.TRIALS]
GROUP_OF_STATE: dict[str, Group] = {
    State.SUBMITTED: Group.NEW,
    State.NEEDS_INFORMATION: Group.WAITING,
    State.READY: Group.READY,
}


@dataclass(frozen=True)
class Looked:
    """What somebody wants to see of a queue. `text` is a reference, a phone number or a name."""

    group: str = Group.OPEN
    service: str = ""
    state: str = ""
    text: str = ""


@dataclass(frozen=True)
class Place:
    """Where a page ends: the promise and the id of its last row."""

    due_on: datetime.date | None
    pk: int

    def __str__(self) -> str:
        return f"{self.due_on.isoformat() if self.due_on else ''}.{self.pk}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The place written in an address; None for anything else, which shows the first page."""
        day, _dot, pk = text.partition(".")
        try:
            return cls(datetime.date.fromisoformat(day) if day else None, int(pk))
        except ValueError:
            return None


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next page begins ("" when there is none)."""

    rows: list[ServiceRequest]
    following: str = ""


def counts(offices: Iterable[Office], user: User, powers: Powers | None = None) -> dict[int, dict[str, int]]:
    """For each office, how many cases in each group. 1 query, and 2 for the powers to sign unless given."""
    totals: dict[int, dict[str, int]] = {office.pk: dict.fromkeys(COUNTED, 0) for office in offices}
    held = ServiceRequest.objects.filter(office__in=list(totals), state__in=HELD_STATES, is_trial=False).order_by()
    today = timezone.localdate()
    # Grouped first, named in Python: eight filtered counts cost PostgreSQL and Django twice as much.
    shares = (
        held.annotate(late=_whether(due_on__lt=today), due_today=_whether(due_on=today))
        .values_list("office", "state", "returned", "late", "due_today")
        .annotate(count=Count("pk"), signable=_signable(user, powers), unread_count=Count("pk", filter=Q(unread=True)))
    )
    for office, state, returned, late, due_today, count, signable, unread in shares:
        for group in _groups_of(state, returned, late, due_today):
            totals[office][group] += count
        totals[office][Group.TO_SIGN] += signable
        totals[office][Group.UNREAD] += unread
    return totals


def _signable(user: User, powers: Powers | None) -> Count | Value:
    """How many of a share `user` may sign; whoever has no power costs no join."""
    if powers is not None and not powers:
        return Value(0)
    return Count("pk", filter=signable_by(user, powers))


def _whether(**condition: Any) -> ExpressionWrapper:
    return ExpressionWrapper(Q(**condition), models.BooleanField())


def _groups_of(state: str, returned: bool, late: bool | None, due_today: bool | None) -> Iterator[Group]:
    """The groups of a held case, but for the signature; the same rules as `_in_group`."""
    if state in WITH_THE_OFFICE:
        yield Group.OPEN
        if late:
            yield Group.LATE
        if due_today:
            yield Group.TODAY
    if state == State.UNDER_REVIEW and returned:
        yield Group.RETURNED
    if state in GROUP_OF_STATE:
        yield GROUP_OF_STATE[state]


def cases_of(office: Office, looked: Looked, user: User) -> QuerySet[ServiceRequest]:
    """The cases of `office` that `looked` describes. A text is looked for whatever the state."""
    is_trial = looked.group == Group.TRIALS
    cases = ServiceRequest.objects.filter(office=office, is_trial=is_trial).exclude(state=State.DRAFT)
    if looked.service:
        cases = cases.filter(version__service__slug=looked.service)
    if looked.text:
        cases = cases.filter(_matching(looked.text))
    if looked.state:
        return cases.filter(state=looked.state)
    if looked.text:
        return cases
    return cases.filter(_in_group(looked.group, user))


def awaiting_signature(user: User) -> QuerySet[ServiceRequest]:
    """What `user` may sign today, over all the offices his powers cover."""
    return ServiceRequest.objects.filter(signable_by(user)).select_related("office")


def signable_by(user: User, powers: Powers | None = None) -> Q:
    """Accepted, not signed yet, within the powers of today, and not instructed by the same person.

    2 queries, none when `powers` (`delegations.roles_signed_by` today) are given.
    """
    if powers is None:
        powers = delegations.roles_signed_by(user, timezone.localdate())
    covered = Q(pk__in=[])
    for role, offices in powers.items():
        everywhere = Q(version__signatory_role=role)
        covered |= everywhere if offices is None else everywhere & Q(office__in=offices)
    return Q(state=State.ACCEPTED, document=None, is_trial=False) & ~Q(instructed_by=user) & covered


def page(cases: QuerySet[ServiceRequest], after: Place | None = None, size: int = PAGE_ROWS) -> Page:
    """The rows that follow `after`. 1 query; 1 more where the promised cases end."""
    cases = cases.select_related("version", "instructed_by").only(*COLUMNS, *_office_columns(cases))
    rows = _promised(cases, after, size + 1)
    if len(rows) <= size:
        rows += _unpromised(cases, after, size + 1 - len(rows))
    shown = rows[:size]
    return Page(shown, str(Place(shown[-1].due_on, shown[-1].pk)) if len(rows) > size else "")


def export(cases: QuerySet[ServiceRequest], language: str) -> Iterator[str]:
    """The cases as lines of CSV for a spreadsheet, streamed: the memory does not grow with the list. 1 query."""
    writer = csv.writer(_Echo(), delimiter=";")
    wanted = cases.select_related("version", "instructed_by").only(*COLUMNS)
    with override(language):
        yield "\ufeff" + writer.writerow(_headings())
    for case in wanted.order_by(F("due_on").asc(nulls_last=True), "pk").iterator(chunk_size=500):
        with override(language):
            line = writer.writerow([harmless(cell) for cell in _cells(case)])
        yield line


def harmless(cell: str) -> str:
    """The cell with an apostrophe in front when a spreadsheet would run it as a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r\n" and cell else cell


def _in_group(group: str, user: User, powers: Powers | None = None) -> Q:
    if group == Group.TO_SIGN:
        return signable_by(user, powers)
    today, held = timezone.localdate(), Q(state__in=WITH_THE_OFFICE)
    return {
        Group.OPEN: held,
        Group.LATE: held & Q(due_on__lt=today),
        Group.TODAY: held & Q(due_on=today),
        Group.NEW: Q(state=State.SUBMITTED),
        Group.RETURNED: Q(state=State.UNDER_REVIEW, returned=True),
        Group.WAITING: Q(state=State.NEEDS_INFORMATION),
        Group.READY: Q(state=State.READY),
        Group.TRIALS: Q(state__in=HELD_STATES),
        Group.UNREAD: Q(state__in=HELD_STATES, unread=True),
    }[Group(group)]


def _matching(text: str) -> Q:
    try:
        return Q(reference=clean_code(text, REFERENCE_SYMBOLS))
    except MalformedCode:
        pass
    if PHONE.fullmatch(text):
        number = with_01(text)
        written = [number, f"+229{number}", f"+{number}"]
        return Q(phone__in=written) | Q(helper_phone__in=written)
    return Q(*[Q(applicant_name__icontains=word) for word in text.split()[:6]])


def _office_columns(cases: QuerySet[ServiceRequest]) -> list[str]:
    joined = cases.query.select_related
    return ["office__name_fr", "office__name_en"] if isinstance(joined, dict) and "office" in joined else []


def _promised(cases: QuerySet[ServiceRequest], after: Place | None, most: int) -> list[ServiceRequest]:
    if after and after.due_on is None:
        return []
    cases = cases.filter(due_on__isnull=False)
    if after:
        cases = cases.filter(Q(due_on__gt=after.due_on) | Q(pk__gt=after.pk), due_on__gte=after.due_on)
    return list(cases.order_by("due_on", "pk")[:most])


def _unpromised(cases: QuerySet[ServiceRequest], after: Place | None, most: int) -> list[ServiceRequest]:
    cases = cases.filter(due_on=None)
    if after and after.due_on is None:
        cases = cases.filter(pk__gt=after.pk)
    return list(cases.order_by("due_on", "pk")[:most])


class _Echo:
    """A file that gives back what is written: csv makes the line, the response sends it."""

    def write(self, line: str) -> str:
        return line


def _headings() -> list[Any]:
    return [
        _("Numéro de suivi"),
        _("Démarche"),
        _("Demandeur"),
        _("Téléphone"),
        _("État"),
        _("Canal"),
        _("Déposée le"),
        _("Promise pour le"),
        _("Instruite par"),
    ]


def _cells(case: ServiceRequest) -> list[str]:
    return [
        case.shown_reference,
        case.version.title,
        case.applicant_name,
        phone_in_words(case.phone) if case.phone else "",
        case.get_state_display(),
        case.get_channel_display(),
        date_format(timezone.localdate(case.submitted_at), "Y-m-d") if case.submitted_at else "",
        case.due_on.isoformat() if case.due_on else "",
        case.instructed_by.get_full_name() if case.instructed_by else "",
    ]
