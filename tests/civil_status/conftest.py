"""A paper ready to be issued, and the means to issue it."""

import dataclasses
import datetime
from typing import Any

import pytest
from django.utils import timezone

from civil_status.documents import issuance
from civil_status.documents.content import DocumentContent, Draft, Holder, Signatory

CERTIFICATE = Draft(
    template="certificate",
    type_label="Certificat de vie",
    holder=Holder(
        surname="HOUNGBÉDJI",
        given_names="Ɖɔ̀nanɖé Ṣadé",
        birth_date=datetime.date(1951, 4, 17),
        birth_place="Ouidah",
        sex="F",
    ),
    signatory=Signatory(name="Rékia ADJOVI", title="L’Officier de l’état civil"),
    paragraphs=("Nous certifions que HOUNGBÉDJI Ɖɔ̀nanɖé Ṣadé Ẹniọlá, née à Ouidah, est en vie.",),
    facts=(("Nom", "HOUNGBÉDJI"), ("Prénoms", "Ɖɔ̀nanɖé Ṣadé")),
)
FROZEN = DocumentContent(
    draft=CERTIFICATE,
    number="N°0001/2026/MCOT/A01/CV",
    kind="certificat-vie",
    letterhead=(
        "République du Bénin",
        "Fraternité – Justice – Travail",
        "Département du Littoral",
        "Mairie de Cotonou",
    ),
    office="1er arrondissement",
    office_number=1,
    place="Cotonou",
    issued_on=datetime.date(2026, 11, 23),
    valid_until=datetime.date(2027, 2, 23),
    site="https://e.cotonou.bj",
)


@pytest.fixture
def certificate() -> Draft:
    """A complete, ordinary certificate."""
    return CERTIFICATE


@pytest.fixture
def frozen() -> DocumentContent:
    """Its content, numbered and dated."""
    return FROZEN


@pytest.fixture
def issue(cast: Any, seal_key: None, private_files: Any):
    """`issue(holder=…)`: a document issued today by the 1st arrondissement; named parts of the draft may change."""

    def _issue(*, valid_until: datetime.date | None = None, on: datetime.date | None = None, **changes: Any):
        return issuance.issue(
            dataclasses.replace(CERTIFICATE, **changes),
            kind="certificat-vie",
            series="CV",
            office=cast.first,
            signatory=cast.rekia,
            on=on or timezone.localdate(),
            valid_until=valid_until,
        )

    return _issue
