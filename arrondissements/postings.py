"""Who serves where today."""

import datetime

from django.db.models import QuerySet
from django.utils import timezone

from arrondissements.models import Office, Posting, Role, User

# What a page remembers on the person it is made for: see `remember`.
_KEPT = "_postings_of_the_page"


def offices_of(user: User, *roles: Role) -> QuerySet[Office]:
    """The offices where `user` serves today, in one of `roles` (any role when none is given)."""
    today = Posting.objects.on(timezone.localdate()).filter(user=user)
    today = today.filter(role__in=roles) if roles else today
    return Office.objects.filter(pk__in=today.values("office"))


def serves(user: User, office: Office, *roles: Role) -> bool:
    """Whether `user` serves today in `office`, in one of `roles` (any role when none is given)."""
    if (kept := remembered(user)) is not None:
        return any(one.office_id == office.pk and (not roles or one.role in roles) for one in kept)
    today = Posting.objects.on(timezone.localdate()).filter(user=user, office=office)
    return (today.filter(role__in=roles) if roles else today).exists()


def serves_anywhere(user: User, *roles: Role) -> bool:
    """Whether `user` serves today in some office in one of `roles`."""
    if (kept := remembered(user)) is not None:
        return any(one.role in roles for one in kept)
    return Posting.objects.on(timezone.localdate()).filter(user=user, role__in=roles).exists()


def held(user: User) -> list[Posting]:
    """The postings of `user` today with their offices, the borough offices first, in their order. 1 query."""
    if (kept := remembered(user)) is not None:
        return kept
    today = Posting.objects.on(timezone.localdate()).filter(user=user)
    return list(today.select_related("office").order_by("office__kind", "office__arrondissement", "office__name_fr"))


def remember(user: User) -> list[Posting]:
    """Read them once for the page being made: until midnight, every question above is answered from memory.

    For the person of an HTTP request only, whose object dies with the answer. 1 query.
    """
    kept = held(user)
    setattr(user, _KEPT, (timezone.localdate(), kept))
    return kept


def remembered(user: User, on: datetime.date | None = None) -> list[Posting] | None:
    """What `remember` read, if it was for the day `on` (today by default); else None."""
    day, kept = getattr(user, _KEPT, (None, None))
    return kept if day == (on or timezone.localdate()) else None
