"""An ordinary day at the desks: requests in every state, made by the acts themselves."""

import datetime
from typing import Any

from django.utils import timezone

from arrondissements import outbox
from arrondissements.models import Office, Outage, Role, User
from portal.demo import cases, mutual_help, team, walk_ins
from requests_app import labelling, saved_views, workflow
from requests_app.catalogue.models import RejectionMotive, Service
from requests_app.models import Channel, Handling, LabelTone, ServiceRequest
from requests_app.oversight import counting, watching
from requests_app.promises import estimates, measuring
from requests_app.states import State

DAY = datetime.timedelta(days=1)


def live() -> None:
    """File, instruct, sign and reject; nothing is done when requests already exist."""
    if ServiceRequest.objects.exclude(state=State.DRAFT).exists():
        return
    people = {user.username: user for user in User.objects.all()}
    sena, rekia, koffi, anselme = (people[login] for login in ("sena", "rekia", "koffi", "anselme"))
    _issued(cases.LIFE, clerk=sena, signatory=rekia)
    _issued(cases.STALL, clerk=people["moussa"], signatory=anselme)
    _accepted(cases.BURIAL, clerk=koffi)
    cases.file(cases.STUB)
    cases.file(cases.STUB, promised_in=-5, record_number="402", **_somebody("Ablawa Kpossou", 13))
    cases.file(cases.LIFE, promised_in=0, channel=Channel.COUNTER, **_somebody("Yao Gnonlonfoun", 14))
    cases.file(cases.LIFE, promised_in=1, **_somebody("Chantal Sossa", 18))
    cases.file(cases.LIFE, residence="5:Gbéto", **_somebody("Romuald Tchibozo", 15))
    cases.file(cases.PLOT)
    _asked(sena)
    _returned(sena)
    _rejected(sena)
    _measured(sena)
    _sorted_out(head=people["mahugnon"], clerk=sena)
    team.work(people)
    mutual_help.work(people)
    while outbox.deliver_due():
        pass
    walk_ins.come(people)
    counting.refresh()
    # The demonstration decides in seconds: the auditor finds it among the anomalies.
    watching.look(timezone.localdate())


def _measured(clerk: User) -> None:
    """What was measured these last weeks, so that the pages may say how long it takes now; an outage, and its end."""
    office, now = Office.objects.get(code="arrondissement-1"), timezone.now()
    services = Service.objects.filter(slug__in=(cases.LIFE.service, cases.STUB.service))
    Handling.objects.bulk_create(
        Handling(
            service=service, office=office, by=clerk, act="accept", seconds=480 + 30 * number, at=now - DAY * number
        )
        for service in services
        for number in range(1, estimates.LEAST_MEASURES + 5)
    )
    head = User.objects.get(username="mahugnon")
    ended = now - DAY * 2
    Outage.objects.create(office=office, noted_by=head, began_at=ended - DAY / 8, ended_at=ended)
    measuring.measure()


def _accepted(example: cases.Filing, *, clerk: User, **options: Any) -> ServiceRequest:
    case = cases.file(example, **options)
    workflow.take(case, by=clerk)
    workflow.accept(case, by=clerk)
    return case


def _issued(example: cases.Filing, *, clerk: User, signatory: User) -> ServiceRequest:
    case = _accepted(example, clerk=clerk)
    workflow.issue(case, by=signatory)
    return case


def _somebody(name: str, number: int) -> dict[str, Any]:
    """Another citizen, with a phone of his own."""
    given_names, surname = name.rsplit(" ", 1)
    return {
        "name": name,
        "phone": f"+22901950000{number}",
        "surname": surname.upper(),
        "given_names": given_names,
    }


def _asked(clerk: User) -> ServiceRequest:
    case = cases.file(cases.LIFE, promised_in=2, **_somebody("Bénédicta Hounsou", 16))
    workflow.take(case, by=clerk)
    workflow.ask_information(
        case,
        by=clerk,
        fields=["birth_place"],
        pieces=["identity"],
        message="La photo de la pièce d’identité est floue. Reprenez-la, et vérifiez le lieu de naissance.",
    )
    return case


def _returned(clerk: User) -> None:
    case = cases.file(cases.LIFE, promised_in=3, **_somebody("Firmin Akakpo", 19))
    workflow.take(case, by=clerk)
    workflow.ask_information(
        case, by=clerk, fields=["birth_place"], pieces=[], message="Dans quelle ville est la maternité ?"
    )
    _asked_a_week_ago(case)
    workflow.answer(case, answers={"birth_place": "Ouidah"}, message="C’était à Ouidah.")


def _asked_a_week_ago(case: ServiceRequest) -> None:
    """So that the pause moves the promise, which is what the pages show of it."""
    week, due_on = 7 * DAY, case.due_on
    if due_on is None or case.submitted_at is None:
        return
    case.promised_on = case.due_on = due_on - week
    case.submitted_at, case.paused_at = case.submitted_at - week, timezone.now() - week
    case.save(update_fields=["promised_on", "due_on", "submitted_at", "paused_at"])
    case.information_requests.update(asked_at=case.paused_at)
    case.pauses.update(began_at=case.paused_at, due_before=case.due_on)


def _rejected(clerk: User) -> None:
    case = cases.file(cases.STUB, promised_in=1, record_number="77", **_somebody("Prosper Vodounou", 17))
    workflow.take(case, by=clerk)
    motive = RejectionMotive.objects.filter(is_active=True).order_by("code").first()
    if motive is not None:
        workflow.reject(case, by=clerk, motive=motive)


def _sorted_out(*, head: User, clerk: User) -> None:
    """The labels of an office, put on two cases, and a view that a clerk kept."""
    office = head.postings.get(role=Role.SUPERVISOR).office
    aged = labelling.create(office, by=head, name="Personne âgée", tone=LabelTone.BLUE)
    recall = labelling.create(office, by=head, name="À rappeler", tone=LabelTone.AMBER)
    cases_here = ServiceRequest.objects.filter(office=office, state=State.SUBMITTED).order_by("pk")
    for case, label in zip(cases_here, (recall, aged), strict=False):
        labelling.put(case, label, by=clerk)
    saved_views.keep(clerk, name="Sans personne depuis 3 jours", query="days=3&assigned=nobody")
