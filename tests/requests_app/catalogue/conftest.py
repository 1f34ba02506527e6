"""A small service, and the places its questions name."""

import copy
from typing import Any

import pytest

from arrondissements.models import Arrondissement, Office, Quartier
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.publishing import new_version, publish


def text(french: str, english: str = "English") -> dict[str, str]:
    return {"fr": french, "en": english}


def field(key: str, kind: str, **options: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": text(f"Question {key}", f"Question {key} in English")} | options


DEFINITION: dict[str, Any] = {
    "title": text("Certificat d’essai", "Trial certificate"),
    "summary": text("Pour essayer.", "To try."),
    "mode": "ISSUED_HERE",
    "issuing_authority": text("Le bureau", "The office"),
    "fee_amount": None,
    "fee_status": "TO_CONFIRM",
    "fee_note": {},
    "processing_days": 2,
    "processing_status": "TO_CONFIRM",
    "processing_note": {},
    "legal_basis": [text("Loi n° 1", "Law no. 1")],
    "confidence_note": {},
    "sources": [{"text": "Un essai", "confidence": "low"}],
    "signatory_role": "REGISTRAR",
    "document_template": "certificate",
    "document": {
        "series": "ES",
        "title": text("Certificat d’essai", "Trial certificate"),
        "body": ["Il est certifié, sur la demande {reference}, que {surname} habite ici."],
        "printed": [{"field": "surname", "label": text("Nom")}, {"field": "given_names", "label": text("Prénoms")}],
        "holder": {"surname": "surname", "given_names": "given_names", "birth": "birth"},
    },
    "routing": {
        "rules": [
            {
                "by": "arrondissement_of",
                "field": "home",
                "reason": {"fr": "lieu de résidence", "en": "place of residence"},
            }
        ],
        "default": "etat-civil",
    },
    "form": {
        "steps": [
            {
                "title": text("La personne", "The person"),
                "fields": [
                    field("surname", "name"),
                    field("given_names", "name", required=False),
                    field("birth", "date", limit="past", year_alone=True, required=False),
                ],
            },
            {
                "title": text("La demande", "The request"),
                "fields": [field("home", "quartier"), field("declaration", "declaration")],
            },
        ]
    },
    "evidence": [
        {"key": "identity", "label": text("Une pièce d’identité", "An identity document"), "max_files": 2},
        {"key": "mandate", "label": text("Une procuration", "A mandate"), "required": False},
    ],
    "what_to_bring": [text("Une pièce d’identité", "An identity document")],
    "where_to_go": {},
    "external_url": "",
}


@pytest.fixture
def definition() -> dict[str, Any]:
    return copy.deepcopy(DEFINITION)


@pytest.fixture
def places(db: None) -> None:
    """Two boroughs that share the name of a quarter, their offices and a central one."""
    for number in (5, 13):
        arrondissement, _created = Arrondissement.objects.get_or_create(number=number)
        Quartier.objects.get_or_create(arrondissement=arrondissement, name="Missité")
        Office.objects.get_or_create(
            code=f"arrondissement-{number}",
            defaults={
                "kind": "BOROUGH",
                "arrondissement": arrondissement,
                "name_fr": f"Bureau du {number}e arrondissement",
                "name_en": f"Office of arrondissement {number}",
                "short_code": f"A{number}",
            },
        )
    Office.objects.get_or_create(
        code="etat-civil", defaults={"kind": "CENTRAL", "name_fr": "État civil", "short_code": "EC"}
    )


@pytest.fixture
def service(places: None) -> Service:
    return Service.objects.create(slug="certificat-essai", life_event="PAPERS")


@pytest.fixture
def version(service: Service, definition: dict[str, Any]) -> ServiceVersion:
    """The small service, published."""
    return publish(new_version(service, definition))


def version_with(*fields: dict[str, Any]) -> ServiceVersion:
    """A version that asks these questions in one step; not saved."""
    return ServiceVersion(form={"steps": [{"title": text("Étape"), "fields": list(fields)}]})
