"""Telling the staff of a case: who answers for it today, and an e-mail to those who have an address.

Nothing of the applicant is written: the reference and the page of the desk are enough.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from arrondissements import outbox
from arrondissements.models import Absence, Posting, Role, User

LANGUAGE = "fr"


def heads(office: int | None) -> list[User]:
    """Who is head of an office today. 1 query."""
    return _people(Posting.objects.filter(office=office, role=Role.SUPERVISOR))


def secretaries() -> list[User]:
    """The executive secretaries of today. 1 query."""
    return _people(Posting.objects.filter(role=Role.EXECUTIVE_SECRETARY))


def present(user: User) -> User:
    """The person, or who replaces her today. 1 query."""
    away = Absence.objects.on(timezone.localdate()).filter(user=user, substitute__isnull=False)
    found = away.select_related("substitute").first()
    return found.substitute if found and found.substitute else user


def write_to(people: Iterable[User], template: str, facts: dict[str, Any], *, key: str) -> int:
    """Put `emails/<template>.txt` in the outbox for those who have an address; how many have one.

    `facts` hold the `case`, and the path of another `page` than its own; `key` makes each letter unique, with the
    person.
    """
    page = facts.get("page") or reverse("desk:case", args=[facts["case"].reference])
    facts = {**facts, "address": settings.SITE_BASE_URL + page, "town_hall": settings.TOWN_HALL}
    with translation.override(LANGUAGE):  # whatever the screen of who asked
        words = render_to_string(f"emails/{template}.txt", facts).strip()
    subject, _newline, body = words.partition("\n")
    rows = [
        ("email", {"to": user.email, "subject": subject, "body": body.strip()}, f"{key}:{user.pk}")
        for user in people
        if user.email
    ]
    outbox.put_all(rows)
    return len(rows)


def _people(posts: QuerySet[Posting]) -> list[User]:
    today = Posting.objects.on(timezone.localdate()).filter(pk__in=posts.values("pk"))
    return list(User.objects.filter(pk__in=today.values("user"), is_active=True).order_by("pk"))
