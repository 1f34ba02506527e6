"""Who comes to the office of the 1st arrondissement: a waiting room, paper for a power cut, a document that waits."""

import datetime

from django.utils import timezone

from arrondissements.models import Office, User
from requests_app.catalogue.models import Service
from requests_app.models import Purpose, ServiceRequest, SlipState, Ticket, TicketState, UnclaimedNotice, UnclaimedStep
from requests_app.states import State
from requests_app.walk_ins import slips, tickets

WAITED_DAYS = 33
SERVED_YESTERDAY, MINUTES_EACH = 12, 9


def come(people: dict[str, User]) -> None:
    """Give numbers, print slips and let a document wait, by the acts themselves where there is one."""
    office = Office.objects.get(code="arrondissement-1")
    _yesterday(office, people["fifame"])
    life = Service.objects.get(slug="certificat-vie")
    for purpose, service in [
        (Purpose.FILE, life),
        (Purpose.COLLECT, None),
        (Purpose.ASK, None),
        (Purpose.FILE, life),
        (Purpose.FILE, None),
    ]:
        tickets.take(office, purpose, service)
    tickets.call_next(office, by=people["fifame"], window="1")
    printed = slips.print_batch(office, 6, by=people["mahugnon"])
    slips.put_away(printed[1], SlipState.SPOILED, "Encre renversée (exemple)", by=people["fifame"])
    _unclaimed(office)


def _yesterday(office: Office, clerk: User) -> None:
    """Enough people served for the wait to be measured."""
    at = timezone.now() - datetime.timedelta(days=1)
    Ticket.objects.bulk_create(
        Ticket(
            office=office,
            day=timezone.localdate(at),
            number=number,
            state=TicketState.SERVED,
            taken_at=at,
            called_at=at,
            ended_at=at + datetime.timedelta(minutes=MINUTES_EACH),
            called_by=clerk,
            window="1",
        )
        for number in range(1, SERVED_YESTERDAY + 1)
    )


def _unclaimed(office: Office) -> None:
    case = ServiceRequest.objects.filter(office=office, state=State.READY).order_by("pk").first()
    if case is None:
        return
    now = timezone.now()
    ServiceRequest.objects.filter(pk=case.pk).update(ready_at=now - datetime.timedelta(days=WAITED_DAYS))
    recalled = {UnclaimedStep.FIRST: 23, UnclaimedStep.SECOND: 3}
    UnclaimedNotice.objects.bulk_create(
        UnclaimedNotice(case=case, step=step, at=now - datetime.timedelta(days=days)) for step, days in recalled.items()
    )
