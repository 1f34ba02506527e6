"""What the citizen is told at each step, in his language: one SMS segment, and an e-mail if he gave one."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from arrondissements import outbox
from requests_app.messaging.sms import to_gsm7
from requests_app.models import Message, ServiceRequest

Outgoing = tuple[str, dict[str, str], str]


def tell(case: ServiceRequest, event: str, *, key: str, phones: list[str] | None = None, **context: object) -> None:
    """Put the notices of `event` in the outbox; templates are `sms/<event>.txt`, `emails/<event>.txt`.

    They go to whom the case chose, or to these `phones` among them. `key` makes them unique: the same step
    told twice leaves once.
    """
    rows = notices(case, event, key=key, phones=phones, **context)
    if case.is_trial:
        _show_on_the_case(case, rows)
    else:
        outbox.put_all(rows)


def _show_on_the_case(case: ServiceRequest, rows: list[Outgoing]) -> None:
    """Nothing leaves for a trial: the words stay on it, for whoever walks it."""
    for kind, payload, _key in rows:
        words = payload["text"] if kind == "sms" else f"{payload['subject']}\n\n{payload['body']}"
        body = f"{'SMS' if kind == 'sms' else 'E-mail'} ({payload['to']}) :\n{words}"
        Message.objects.create(case=case, body=body[:2000], internal=True)


def tell_phone(phone: str, event: str, *, language: str, key: str, **context: object) -> None:
    """Put one SMS for a phone, whatever its cases. Never by e-mail: nothing ties an address to a phone."""
    with translation.override(language):
        text = to_gsm7(_words(f"sms/{event}.txt", {"town_hall": settings.TOWN_HALL, **context}))
    outbox.put("sms", {"to": phone, "text": text}, key=f"{key}:sms")


def notices(
    case: ServiceRequest, event: str, *, key: str, phones: list[str] | None = None, **context: object
) -> list[Outgoing]:
    """The messages of `event` as outbox rows: (kind, payload, key)."""
    with translation.override(case.language):
        site = {"site": settings.SITE_BASE_URL, "track": _track_address()}
        facts = {"case": case, "town_hall": settings.TOWN_HALL, **site, **context}
        rows: list[Outgoing] = []
        for rank, phone in enumerate(case.told_phones if phones is None else phones):
            text = to_gsm7(_words(f"sms/{event}.txt", facts))
            rows.append(("sms", {"to": phone, "text": text}, f"{key}:sms{rank or ''}"))
        if case.email:
            subject, _, body = _words(f"emails/{event}.txt", facts).partition("\n")
            rows.append(("email", {"to": case.email, "subject": subject, "body": body.strip()}, f"{key}:email"))
    return rows


def space_address() -> str:
    """Where whoever holds a phone finds its drafts and requests."""
    return settings.SITE_BASE_URL + reverse("requests:space")


def _track_address() -> str:
    return settings.SITE_BASE_URL + reverse("requests:track")


def _words(template: str, facts: dict[str, object]) -> str:
    return render_to_string(template, facts).strip()
