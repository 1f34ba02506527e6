"""The waiting room: a number for each person, called once, at one window. Numbers begin again each day in each office.

A ticket names nobody. The wait is told only when it was measured: people before, times the minutes one person took
here these last days, shared by the windows at work now.
"""

import datetime
import math
import re
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from arrondissements import journal
from arrondissements.models import Office, User
from requests_app import workflow
from requests_app.catalogue.models import Service
from requests_app.models import Purpose, Ticket, TicketState

MEASURED_DAYS = 14
FEWEST_MEASURED = 10  # people served before an estimate is honest
LONGEST_SERVICE = datetime.timedelta(hours=1)  # longer: somebody forgot to say that it was over
AT_WORK = datetime.timedelta(hours=1)
LONGEST_WINDOW = 20  # signs
WORD = re.compile(r"^guichet\s+", re.IGNORECASE)  # the screens say it already
KEY_SIGNS = 20
# What the waiting room says of the people it names: nothing but numbers.
RECENT = 5


@dataclass(frozen=True)
class Figures:
    """A day of the waiting room. Minutes are averages, None when nobody was called."""

    taken: int
    waiting: int
    served: int
    no_show: int
    wait_minutes: int | None
    service_minutes: int | None


def kiosk_key(office: Office) -> str:
    """What makes the kiosk's address that of the office's own screen: nobody else hands out its numbers."""
    return salted_hmac("requests_app.kiosk", office.code, algorithm="sha256").hexdigest()[:KEY_SIGNS]


def is_kiosk(office: Office, key: str) -> bool:
    """Whether `key` opens the kiosk of `office`."""
    return constant_time_compare(key, kiosk_key(office))


@transaction.atomic
def take(office: Office, purpose: str, service: Service | None = None) -> Ticket:
    """The next number of the day in `office`, under the lock of its row."""
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    last = today_in(office).aggregate(last=Max("number"))["last"] or 0
    return Ticket.objects.create(
        office=office, day=timezone.localdate(), number=last + 1, purpose=Purpose(purpose), service=service
    )


@transaction.atomic
def call_next(office: Office, *, by: User, window: str, after: str | None = None) -> Ticket | None:
    """Call whoever waits for longest, at `window`; None when nobody does. Whom `by` was serving is served.

    `after` is the ticket (its id, "" for none) that `by` saw as being served: a button pressed twice calls one person,
    not two. The row is locked and those locked by others are passed over: two clerks never call the same ticket.
    """
    window = WORD.sub("", window.strip())[:LONGEST_WINDOW]
    if not window:
        raise workflow.Refused(_("Écrivez d’abord le nom de votre guichet."))
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # the second press waits for the first
    serving = called_by(office, by)
    if serving and after is not None and str(serving.pk) != after:
        return serving
    if serving:
        served(serving, by=by)
    waiting = today_in(office).filter(state=TicketState.WAITING).order_by("number")
    ticket = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if ticket is None:
        return None
    now = timezone.now()
    facts = {"state": TicketState.CALLED, "called_at": now, "called_by": by, "window": window, "calls": 1}
    Ticket.objects.filter(pk=ticket.pk).update(**facts)
    _log("ticket.called", ticket, by)
    return Ticket.objects.select_related("service__current").get(pk=ticket.pk)


@transaction.atomic
def call_again(ticket: Ticket, *, by: User) -> None:
    """Show a called number on the screen once more. Raises `Refused`."""
    again = {"calls": F("calls") + 1, "called_at": timezone.now()}
    _change(ticket, again)
    _log("ticket.called_again", ticket, by)


@transaction.atomic
def no_show(ticket: Ticket, *, by: User) -> None:
    """Nobody came to the window. Raises `Refused`."""
    _change(ticket, {"state": TicketState.NO_SHOW, "ended_at": timezone.now()})
    _log("ticket.no_show", ticket, by)


@transaction.atomic
def served(ticket: Ticket, *, by: User) -> None:
    """It is over for this person. Raises `Refused`."""
    _change(ticket, {"state": TicketState.SERVED, "ended_at": timezone.now()})
    _log("ticket.served", ticket, by)


def today_in(office: Office) -> QuerySet[Ticket]:
    """The tickets of this day in `office`."""
    return Ticket.objects.filter(office=office, day=timezone.localdate())


def called_by(office: Office, user: User) -> Ticket | None:
    """Whom `user` is serving now. 1 query."""
    called = today_in(office).filter(state=TicketState.CALLED, called_by=user)
    return called.select_related("service__current").order_by("-called_at").first()


def last_called(office: Office) -> list[Ticket]:
    """The last numbers called today, the latest first, for the screen of the waiting room."""
    called = today_in(office).filter(called_at__isnull=False).exclude(state=TicketState.NO_SHOW)
    return list(called.order_by("-called_at")[:RECENT])


def before(ticket: Ticket) -> int:
    """How many people wait before this one."""
    return today_in(ticket.office).filter(state=TicketState.WAITING, number__lt=ticket.number).count()


def minutes_each(office: Office) -> float | None:
    """The minutes one person takes here, measured; None when too few were."""
    since = timezone.localdate() - datetime.timedelta(days=MEASURED_DAYS)
    took = ExpressionWrapper(F("ended_at") - F("called_at"), output_field=DurationField())
    done = Ticket.objects.filter(office=office, day__gte=since, state=TicketState.SERVED).annotate(took=took)
    found = done.filter(took__lte=LONGEST_SERVICE).aggregate(mean=Avg("took"), count=Count("pk"))
    if found["count"] < FEWEST_MEASURED or found["mean"] is None:
        return None
    return float(found["mean"].total_seconds()) / 60


def wait_of(office: Office, people: int) -> int | None:
    """The minutes `people` take before one's turn, rounded up to five; None when it was not measured. 2 queries."""
    each = minutes_each(office)
    if each is None:
        return None
    lately = today_in(office).filter(called_at__gte=timezone.now() - AT_WORK)
    windows = max(1, lately.values("called_by").distinct().count())
    return 5 * math.ceil(people * each / windows / 5)


def figures(office: Office) -> Figures:
    """How this day goes. 1 query."""
    waited = ExpressionWrapper(F("called_at") - F("taken_at"), output_field=DurationField())
    took = ExpressionWrapper(F("ended_at") - F("called_at"), output_field=DurationField())
    served_ones = Q(state=TicketState.SERVED)
    found = today_in(office).aggregate(
        taken=Count("pk"),
        waiting=Count("pk", filter=Q(state=TicketState.WAITING)),
        served=Count("pk", filter=served_ones),
        no_show=Count("pk", filter=Q(state=TicketState.NO_SHOW)),
        waited=Avg(waited, filter=Q(called_at__isnull=False)),
        took=Avg(took, filter=served_ones),
    )
    return Figures(
        found["taken"],
        found["waiting"],
        found["served"],
        found["no_show"],
        _minutes(found["waited"]),
        _minutes(found["took"]),
    )


def _minutes(duration: datetime.timedelta | None) -> int | None:
    return None if duration is None else round(duration.total_seconds() / 60)


def _change(ticket: Ticket, facts: dict[str, object]) -> None:
    """Compare and set on a number that is called."""
    if not Ticket.objects.filter(pk=ticket.pk, state=TicketState.CALLED).update(**facts):
        raise workflow.Refused(_("Ce numéro n’est plus appelé. Rien n’a été modifié."))


def _log(act: str, ticket: Ticket, by: User) -> None:
    journal.record(act, obj=f"ticket:{ticket.pk}", by=by, office=ticket.office, details={"number": ticket.number})
