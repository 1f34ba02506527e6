"""Parts that must be there, or must not, according to who issues the document; the course of a request."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from requests_app.catalogue.asking import FILE_TYPES
from requests_app.catalogue.faults import Fault
from requests_app.catalogue.faults.conditions import when_faults
from requests_app.catalogue.faults.questions import Questions
from requests_app.catalogue.models import Mode
from requests_app.catalogue.vocabulary import box


def mode_faults(data: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    """Who issues it decides what the definition must have."""
    if data["mode"] == Mode.ORIENTATION:
        sentence = gettext("Une démarche d’orientation n’a rien à remplir ici.")
        parts = ("form", "routing", "document", "evidence", "eligibility", "fees", "flow")
        yield from (Fault(part, sentence) for part in parts if data.get(part))
        if not data["where_to_go"]:
            yield Fault("where_to_go", gettext("Une démarche d’orientation dit où aller."))
    else:
        sentence = gettext("Une démarche en ligne a un formulaire et une règle d’orientation.")
        yield from (Fault(part, sentence) for part in ("form", "routing") if not data[part])
    if data["mode"] == Mode.ISSUED_HERE:
        sentence = gettext("Un document délivré ici a un modèle, un contenu et un signataire.")
        needed = ("document", "document_template", "signatory_role")
        yield from (Fault(part, sentence) for part in needed if not data[part])
    elif data["document"] and not data["document_template"]:
        yield Fault("document_template", gettext("Ce document a un contenu : il lui faut un modèle."))


def eligibility_faults(data: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    """Where to go instead is an address of this site or a secure one."""
    for index, rule in enumerate(data.get("eligibility", [])):
        if rule.get("url") and not (rule["url"].startswith("https://") or _is_local(rule["url"])):
            sentence = gettext("Une adresse commence par « https:// », ou par « / » pour une page de ce site.")
            yield Fault(f"eligibility[{index}].url", sentence)


def _is_local(url: str) -> bool:
    return url.startswith("/") and not url.startswith("//") and "\\" not in url


def evidence_faults(data: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    """Formats written twice."""
    lists = [(f"evidence[{index}].formats", piece) for index, piece in enumerate(data["evidence"])]
    lists += [(f"{q.place}.formats", q.field) for q in questions.all if q.field["type"] in FILE_TYPES]
    for place, thing in lists:
        formats = thing.get("formats", [])
        if len(set(formats)) < len(formats):
            yield Fault(place, gettext("Un format est écrit deux fois."))


def flow_faults(data: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    """Offices that do not exist, effects without what they need."""
    flow = data.get("flow", {})
    opinions = flow.get("opinions", [])
    for index, opinion in enumerate(opinions):
        here = f"flow.opinions[{index}]"
        if opinion["office"] not in questions.offices:
            yield Fault(
                f"{here}.office",
                gettext("Le bureau « %(code)s » n’existe pas ici : choisissez-en un autre.")
                % {"code": opinion["office"]},
            )
        if opinion["office"] in [before["office"] for before in opinions[:index]]:
            yield Fault(f"{here}.office", gettext("Un bureau donne un seul avis."))
        yield from when_faults(here, opinion, questions)
    delivery = flow.get("delivery", [])
    if len(set(delivery)) < len(delivery):
        yield Fault("flow.delivery", gettext("Une façon de remettre le document est écrite deux fois."))
    if flow.get("appointment_note") and not flow.get("appointment"):
        yield Fault("flow.appointment_note", gettext("Cette note ne sert que si un rendez-vous est nécessaire."))
    if flow.get("overflow") and flow.get("appointment"):
        sentence = gettext(
            "Un rendez-vous demande d’être là : cette démarche ne peut pas être aidée par un autre bureau."
        )
        yield Fault("flow.overflow", sentence)
    if flow.get("four_eyes") and data["document_template"]:
        sentence = gettext(
            "Un document est déjà signé par une autre personne : « %(box)s » ne sert qu’aux demandes sans document."
        )
        yield Fault("flow.four_eyes", sentence % {"box": box("four_eyes")})
