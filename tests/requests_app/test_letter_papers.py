"""A letter, from the form of a citizen to the paper that somebody scans."""

import copy
import datetime
import re
import shutil
import subprocess

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from civil_status.documents import document_codes, rendering
from civil_status.documents.models import IssuedDocument
from civil_status.documents.verification import verify
from requests_app import filing, workflow
from requests_app.catalogue.models import Service
from requests_app.catalogue.publishing import new_version, publish
from requests_app.models import ServiceRequest
from requests_app.states import State
from tests.cast import deliver_all
from tests.requests_app.catalogue.conftest import DEFINITION, field, text

pytestmark = pytest.mark.django_db

ESCORTED = {"field": "escorted", "is": "equals", "value": True}
FORM = [
    field("surname", "name"),
    field("given_names", "name"),
    field("home", "quartier"),
    field("minors", "group", min_items=1, fields=[field("full_name", "name"), field("birth", "date", limit="past")]),
    field("escorted", "yes_no"),
    field("escort", "name", when=ESCORTED),
]
LETTER = {
    "series": "ASM",
    "title": text("Autorisation de sortie de mineurs"),
    "body": [
        "Sur la demande {reference} déposée le {filed_on}, il est autorisé la sortie de {minors}.",
        {"text": "Ils voyagent avec {escort}.", "when": ESCORTED},
    ],
    "printed": [{"field": "surname", "label": text("Nom du parent")}],
    "holder": {"surname": "surname", "given_names": "given_names"},
}
MINORS = [
    {"full_name": "Sènan Ɖɔ̀nanɖé", "birth": "2015-05-03"},
    {"full_name": "Rosine DOSSOU", "birth": "2017-01-01"},
]
ANSWERS = {"surname": "DOSSOU", "given_names": "Awa", "home": "5:Gbéto", "minors": MINORS, "escorted": False}


@pytest.fixture
def outing(catalogue: None, private_files: None, seal_key: None) -> Service:
    definition = copy.deepcopy(DEFINITION) | {
        "signatory_role": "EXECUTIVE_SECRETARY",
        "document_template": "letter",
        "document": LETTER,
        "evidence": [],
        "form": {"steps": [{"title": text("x"), "fields": FORM}]},
    }
    service = Service.objects.create(slug="sortie-de-mineurs", life_event="PAPERS")
    publish(new_version(service, definition))
    return Service.objects.select_related("current").get(pk=service.pk)


def signed(outing: Service, cast, **answers) -> ServiceRequest:
    case = filing.start(outing, language="en")
    filing.save_step(case, 0, ANSWERS | answers)
    filing.save_contact(case, name="Awa Dossou", phone="+2290197000001")
    workflow.submit(case)
    workflow.take(case, by=cast.codjo)
    workflow.accept(case, by=cast.codjo)
    workflow.issue(case, by=cast.secretary)
    deliver_all()
    case.refresh_from_db()
    return case


def printed(case: ServiceRequest) -> str:
    path = rendering.private().path(case.document.file_name)
    read = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    return re.sub(r"\s+", " ", read.stdout)


def test_a_letter_holds_what_was_answered_and_is_recognised(outing, cast):
    case = signed(outing, cast)
    paper = printed(case)
    assert case.state == State.READY
    assert case.document.number.endswith("/ASM"), "the series the editor wrote"
    for words in ("À l’attention de", "Awa DOSSOU", "Objet : Autorisation de sortie de mineurs", case.shown_reference):
        assert words in paper
    assert "la sortie de Sènan Ɖɔ̀nanɖé, 3 mai 2015 ; Rosine DOSSOU, 1er janvier 2017." in paper
    assert "voyagent" not in paper
    answer = verify(document_codes.unlock(case.document.code_locked))
    assert (answer.status, answer.number, answer.type) == ("valid", case.document.number, LETTER["title"]["fr"])
    assert "5e arrondissement" in answer.office


def test_a_paragraph_of_the_letter_follows_the_answers(outing, cast):
    assert "Ils voyagent avec Koffi AGBO." in printed(signed(outing, cast, escorted=True, escort="Koffi AGBO"))


def test_who_instructed_does_not_sign_and_another_borough_instructs_nothing(outing, cast):
    case = filing.start(outing, language="fr")
    filing.save_step(case, 0, ANSWERS)
    filing.save_contact(case, name="Awa Dossou", phone="+2290197000001")
    workflow.submit(case)
    with pytest.raises(PermissionDenied):
        workflow.take(case, by=cast.sena)
    workflow.take(case, by=cast.codjo)
    workflow.accept(case, by=cast.codjo)
    for user in (cast.codjo, cast.afiavi):
        with pytest.raises(workflow.Refused):
            workflow.issue(case, by=user)
    assert not IssuedDocument.objects.exists()


def test_the_day_of_filing_is_that_of_cotonou(outing, cast):
    """23:30 in Greenwich is already tomorrow in Cotonou."""
    late = timezone.now().replace(hour=23, minute=30)
    with time_machine.travel(late, tick=False):
        paper = printed(signed(outing, cast))
    assert f"déposée le {rendering.long_date((late + datetime.timedelta(1)).date())}," in paper


@pytest.mark.skipif(not shutil.which("zbarimg"), reason="zbarimg is not installed")
def test_the_square_of_the_letter_leads_to_its_verification(outing, cast, client, tmp_path):
    case = signed(outing, cast)
    path = rendering.private().path(case.document.file_name)
    subprocess.run(["pdftoppm", "-r", "150", "-png", path, tmp_path / "page"], check=True)
    read = subprocess.run(
        ["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", *sorted(tmp_path.glob("page*.png"))],
        capture_output=True,
        text=True,
        check=True,
    )
    code = re.search(r"/V/([0-9A-Z]{16})#", read.stdout)[1]
    assert "Document valide" in client.get(f"/v/{code}").text
