"""Help between offices, to be looked at: a service of the demonstration alone, that says so wherever it is read.

No service of the catalogue lets another office help, because no text that allows it is known: the rule here is a
setting of the demonstration. The service is offered to nobody: it is retired as soon as its cases are filed.
"""

import copy
import datetime
from dataclasses import replace
from typing import Any

from django.utils import timezone

from arrondissements.models import Office, User
from portal.demo import cases
from requests_app.catalogue.models import Mode, Service
from requests_app.catalogue.publishing import definition_of, publish_definition
from requests_app.models import ServiceRequest
from requests_app.promises import helping

SLUG = "demonstration-entraide"
TITLE = {
    "fr": "Démonstration de l’entraide entre bureaux (réglage d’essai)",
    "en": "Demonstration of help between offices (trial setting)",
}
BASIS = {
    "fr": "Réglage de démonstration, sans base légale connue : la mairie n’a rien décidé.",
    "en": "A setting of the demonstration, without a known legal basis: the town hall has decided nothing.",
}


def work(people: dict[str, User]) -> None:
    """One request offered to the 5th, one that the 5th asks the 1st to help with, one that Sèna helps with."""
    _publish()
    first, fifth = [Office.objects.get(code=f"arrondissement-{number}") for number in (1, 5)]
    helping.offer(_filed("Épiphane Codo", 40), to=fifth, by=people["mahugnon"])
    helping.offer(_filed("Judith Avocè", 41, residence="5:Gbéto"), to=first, by=None)
    helped = helping.offer(_filed("Séverin Hodonou", 42, residence="5:Gbéto"), to=first, by=None)
    helping.accept(helped, by=people["sena"])
    Service.objects.filter(slug=SLUG).update(retired_on=timezone.localdate() - datetime.timedelta(days=1))


def _publish() -> None:
    """The form of the certificate of life, and nothing of its document: a paper of the demonstration is no paper."""
    model = Service.objects.select_related("current").get(slug=cases.LIFE.service)
    if model.current is None:
        return
    service, _created = Service.objects.get_or_create(
        slug=SLUG, defaults={"life_event": model.life_event, "is_listed": False, "order": 999}
    )
    definition: dict[str, Any] = copy.deepcopy(definition_of(model.current)) | {
        "title": TITLE,
        "summary": BASIS,
        "confidence_note": BASIS,
        "mode": Mode.PREPARED_HERE,
        "signatory_role": "",
        "document_template": "",
        "document": {},
        "legal_basis": [BASIS],
        "flow": {"overflow": {"basis": BASIS, "after_days": 0}},
    }
    if service.current is None:
        publish_definition(service, definition)


def _filed(name: str, number: int, **answers: Any) -> ServiceRequest:
    given_names, surname = name.rsplit(" ", 1)
    example = replace(cases.LIFE, service=SLUG, email="")
    somebody = {"name": name, "surname": surname.upper(), "given_names": given_names}
    return cases.file(example, promised_in=2, phone=f"+22901950000{number}", **somebody, **answers)
