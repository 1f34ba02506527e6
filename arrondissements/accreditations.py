"""Who may file for citizens in the town hall's name without serving in it."""

import datetime

from django.utils import timezone

from arrondissements.models import RelayAgent, User


def of(user: User | None, on: datetime.date | None = None) -> RelayAgent | None:
    """The accreditation of `user` in force on that day (today when none is given), or None. 1 query."""
    if user is None:
        return None
    return RelayAgent.objects.on(on or timezone.localdate()).filter(user=user).order_by("-starts", "-pk").first()
