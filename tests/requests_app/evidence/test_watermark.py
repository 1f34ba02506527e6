"""Staff see identity papers marked with the request they serve; the unmarked original never reaches them."""

import io
import time

import pikepdf
import pytest
from django.test import Client
from PIL import Image, ImageChops

from requests_app import workflow
from requests_app.catalogue.models import ServiceVersion
from requests_app.evidence import erasing, watermark
from requests_app.models import Channel, Evidence
from requests_app.states import State
from tests.requests_app.desk import read_by

WORDS = "Mairie de Cotonou – demande K7M2-X4TD-B – usage exclusif : instruction de la demande"


def paper(size=(800, 500), kind="JPEG", colour=(240, 240, 230)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def pdf(*sizes, rotate=0):
    with pikepdf.new() as document:
        for size in sizes:
            document.add_blank_page(page_size=size).Rotate = rotate
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def changed_share(before, after):
    """The share of the pixels that the mark changed visibly, in each quarter of the picture."""
    pictures = [Image.open(io.BytesIO(content)).convert("RGB") for content in (before, after)]
    red, green, blue = ImageChops.difference(*pictures).split()
    difference = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    width, height = difference.size
    quarters = [(x, y, x + width // 2, y + height // 2) for x in (0, width // 2) for y in (0, height // 2)]
    shares = []
    for quarter in quarters:
        counts = difference.crop(quarter).histogram()
        shares.append(sum(counts[20:]) / sum(counts))
    return shares


@pytest.mark.parametrize("colour", [(240, 240, 230), (30, 30, 30), (128, 128, 128)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_every_quarter_of_a_picture_is_marked_and_the_paper_still_read(kind, colour):
    before = paper(kind=kind, colour=colour)
    after = watermark.marked(before, f"image/{kind.lower()}", WORDS)
    assert Image.open(io.BytesIO(after)).format == kind
    assert Image.open(io.BytesIO(after)).size == (800, 500)
    assert all(0.04 < share < 0.5 for share in changed_share(before, after))


def test_without_the_mark_nothing_changes():
    """Negative control of the measure above."""
    assert changed_share(paper(), paper()) == [0, 0, 0, 0]


def test_each_page_of_a_pdf_is_marked_over_its_whole_size():
    after = watermark.marked(pdf((595, 842), (842, 595), (595, 842), rotate=90), "application/pdf", WORDS)
    with pikepdf.open(io.BytesIO(after)) as document:
        for page in document.pages:
            marks = [image for image in page.images.values() if "/SMask" in image]
            assert len(marks) == 2  # the ink and its halo
            content = page.Contents if isinstance(page.Contents, pikepdf.Stream) else page.Contents[-1]
            width, height = page.mediabox[2], page.mediabox[3]
            assert b"%d 0 0 %d" % (width, height) in content.read_bytes()


def test_what_a_page_does_to_its_own_coordinates_does_not_move_the_mark():
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(595, 842))
        page.Contents = document.make_stream(b"0.001 0 0 0.001 9000 9000 cm")
        out = io.BytesIO()
        document.save(out)
    after = watermark.marked(out.getvalue(), "application/pdf", WORDS)
    with pikepdf.open(io.BytesIO(after)) as document:
        parts = b" ".join(stream.read_bytes() for stream in document.pages[0].Contents)
    assert parts.index(b"q\n") < parts.index(b"9000") < parts.index(b"\nQ") < parts.index(b"Do Q")


def test_the_cost_of_a_mark_is_bounded():
    began = time.perf_counter()
    watermark.marked(paper((3508, 2480)), "image/jpeg", WORDS)
    watermark.marked(pdf(*[(595, 842)] * 60), "application/pdf", WORDS)
    assert time.perf_counter() - began < 20  # half a second on an idle machine


@pytest.mark.django_db
def test_a_clerk_sees_the_marked_paper_and_the_citizen_the_original(filed_case, cast, signed_in, private_files):
    case = filed_case(state=State.UNDER_REVIEW)
    file = case.evidence.get(piece="identity")
    original = (private_files / file.file.name).read_bytes()
    sena = signed_in(cast.sena)
    address = f"/agent/demande/{case.reference}/piece/{file.pk}/"
    shown = b"".join(sena.get(address).streaming_content)
    assert shown != original
    assert sum(changed_share(original, shown)) > 0
    assert b"".join(sena.get(address).streaming_content) == shown  # kept, drawn once
    assert case.shown_reference in watermark.words_for(case.shown_reference)
    part = sena.get(address, headers={"Range": "bytes=0-99"})
    assert b"".join(part.streaming_content) == shown[:100] != original[:100] or shown[100:] != original[100:]


@pytest.mark.django_db
def test_a_paper_that_is_not_of_identity_is_shown_as_it_is(filed_case, cast, signed_in, private_files):
    case = filed_case("permis-inhumer", state=State.UNDER_REVIEW)
    file = case.evidence.get(piece="death_certificate")
    answer = signed_in(cast.koffi).get(f"/agent/demande/{case.reference}/piece/{file.pk}/")
    assert b"".join(answer.streaming_content) == (private_files / file.file.name).read_bytes()


@pytest.mark.django_db
def test_the_marked_file_goes_away_with_the_original(filed_case, private_files, django_capture_on_commit_callbacks):
    file = filed_case().evidence.get(piece="identity")
    watermark.marked_file(file).close()
    assert (private_files / watermark.marked_name(file)).exists()
    with django_capture_on_commit_callbacks(execute=True):
        erasing.discard(file)
    assert not (private_files / watermark.marked_name(Evidence(file=file.file.name))).exists()


@pytest.mark.django_db
def test_the_identity_papers_of_the_shipped_services_are_marked(catalogue):
    marked = {
        piece["key"]
        for version in ServiceVersion.objects.filter(number__isnull=False)
        for piece in version.evidence
        if piece["identity"]
    }
    assert marked == {"identity", "identities", "witness_identities"}


@pytest.mark.django_db
@pytest.mark.parametrize("channel", [Channel.COUNTER, Channel.RELAY])
def test_staff_see_the_paper_of_a_draft_marked_too_even_signed_out(draft, cast, signed_in, private_files, channel):
    case = draft("certificat-vie", channel=channel)
    file = case.evidence.get(piece="identity")
    original = (private_files / file.file.name).read_bytes()
    for browser in (signed_in(cast.fifame), Client()):
        shown = b"".join(browser.get(f"/demande/{case.token}/pieces/{file.pk}/").streaming_content)
        assert sum(changed_share(original, shown)) > 0


@pytest.mark.django_db
def test_a_citizen_alone_before_her_draft_sees_her_own_paper(draft, cast, signed_in, private_files):
    case = draft("certificat-vie")
    file = case.evidence.get(piece="identity")
    original, address = (private_files / file.file.name).read_bytes(), f"/demande/{case.token}/pieces/{file.pk}/"
    assert b"".join(Client().get(address).streaming_content) == original
    # The same address opened by staff who are signed in.
    assert b"".join(signed_in(cast.sena).get(address).streaming_content) != original


@pytest.mark.django_db
def test_the_mark_of_a_draft_does_not_stay_once_the_number_is_known(draft, cast, signed_in, private_files):
    case = draft("certificat-vie", channel=Channel.COUNTER)
    file = case.evidence.get(piece="identity")
    before = b"".join(signed_in(cast.fifame).get(f"/demande/{case.token}/pieces/{file.pk}/").streaming_content)
    workflow.submit(case, by=cast.fifame)
    case.refresh_from_db()
    sena, address = signed_in(cast.sena), f"/agent/demande/{case.reference}/piece/{file.pk}/"
    read_by(sena, case)
    assert b"".join(sena.get(address).streaming_content) != before
