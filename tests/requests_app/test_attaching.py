"""Attaching the pieces: a bad file says why, a good one is kept at once and stays private."""

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal.demo.cases import picture
from requests_app import filing
from requests_app.catalogue import publishing
from requests_app.catalogue.models import Service
from requests_app.models import Evidence
from tests.requests_app.citizen import LIFE, begun, page

pytestmark = pytest.mark.django_db


def jpeg(name="photo.jpg", size=(60, 40), cut=0):
    image = io.BytesIO()
    Image.new("RGB", size, "white").save(image, "JPEG")
    content = image.getvalue()
    return SimpleUploadedFile(name, content[: len(content) - cut], "image/jpeg")


def pdf(name="acte.pdf", *, script=False, password=False):
    with pikepdf.new() as document:
        document.add_blank_page()
        if script:
            document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        out = io.BytesIO()
        document.save(out, encryption=pikepdf.Encryption(owner="a", user="b") if password else None)
    return SimpleUploadedFile(name, out.getvalue(), "application/pdf")


REFUSED = [
    (lambda: SimpleUploadedFile("vide.jpg", b""), "Ce fichier est vide"),
    (lambda: SimpleUploadedFile("photo.jpg", b"MZ" + b"\0" * 500), "n’est pas ce que dit son nom"),
    (lambda: SimpleUploadedFile("virus.exe", b"MZ"), "Ce type de fichier n’est pas accepté"),
    (lambda: SimpleUploadedFile("film.jpg", b"\xff\xd8\xff" + b"\0" * 50_000_000), "trop lourd"),
    (lambda: jpeg(cut=200), "abîmée ou incomplète"),
    (lambda: jpeg(size=(6000, 5000)), "trop grande"),
    (lambda: pdf(password=True), "mot de passe"),
    (lambda: pdf(script=True), "programme ou un fichier caché"),
]


@pytest.mark.parametrize(("make", "sentence"), REFUSED)
def test_a_bad_file_is_refused_with_its_reason_and_the_rest_is_kept(awa, make, sentence):
    case = begun(awa, "permis-inhumer")
    files = {"piece-identity": make(), "piece-death_certificate": jpeg("deces.jpg"), "attach": "1"}
    answer = awa.post(page(case, "evidence"), files)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "deces.jpg" in answer.text
    assert [file.piece for file in case.evidence.all()] == ["death_certificate"]


def test_a_good_file_is_kept_drawn_again_and_private(awa, private_files):
    case = begun(awa)
    awa.post(page(case, "evidence"), {"piece-identity": jpeg("../../Ma photo\u202e.jpeg"), "attach": "1"})
    file = case.evidence.get()
    assert file.original_name == "Ma photo.jpg"
    assert private_files in (private_files / file.file.name).resolve().parents
    answer = awa.get(page(case, "draft-file", file.pk))
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")


def test_a_new_photo_replaces_the_old_one_and_its_file(awa, private_files, django_capture_on_commit_callbacks):
    service = Service.objects.get(slug=LIFE)
    definition = publishing.definition_of(service.current)
    definition["evidence"][0]["max_files"] = 1
    publishing.publish(publishing.new_version(service, definition))
    case = begun(awa)
    first = filing.attach(case, "identity", picture("a.jpg", "first"))
    with django_capture_on_commit_callbacks(execute=True):
        filing.attach(case, "identity", picture("b.jpg", "second"))
    assert case.evidence.get().original_name == "b.jpg"
    assert not (private_files / first.file.name).exists()


def test_a_piece_takes_as_many_files_as_it_says(awa):
    case = begun(awa)
    most = next(piece["max_files"] for piece in case.version.evidence if piece["key"] == "identity")
    for number in range(most):
        filing.attach(case, "identity", picture("a.jpg", f"side {number}"))
    answer = awa.post(page(case, "evidence"), {"piece-identity": picture("a.jpg", "one more"), "attach": "1"})
    assert answer.status_code == 422
    assert f"Vous avez déjà joint {most} fichiers" in answer.text
    assert case.evidence.count() == most


def test_the_same_file_sent_twice_is_once(awa):
    case = begun(awa)
    first, second = (filing.attach(case, "identity", picture("a.jpg", "same")) for _ in range(2))
    assert first == second
    assert Evidence.objects.count() == 1


def test_a_piece_that_is_not_asked_is_refused(awa):
    with pytest.raises(filing.RefusedFile):
        filing.attach(begun(awa), "love_letter", picture("a.jpg", "x"))


def test_a_file_can_be_removed_and_removing_it_twice_is_harmless(awa):
    case = begun(awa)
    file = filing.attach(case, "identity", picture("a.jpg", "x"))
    for _ in range(2):
        assert awa.post(page(case, "evidence"), {"remove": str(file.pk)}).status_code == 303
    assert not case.evidence.exists()


def test_a_file_of_another_request_is_neither_shown_nor_removed(awa):
    mine, other = begun(awa), begun(awa)
    file = filing.attach(other, "identity", picture("a.jpg", "x"))
    assert awa.get(page(mine, "draft-file", file.pk)).status_code == 404
    awa.post(page(mine, "evidence"), {"remove": str(file.pk)})
    assert other.evidence.exists()


def test_going_on_without_a_piece_says_which(awa):
    case = begun(awa)
    answer = awa.post(page(case, "evidence"), {"next": "1"})
    assert answer.status_code == 422
    assert "Joignez cette pièce." in answer.text


def test_a_file_chosen_when_going_on_is_taken_along(awa):
    case = begun(awa)
    answer = awa.post(page(case, "evidence"), {"piece-identity": jpeg(), "next": "1"})
    assert answer.url == page(case, "review")
