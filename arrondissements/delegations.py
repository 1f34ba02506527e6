"""Who may sign, in whose name, on which day."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arrondissements import postings as served
from arrondissements.models import Delegation, Office, Posting, Role, User

# The executive secretary signs for the whole town hall (loi 2021-14); a registrar for his office.
SIGNS_EVERYWHERE = {Role.EXECUTIVE_SECRETARY}
SIGNING = (Role.REGISTRAR, Role.EXECUTIVE_SECRETARY)
# What a page remembers on the person it is made for: see `remember`.
_KEPT = "_delegations_of_the_page"
# By which law the function itself signs; for the others, the town hall has not said.
LEGAL_BASIS = {
    Role.EXECUTIVE_SECRETARY: gettext_lazy("loi n° 2021-14"),
    Role.REGISTRAR: gettext_lazy("loi n° 2021-14, article 180"),
}


@dataclass(frozen=True)
class SigningPower:
    """How the signature block reads: the signatory's own title, or in whose name and by which act."""

    title: str = ""
    delegation: str = ""
    act_number: str = ""
    act_date: datetime.date | None = None


def signing_power(user: User, role: str, office: Office, on: datetime.date) -> SigningPower | None:
    """The power of `user` to sign as `role` for `office` on that day, or None."""
    if _signs_himself(user, role, office, on):
        return SigningPower(title=own_title(role))
    delegation = _delegation(user, role, office, on)
    if delegation is None:
        return None
    return SigningPower(
        delegation=_delegated_title(role), act_number=delegation.act_number, act_date=delegation.signed_on
    )


def why_no_power(user: User, role: str, office: Office, on: datetime.date) -> str:
    """The sentence for somebody who has no `signing_power` that day: which act ended, has not begun, or is elsewhere.

    2 queries.
    """
    acts = list(Delegation.objects.filter(delegate=user, role=role).order_by("-starts"))
    here = [act for act in acts if act.office_id in (None, office.pk)]
    if here:
        return _out_of_dates(here[0], on)
    if acts:
        return _("Votre délégation de signature (acte %(act)s) ne couvre pas ce bureau : %(office)s.") % {
            "act": acts[0].act_number,
            "office": office,
        }
    ended = Posting.objects.filter(user=user, role=role, office=office, ends__lt=on).order_by("-ends").first()
    if ended is not None and ended.ends is not None:
        words = _("Votre fonction (%(role)s) dans ce bureau a pris fin le %(day)s.")
        return words % {"role": Role(role).label, "day": date_format(ended.ends, "j F Y")}
    words = _(
        "Ce document se signe en qualité de : %(role)s (%(law)s). Aucune fonction ni délégation ne vous le permet."
    )
    return words % {"role": Role(role).label, "law": LEGAL_BASIS.get(Role(role), _("texte à confirmer"))}


def _out_of_dates(act: Delegation, on: datetime.date) -> str:
    if act.starts > on:
        words, day = _("Votre délégation de signature (acte %(act)s) ne commence que le %(day)s."), act.starts
    else:
        words, day = _("Votre délégation de signature (acte %(act)s) a pris fin le %(day)s."), act.ends or on
    return words % {"act": act.act_number, "day": date_format(day, "j F Y")}


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
    rows += [(delegation.role, delegation.office_id) for delegation in _held(user, on)]
    for role, office in rows:
        known = covered.get(role, set())
        covered[role] = None if office is None or known is None else known | {office}
    return covered


def remember(user: User) -> None:
    """Read once what `user` is and may sign today, for the page being made: see `postings.remember`. 2 queries."""
    served.remember(user)
    today = timezone.localdate()
    setattr(user, _KEPT, (today, _held(user, today)))


def _held(user: User, on: datetime.date) -> list[Delegation]:
    """The delegations of `user` on that day, the oldest first."""
    day, kept = getattr(user, _KEPT, (None, []))
    return kept if day == on else list(Delegation.objects.on(on).filter(delegate=user).order_by("starts", "pk"))


def _delegation(user: User, role: str, office: Office, on: datetime.date) -> Delegation | None:
    for delegation in _held(user, on):
        if delegation.role == role and delegation.office_id in (None, office.pk):
            return delegation
    return None


def _signs_himself(user: User, role: str, office: Office, on: datetime.date) -> bool:
    if (kept := served.remembered(user, on)) is not None:
        return any(one.role == role and (role in SIGNS_EVERYWHERE or one.office_id == office.pk) for one in kept)
    postings = Posting.objects.on(on).filter(user=user, role=role)
    return (postings if role in SIGNS_EVERYWHERE else postings.filter(office=office)).exists()


def own_title(role: str) -> str:
    """How the signature block names whoever signs as `role` in his own right."""
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
