"""Who serves where today."""

from django.db.models import QuerySet
from django.utils import timezone

from arrondissements.models import Office, Posting, Role, User


def offices_of(user: User, *roles: Role) -> QuerySet[Office]:
    """The offices where `user` serves today, in one of `roles` (any role when none is given)."""
    today = Posting.objects.on(timezone.localdate()).filter(user=user)
    today = today.filter(role__in=roles) if roles else today
    return Office.objects.filter(pk__in=today.values("office"))


def serves(user: User, office: Office, *roles: Role) -> bool:
    """Whether `user` serves today in `office`, in one of `roles` (any role when none is given)."""
    today = Posting.objects.on(timezone.localdate()).filter(user=user, office=office)
    return (today.filter(role__in=roles) if roles else today).exists()


def serves_anywhere(user: User, *roles: Role) -> bool:
    """Whether `user` serves today in some office in one of `roles`."""
    return Posting.objects.on(timezone.localdate()).filter(user=user, role__in=roles).exists()
