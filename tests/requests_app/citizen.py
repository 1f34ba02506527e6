"""What the tests of the citizen's pages share: filling in a whole request over HTTP, reading the SMS."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from arrondissements.models import OutboxMessage
from portal.demo.cases import EXAMPLES, picture
from requests_app.catalogue.forms import as_posted
from requests_app.models import ServiceRequest

LIFE = "certificat-vie"


def begun(client: Client, service: str = LIFE) -> ServiceRequest:
    """A draft begun by the button of the first page."""
    answer = client.post(reverse("requests:start", args=[service]))
    return ServiceRequest.objects.select_related("version__service").get(token=answer.url.split("/")[2])


def page(case: ServiceRequest, name: str, *args: Any) -> str:
    return reverse(f"requests:{name}", args=[case.token, *args])


def posted_step(case: ServiceRequest, number: int, **changes: Any) -> dict[str, str]:
    """What the browser posts for a step filled in as in the example."""
    fields = case.version.steps[number - 1]["fields"]
    return as_posted(fields, EXAMPLES[case.version.service.slug].all_answers()) | changes


def filled(client: Client, service: str = LIFE) -> ServiceRequest:
    """A draft whose every page was posted, ready to be sent."""
    return fill(client, begun(client, service))


def fill(client: Client, case: ServiceRequest) -> ServiceRequest:
    """Post every page of a draft as in the example of its service."""
    service = case.version.service.slug
    for number in range(1, len(case.version.steps) + 1):
        client.post(page(case, "step", number), posted_step(case, number))
    client.post(page(case, "contact"), {"name": "Awa Dossou", "phone": "01 96 00 00 02", "email": ""})
    for piece in EXAMPLES[service].pieces:
        client.post(page(case, "evidence"), {f"piece-{piece}": picture("photo.jpg", piece), "attach": "1"})
    return case


def sent(client: Client, case: ServiceRequest) -> Any:
    return client.post(page(case, "submit"), {"declaration": "on"})


def texts_to(phone: str) -> list[str]:
    rows = OutboxMessage.objects.filter(kind="sms", payload__to=phone).order_by("id")
    return [row.payload["text"] for row in rows]


def last_code(phone: str) -> str:
    """The code of the last SMS that carries one."""
    codes = [match.group(1) for text in texts_to(phone) if (match := re.search(r"code est (\d{6})", text))]
    return codes[-1]


def opened(client: Client, case: ServiceRequest) -> ServiceRequest:
    """Open a case in this browser, with its reference, its phone and the code of the SMS."""
    client.post(reverse("requests:track"), {"reference": case.shown_reference, "phone": case.phone})
    client.post(reverse("requests:code"), {"code": last_code(case.phone)})
    return case


def proved(client: Client, phone: str, **more: str) -> Any:
    """Open the space of a phone in this browser, with the code of the SMS; the answer to the code."""
    client.post(reverse("requests:phone"), {"phone": phone, **more})
    return client.post(reverse("requests:phone-code"), {"code": last_code(phone)})
