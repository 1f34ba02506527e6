"""What a member of the staff must be reminded of, in one letter for each run: the oldest promise first, with links.

Nothing of the applicant is written: the reference and the page of the desk are enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from arrondissements import outbox
from arrondissements.models import User
from requests_app.models import Escalation, ServiceRequest, Told
from requests_app.promises import telling

# Lines of one letter; the queue shows the others.
MOST_LINES = 25


@dataclass
class Digest:
    """One letter: whom it is for, the cases once each, and the first row that called for it, which is its name."""

    to: User
    first: int
    cases: dict[int, ServiceRequest] = field(default_factory=dict)


class Directory:
    """Who is told of a case by a rule, each question asked once a run."""

    def __init__(self) -> None:
        self._heads, self._secretaries = cache(telling.heads), cache(telling.secretaries)
        self._present = cache(telling.present)

    def people(self, case: ServiceRequest, tells: str) -> list[User]:
        """Those the rule names; a case that nobody has goes to the head of the office."""
        if tells == Told.SECRETARY:
            return self._secretaries()
        if tells == Told.CLERK and (clerk := case.assigned_to or case.instructed_by):
            return [self._present(clerk)]
        return self._heads(case.office_id)


class Digests:
    """The letters of one run, filled row by row, then put in the outbox in the transaction of those rows."""

    def __init__(self) -> None:
        self._who, self._letters = Directory(), dict[int, Digest]()

    def add(self, row: Escalation, case: ServiceRequest) -> int:
        """Put the case in the letter of each person it is told to; how many have an address."""
        people = [user for user in self._who.people(case, row.tells) if user.email]
        for user in people:
            letter = self._letters.setdefault(user.pk, Digest(user, row.pk))
            letter.cases.setdefault(case.pk, case)
        return len(people)

    def put(self) -> None:
        """One letter for each person."""
        outbox.put_all([_letter(letter) for letter in self._letters.values()])


def _letter(letter: Digest) -> tuple[str, dict[str, str], str]:
    cases = sorted(letter.cases.values(), key=lambda case: (case.due_on or timezone.localdate(), case.pk))
    facts = {
        "cases": list(_lines(cases[:MOST_LINES])),
        "count": len(cases),
        "more": len(cases) - MOST_LINES if len(cases) > MOST_LINES else 0,
        "address": settings.SITE_BASE_URL + reverse("desk:queue"),
        "town_hall": settings.TOWN_HALL,
    }
    with translation.override(telling.LANGUAGE):
        words = render_to_string("emails/reminder.txt", facts).strip()
    subject, _newline, body = words.partition("\n")
    return (
        "email",
        {"to": letter.to.email, "subject": subject, "body": body.strip()},
        f"reminder:{letter.to.pk}:{letter.first}",
    )


def _lines(cases: Iterable[ServiceRequest]) -> Iterable[dict[str, object]]:
    today = timezone.localdate()
    for case in cases:
        page = reverse("desk:case", args=[case.reference])
        late = case.due_on is not None and case.due_on < today
        yield {"case": case, "late": late, "address": settings.SITE_BASE_URL + page}
