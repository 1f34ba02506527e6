"""Who may do what with a case: predicates with their reason, used by access, acts and templates."""

import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from arrondissements import delegations, journal, postings
from arrondissements.delegations import SigningPower
from arrondissements.models import JournalEntry, Posting, Role, User
from requests_app.models import Opinion, ServiceRequest
from requests_app.states import State

INSTRUCTING = (Role.CLERK, Role.SUPERVISOR, Role.REGISTRAR)
# While an opinion still helps to decide.
UNDECIDED = (State.UNDER_REVIEW, State.NEEDS_INFORMATION)
# The counter hands over and files for walk-ins; it decides nothing.
AT_THE_COUNTER = (*INSTRUCTING, Role.COUNTER)

# Whoever did one of these on a case never signs it.
PREPARING = ("take", "ask_information", "accept", "amend")

ROLES_OF_ACT: dict[str, tuple[Role, ...]] = {
    "take": INSTRUCTING,
    "ask_information": INSTRUCTING,
    "ask_opinion": INSTRUCTING,
    "accept": INSTRUCTING,
    "reject": INSTRUCTING,
    "transfer": INSTRUCTING,
    "complete": INSTRUCTING,
    "close": INSTRUCTING,
    "deliver": AT_THE_COUNTER,
    "write": INSTRUCTING,
    "label": AT_THE_COUNTER,
    "note": AT_THE_COUNTER,
    "amend": INSTRUCTING,
    "judge_duplicate": INSTRUCTING,
    "close_duplicate": INSTRUCTING,
    # On whose desk it lies: `teamwork.assigning`.
    "assign": INSTRUCTING,
}


# What the staff of an office that helps may do: instruct, say who among them does, and nothing that ends the request
# or hands it over.
HELPING_ACTS = ("take", "ask_information", "ask_opinion", "accept", "write", "assign")
HELPED_STATES = (State.SUBMITTED, State.UNDER_REVIEW, State.NEEDS_INFORMATION)


def can_perform(user: User, act: str, case: ServiceRequest) -> bool:
    """Whether `user` serves today in a role that performs `act`, in the case's office or in the one that helps it."""
    if case.office is None:
        return False
    roles = ROLES_OF_ACT[act]
    return postings.serves(user, case.office, *roles) or (act in HELPING_ACTS and helps(user, case, *roles))


def helps(user: User, case: ServiceRequest, *roles: Role) -> bool:
    """Whether `user` serves today in the office that helps with the case. No query when none helps."""
    office = case.helping_office if case.state in HELPED_STATES else None
    return office is not None and postings.serves(user, office, *(roles or INSTRUCTING))


def heads(user: User, case: ServiceRequest) -> bool:
    """Whether `user` is today at the head of the office that instructs the case: its own, or the one that helps."""
    serves_home = case.office is not None and postings.serves(user, case.office, Role.SUPERVISOR)
    return serves_home or helps(user, case, Role.SUPERVISOR)


def can_read(user: User, case: ServiceRequest) -> bool:
    """Whoever serves in the office, the signatory while the case waits for the signature, who instructs in the office
    that helps, the office consulted while its opinion is awaited, and the auditor."""
    if case.office is None:
        return False
    return (
        postings.serves(user, case.office)
        or postings.serves_anywhere(user, Role.AUDITOR)
        or signing_power(user, case) is not None
        or helps(user, case)
        or awaited_opinions(user, case).exists()
    )


def awaited_opinions(user: User, case: ServiceRequest | None = None) -> QuerySet[Opinion]:
    """The opinions that `user` may give today for the offices where he instructs; of one case, or of all."""
    offices = Posting.objects.on(timezone.localdate()).filter(user=user, role__in=INSTRUCTING).values("office")
    awaited = Opinion.objects.filter(answered_at=None, office__in=offices, case__state__in=UNDECIDED)
    return awaited if case is None else awaited.filter(case=case)


def signing_power(user: User, case: ServiceRequest, on: datetime.date | None = None) -> SigningPower | None:
    """The power of `user` to sign this case's document today, or None.

    Whoever instructed a case never signs it, whatever his power (four eyes).
    """
    role = case.version.signatory_role
    if not role or case.office is None or case.state != State.ACCEPTED or case.instructed_by_id == user.pk:
        return None
    return delegations.signing_power(user, role, case.office, on or timezone.localdate())


def has_prepared(user: User, case: ServiceRequest) -> bool:
    """Whether `user` ever worked on what is to be signed, whoever finished it: the journal remembers. 1 query."""
    lines = JournalEntry.objects.filter(obj=case.obj, chain=journal.ACTS, by=user)
    return lines.filter(act__in=[f"case.{act}" for act in PREPARING]).exists()


def why_no_signature(user: User, case: ServiceRequest) -> str:
    """The sentence for somebody who may not sign this case's document today, naming the act that fails him."""
    if case.office is None or case.state != State.ACCEPTED or not case.version.signatory_role:
        return _("Cette demande n’attend plus de signature.")
    return delegations.why_no_power(user, case.version.signatory_role, case.office, timezone.localdate())
