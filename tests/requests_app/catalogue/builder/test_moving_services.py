"""A service that leaves as a file comes back as a draft, by the command too; nothing is published."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from requests_app.catalogue.builder import convert
from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.publishing import definition_of

pytestmark = pytest.mark.django_db
LIFE = "certificat-vie"


@pytest.fixture
def file(catalogue, tmp_path):
    path = tmp_path / "service.json"
    call_command("export_service", LIFE, "--to", str(path))
    return path


def imported(*arguments):
    said = io.StringIO()
    call_command("import_service", *arguments, stdout=said)
    return said.getvalue()


def test_the_file_comes_back_as_the_draft_of_a_new_service(file):
    versions = ServiceVersion.objects.count()
    said = imported(str(file), "--as", "certificat-vie-ici")
    draft = ServiceDraft.objects.get(slug="certificat-vie-ici")
    assert convert.definition_of(draft) == definition_of(Service.objects.get(slug=LIFE).current)
    assert draft.service is None
    assert "Rien n’est publié" in said
    assert ServiceVersion.objects.count() == versions


def test_the_command_makes_no_second_draft_of_a_name(file):
    imported(str(file), "--as", "ici")
    with pytest.raises(CommandError, match="Rien n’est importé"):
        imported(str(file), "--as", "ici")
    imported(str(file), "--as", "ici", "--replace")
    assert ServiceDraft.objects.filter(slug="ici").count() == 1


def test_an_office_that_is_not_here_is_reported_or_mapped(file):
    data = json.loads(file.read_text())
    data["definition"]["routing"]["default"] = "mairie-annexe"
    file.write_text(json.dumps(data))
    assert "« mairie-annexe » (mairie-annexe) n’existe pas ici" in imported(str(file), "--as", "un")
    said = imported(str(file), "--as", "deux", "--office", "mairie-annexe=etat-civil")
    assert "n’existe pas ici" not in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["absent.json"], "absent.json"), (["FILE", "--office", "x"], "LEUR_CODE"), (["BAD"], "ne se lit pas")],
)
def test_what_cannot_be_imported_is_a_sentence(file, tmp_path, arguments, words):
    bad = tmp_path / "bad.json"
    bad.write_bytes(b"\xff\xfe")
    paths = {"FILE": str(file), "BAD": str(bad), "absent.json": str(tmp_path / "absent.json")}
    with pytest.raises(CommandError, match=words):
        imported(*[paths.get(argument, argument) for argument in arguments])
    assert not ServiceDraft.objects.exclude(service__slug=LIFE).exists()
