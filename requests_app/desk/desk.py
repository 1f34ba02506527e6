"""What the person at the desk may see today: offices, functions, menus."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from arrondissements import accreditations, delegations, postings
from arrondissements.models import Office, Posting, Role, User
from requests_app.permissions import AT_THE_COUNTER


class StaffRequest(HttpRequest):
    """A request of the desk: the middleware lets nobody in without an account."""

    user: User


class Desk:
    """The desk of `user` today. 1 query for the postings, 1 for the powers to sign; each asked once."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def postings(self) -> list[Posting]:
        """Who serves where: the borough offices first, in their order."""
        return postings.held(self.user)

    @cached_property
    def offices(self) -> list[Office]:
        """The offices served, each once; an auditor serves none."""
        served = [posting for posting in self.postings if posting.role != Role.AUDITOR]
        return list({posting.office_id: posting.office for posting in served}.values())

    @property
    def audits(self) -> bool:
        """Whether the person reads every office and decides nothing."""
        return any(posting.role == Role.AUDITOR for posting in self.postings)

    @cached_property
    def seen(self) -> list[Office]:
        """The offices whose queue may be looked at: those served; all for an auditor. 1 query for him."""
        if not self.audits:
            return self.offices
        others = Office.objects.order_by("kind", "arrondissement", "name_fr")
        return list({office.pk: office for office in [*self.offices, *others]}.values())

    @cached_property
    def powers(self) -> dict[str, set[int] | None]:
        """What the person may sign today, and for which offices (None: for all)."""
        return delegations.roles_signed_by(self.user, timezone.localdate(), self.postings)

    @property
    def may_sign(self) -> bool:
        """Whether some document may wait for this signature today."""
        return bool(self.powers)

    @cached_property
    def is_relay_agent(self) -> bool:
        """Whether the person files for citizens outside the offices. 1 query, asked where she serves nowhere."""
        return accreditations.of(self.user) is not None

    @property
    def heads_an_office(self) -> bool:
        """Whether to show what did not leave."""
        return any(posting.role == Role.SUPERVISOR for posting in self.postings)

    @property
    def sees_figures(self) -> bool:
        """Whether the figures of some office are the person's business."""
        return self.heads_an_office or self.audits or self.is_executive_secretary

    @property
    def is_executive_secretary(self) -> bool:
        return any(posting.role == Role.EXECUTIVE_SECRETARY for posting in self.postings)

    @property
    def at_the_counter(self) -> bool:
        """Whether the person receives walk-ins somewhere today."""
        return any(posting.role in AT_THE_COUNTER for posting in self.postings)

    @property
    def headed(self) -> list[Office]:
        """The offices of which the person is the head."""
        return [posting.office for posting in self.postings if posting.role == Role.SUPERVISOR]

    @property
    def functions(self) -> list[str]:
        """The functions of the person, as words."""
        return list(dict.fromkeys(str(posting.get_role_display()) for posting in self.postings))

    def serves_as(self, office: Office | None, *roles: Role) -> bool:
        """Whether the person serves in `office` in one of `roles`."""
        return any(posting.office == office and posting.role in roles for posting in self.postings)


def show(
    request: StaffRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of the desk with its menus; `context` may bring the `desk` it already asked."""
    return render(request, template, {"desk": Desk(request.user), **(context or {})}, status=status)
