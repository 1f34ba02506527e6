"""The form on paper: every question with its boxes, and a code that reopens its version."""

import io
import re
import shutil
import subprocess

import pikepdf
import pytest

from requests_app import blank_form
from requests_app.catalogue.field_types import TYPES
from requests_app.catalogue.forms import definitions_of
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.translated import in_active_language

pytestmark = pytest.mark.django_db

LIFE = "certificat-vie"


def current(slug=LIFE):
    return ServiceVersion.objects.select_related("service").get(service__slug=slug, service__current__isnull=False)


def of_every_kind(version):
    """The same version asking one question of each kind, not saved."""
    text = {"fr": "Question", "en": "Question"}
    pair = [
        {"value": "a", "label": {"fr": "Pomme", "en": "Apple"}},
        {"value": "b", "label": {"fr": "Orange", "en": "Orange"}},
    ]
    linked = [one | {"choices": pair} for one in pair]
    more = {"choice": {"choices": pair}, "choices": {"choices": pair}, "linked_choice": {"choices": linked}}
    inner = [{"key": "name", "type": "text", "label": {"fr": "Nom de l’enfant", "en": "Name of the child"}}]
    more["group"] = {"fields": inner, "max_items": 6, "item_label": {"fr": "Enfant", "en": "Child"}}
    fields = [{"key": f"q_{kind}", "type": kind, "label": text} | more.get(kind, {}) for kind in sorted(TYPES)]
    version.form = {"steps": [{"title": text, "fields": fields}]}
    return version


def test_the_form_is_an_accessible_a4_pdf_that_anybody_may_print(client, catalogue):
    answer = client.get(f"/demarches/{LIFE}/formulaire.pdf")
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [595, 842]
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "fr"
        assert "pdfuaid" in bytes(pdf.Root.Metadata.read_bytes()).decode()


@pytest.mark.parametrize("slug", ["certificat-vie", "permis-inhumer", "occupation-domaine-public"])
def test_every_question_and_every_piece_is_on_the_paper(catalogue, slug):
    version = current(slug)
    page = blank_form.blank_html(version)
    for label in [in_active_language(one["label"]) for one in definitions_of(version)]:
        assert label in page
    for piece in version.evidence:
        assert piece["label"] in page


def test_every_kind_of_question_has_something_to_write_in(catalogue):
    page = blank_form.blank_html(of_every_kind(current()))
    questions = re.split(r'<div class="q">', page)[1:]
    silent = {"heading", "explanation", "group"}
    drawn = [one for one in questions if re.search(r'class="(row line|box|tick|signature)"', one)]
    contact_and_signature = 4
    children = 2
    assert len(drawn) >= len(TYPES.keys() - silent) + contact_and_signature - 1 + children
    assert page.count("Nom de l’enfant") == children
    assert "continuez sur une feuille" in page


def test_a_condition_is_said_with_the_words_of_the_paper(catalogue):
    version = current()
    purpose = {"field": "purpose", "is": "equals", "value": "pension_abroad"}
    version.form["steps"][2]["fields"][1]["when"] = purpose
    version.evidence_i18n[0]["when"] = {"field": "can_come", "is": "equals", "value": False}
    page = blank_form.blank_html(version).replace("\u00a0", " ")
    assert "Seulement si « À quoi servira ce certificat ? » est « Une pension d’un autre pays »" in page
    assert "pension_abroad" not in page
    assert "Seulement si « La personne peut-elle venir au bureau ? » est « non »" in page


def test_an_unknown_price_and_an_unknown_address_are_said_to_be_unknown(catalogue):
    page = blank_form.blank_html(current("permis-inhumer"))
    assert "à confirmer" in page
    assert "Adresse à confirmer par la mairie" in page


@pytest.mark.skipif(not shutil.which("zbarimg"), reason="zbarimg is not installed")
def test_the_code_on_the_printed_page_says_the_service_and_its_version(client, catalogue, tmp_path, settings):
    paper = tmp_path / "form.pdf"
    paper.write_bytes(client.get(f"/demarches/{LIFE}/formulaire.pdf").content)
    subprocess.run(["pdftoppm", "-r", "150", "-f", "1", "-l", "1", "-png", paper, tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    read = subprocess.run(["zbarimg", "-q", "--raw", *pages], capture_output=True, text=True, check=True)
    assert read.stdout.strip() == f"{settings.SITE_BASE_URL}/papier/{LIFE}/{current().number}/"


def test_the_code_leads_staff_to_the_counter_and_others_to_the_service(client, catalogue, cast, signed_in):
    number = current().number
    assert client.get(f"/papier/{LIFE}/{number}/").url == f"/demarches/commencer/{LIFE}/"
    assert signed_in(cast.fifame).get(f"/papier/{LIFE}/{number}/").url == f"/agent/guichet/{LIFE}/{number}/"
    assert client.get(f"/papier/{LIFE}/{number + 5}/").status_code == 404


def test_the_form_of_an_earlier_version_keeps_its_questions(client, catalogue):
    version = current()
    number = version.number
    version.form["steps"][0]["fields"][0]["label"] = {"fr": "Nouveau nom", "en": "New name"}
    version.pk, version.number, version._state.adding = None, number + 1, True
    version.save()
    Service.objects.filter(slug=LIFE).update(current=version)
    old = ServiceVersion.objects.get(service__slug=LIFE, number=number)
    assert "Nouveau nom" in blank_form.blank_html(ServiceVersion.objects.get(pk=version.pk))
    assert "Nouveau nom" not in blank_form.blank_html(old)
    assert client.get(f"/demarches/{LIFE}/formulaire-{number}.pdf").status_code == 200


def test_what_is_not_filed_here_or_not_published_has_no_form(client, catalogue):
    version = current()
    version.pk, version.number, version.published_at, version._state.adding = None, version.number + 1, None, True
    version.save()
    for address in (
        "casier-judiciaire/formulaire.pdf",
        "nulle-part/formulaire.pdf",
        f"{LIFE}/formulaire-{version.number}.pdf",
    ):
        assert client.get(f"/demarches/{address}").status_code == 404


def test_too_many_forms_in_a_minute_are_refused(client, catalogue, settings):
    answers = [client.get(f"/demarches/{LIFE}/formulaire.pdf").status_code for _turn in range(14)]
    assert answers[:12] == [200] * 12
    assert answers[-1] == 429
