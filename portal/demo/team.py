"""The team of the 1st arrondissement: who has what, who is away, papers to sign, an expert asked."""

import datetime

from django.utils import timezone

from arrondissements.models import AbsenceReason, Office, User
from portal.demo import cases
from requests_app import workflow
from requests_app.experts import asking, shared
from requests_app.models import ServiceRequest
from requests_app.teamwork import absences, assigning

WAIT_FOR_A_SIGNATURE = ("Edwige Hounnou", "Serge Kouton", "Ahouéfa Zannou")
IN_HAND = ("Brice Gnanvi", "Nadège Sagbo")


def work(people: dict[str, User]) -> None:
    """Cases accepted, cases given, an absence to come, and an opinion asked of an outside expert."""
    sena, gildas, mahugnon = people["sena"], people["gildas"], people["mahugnon"]
    for number, name in enumerate(WAIT_FOR_A_SIGNATURE):
        case = _filed(name, 20 + number, promised_in=number)
        workflow.take(case, by=sena)
        workflow.accept(case, by=sena, note="Pièces vues, tout concorde.")
    first, second = [_filed(name, 30 + number, promised_in=2) for number, name in enumerate(IN_HAND)]
    assigning.assign(first, by=mahugnon, to=gildas, reason="Gildas connaît ce quartier.")
    workflow.take(second, by=gildas)
    asking.ask(
        second,
        by=gildas,
        name="Dr Exemple (fictif)",
        email="expert@example.org",
        question="La date de naissance déclarée est-elle plausible au vu de la pièce jointe ?",
        required=False,
        confidential=False,
        shared=shared.as_kept(["field:birth_date"], identity=False),
    )
    monday = timezone.localdate() + datetime.timedelta(days=7 - timezone.localdate().weekday())
    absences.note(
        gildas,
        by=mahugnon,
        office=Office.objects.get(code="arrondissement-1"),
        starts=monday,
        ends=monday + datetime.timedelta(days=4),
        substitute=sena,
        reason=AbsenceReason.TRAINING,
    )


def _filed(name: str, number: int, promised_in: int) -> ServiceRequest:
    given_names, surname = name.rsplit(" ", 1)
    somebody = {"name": name, "surname": surname.upper(), "given_names": given_names}
    return cases.file(cases.LIFE, promised_in=promised_in, phone=f"+22901950000{number}", **somebody)
