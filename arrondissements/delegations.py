"""Who may sign, in whose name, on which day."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from arrondissements.models import Delegation, Office, Posting, Role, User

# The executive secretary signs for the whole town hall (loi 2021-14); a registrar for his office.
SIGNS_EVERYWHERE = {Role.EXECUTIVE_SECRETARY}
SIGNING = (Role.REGISTRAR, Role.EXECUTIVE_SECRETARY)


@dataclass(frozen=True)
class SigningPower:
    """How the signature block reads: the signatory's own title, or in whose name and by which act."""

    title: str = ""
    delegation: str = ""
    act_number: str = ""
    act_date: datetime.date | None = None


def signing_power(user: User, role: str, office: Office, on: datetime.date) -> SigningPower | None:
    """The power of `user` to sign as `role` for `office` on that day, or None."""
    postings = Posting.objects.on(on).filter(user=user, role=role)
    if role not in SIGNS_EVERYWHERE:
        postings = postings.filter(office=office)
    if postings.exists():
        return SigningPower(title=_own_title(role))
    delegations = Delegation.objects.on(on).filter(Q(office=office) | Q(office=None), delegate=user, role=role)
    delegation = delegations.order_by("starts").first()
    if delegation is None:
        return None
    return SigningPower(
        delegation=_delegated_title(role), act_number=delegation.act_number, act_date=delegation.signed_on
    )


def roles_signed_by(
    user: User, on: datetime.date, postings: Iterable[Posting] | None = None
) -> dict[str, set[int] | None]:
    """Roles `user` may sign as on that day → the office ids covered (None: every office).

    `postings` of that day, when they are already known, spare a query.
    """
    covered: dict[str, set[int] | None] = {}
    if postings is None:
        postings = Posting.objects.on(on).filter(user=user, role__in=SIGNING)
    rows = [
        (posting.role, None if posting.role in SIGNS_EVERYWHERE else posting.office_id)
        for posting in postings
        if posting.role in SIGNING
    ]
    rows += Delegation.objects.on(on).filter(delegate=user).values_list("role", "office")
    for role, office in rows:
        known = covered.get(role, set())
        covered[role] = None if office is None or known is None else known | {office}
    return covered


def _own_title(role: str) -> str:
    titles = {
        Role.EXECUTIVE_SECRETARY: _("Le Secrétaire exécutif"),
        Role.REGISTRAR: _("L’Officier de l’état civil"),
    }
    return titles.get(Role(role), str(Role(role).label))


def _delegated_title(role: str) -> str:
    titles = {
        Role.EXECUTIVE_SECRETARY: _("Pour le Secrétaire exécutif et par délégation"),
        Role.REGISTRAR: _("Pour l’Officier de l’état civil et par délégation"),
    }
    return titles.get(Role(role), str(Role(role).label))
