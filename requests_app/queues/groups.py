"""My day: the groups of a queue, and how many cases are in each."""

from collections.abc import Iterable, Iterator, Mapping

from django.db import models
from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy

from arrondissements import delegations
from arrondissements.models import Office, User
from requests_app.models import ServiceRequest
from requests_app.permissions import HELPED_STATES
from requests_app.states import HELD_STATES, WITH_THE_OFFICE, State

# Roles one may sign as → the offices covered (`delegations.roles_signed_by`).
Powers = Mapping[str, set[int] | None]


class Group(models.TextChoices):
    """The ways to look at one queue; a case may be in several."""

    OPEN = "OPEN", gettext_lazy("À traiter")
    LATE = "LATE", gettext_lazy("En retard")
    TODAY = "TODAY", gettext_lazy("À rendre aujourd’hui")
    NEW = "NEW", gettext_lazy("Nouvelles")
    RETURNED = "RETURNED", gettext_lazy("Revenues")
    MINE = "MINE", gettext_lazy("Sur votre bureau")
    ACCEPTED = "ACCEPTED", gettext_lazy("Attendent la signature")
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
    State.ACCEPTED: Group.ACCEPTED,
    State.READY: Group.READY,
}


def counts(offices: Iterable[Office], user: User, powers: Powers | None = None) -> dict[int, dict[str, int]]:
    """For each office, how many cases in each group. 1 query, and 2 for the powers to sign unless given.

    What lies on the desk of `user` while his office helps another is his too, and counted there.
    """
    totals: dict[int, dict[str, int]] = {office.pk: dict.fromkeys(COUNTED, 0) for office in offices}
    held = ServiceRequest.objects.filter(office__in=list(totals), state__in=HELD_STATES, is_trial=False).order_by()
    today = timezone.localdate()
    # Grouped as the index is sorted, so that PostgreSQL adds up without hashing; named in Python.
    shares = held.values_list("office", "state", "returned").annotate(
        count=Count("pk"),
        late=Count("pk", filter=Q(due_on__lt=today)),
        due_today=Count("pk", filter=Q(due_on=today)),
        unread_count=Count("pk", filter=Q(unread=True)),
        own=Count("pk", filter=Q(assigned_to=user.pk)),
        signable=_signable(user, powers),
    )
    helped = ServiceRequest.objects.filter(
        helping_office__in=list(totals), state__in=HELPED_STATES, is_trial=False, assigned_to=user.pk
    )
    none = Value(0)
    shares_helped = (
        helped.order_by()
        .values_list("helping_office", "state", "returned")
        .annotate(count=none, late=none, due_today=none, unread_count=none, own=Count("pk"), signable=none)
    )
    for office, state, returned, count, late, due_today, unread, own, signable in shares.union(shares_helped, all=True):
        groups = totals[office]
        for group in _groups_of(state, returned):
            groups[group] += count
        if state in WITH_THE_OFFICE:
            groups[Group.LATE] += late
            groups[Group.TODAY] += due_today
        groups[Group.TO_SIGN] += signable
        groups[Group.UNREAD] += unread
        groups[Group.MINE] += own
    return totals


def in_group(group: str, user: User, powers: Powers | None = None) -> Q:
    """Which held cases a group shows; the same rules as `_groups_of`."""
    if group == Group.TO_SIGN:
        return signable_by(user, powers)
    today, held = timezone.localdate(), Q(state__in=WITH_THE_OFFICE)
    return {
        Group.OPEN: held,
        Group.LATE: held & Q(due_on__lt=today),
        Group.TODAY: held & Q(due_on=today),
        Group.NEW: Q(state=State.SUBMITTED),
        Group.RETURNED: Q(state=State.UNDER_REVIEW, returned=True),
        Group.MINE: Q(state__in=HELD_STATES, assigned_to=user.pk),
        Group.ACCEPTED: Q(state=State.ACCEPTED),
        Group.WAITING: Q(state=State.NEEDS_INFORMATION),
        Group.READY: Q(state=State.READY),
        Group.TRIALS: Q(state__in=HELD_STATES),
        Group.UNREAD: Q(state__in=HELD_STATES, unread=True),
    }[Group(group)]


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


def _signable(user: User, powers: Powers | None) -> Count | Value:
    """How many of a share `user` may sign; whoever has no power costs no join."""
    if powers is not None and not powers:
        return Value(0)
    return Count("pk", filter=signable_by(user, powers))


def _groups_of(state: str, returned: bool) -> Iterator[Group]:
    """The groups of a held case that its state alone decides; the same rules as `in_group`."""
    if state in WITH_THE_OFFICE:
        yield Group.OPEN
    if state == State.UNDER_REVIEW and returned:
        yield Group.RETURNED
    if state in GROUP_OF_STATE:
        yield GROUP_OF_STATE[state]
