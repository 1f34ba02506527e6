"""A PDF is looked at page by page, as a picture and marked like it; a broken or a greedy one harms nobody."""

import io
import time

import pikepdf
import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageChops

from arrondissements.models import JournalEntry
from requests_app.evidence import erasing, pages, watermark
from requests_app.models import Evidence
from requests_app.states import State
from tests.requests_app.desk import read_by, text_of
from tests.requests_app.evidence.test_watermark import pdf

pytestmark = pytest.mark.django_db
A4 = (595, 842)


def squares(*colours):
    """A PDF of one page a colour, wholly painted."""
    with pikepdf.new() as document:
        for red, green, blue in colours:
            page = document.add_blank_page(page_size=A4)
            page.contents_add(f"{red} {green} {blue} rg 0 0 {A4[0]} {A4[1]} re f".encode())
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


@pytest.fixture
def paper(filed_case):
    """`paper(content, piece="identity")`: a case under review with this PDF."""

    def _paper(content, piece="identity", count=2):
        case = filed_case(state=State.UNDER_REVIEW, surname=f"Nom {piece}")
        file = Evidence(case=case, piece=piece, original_name="carte.pdf", media_type="application/pdf", pages=count)
        file.sha256, file.size = "0" * 64, len(content)
        file.file.save("carte.pdf", ContentFile(content), save=True)
        return case, file

    return _paper


def at(case, file, rest="voir/"):
    return f"/agent/demande/{case.reference}/piece/{file.pk}/{rest}"


def picture(answer):
    return Image.open(io.BytesIO(b"".join(answer.streaming_content))).convert("RGB")


def test_each_page_is_shown_as_a_picture_and_the_links_lead_to_the_next(paper, signed_in, cast):
    case, file = paper(squares((1, 0, 0), (0, 0, 1)), piece="deed")
    client = signed_in(cast.sena)
    page = text_of(client.get(at(case, file)))
    assert "Page 1 sur 2" in page
    assert at(case, file, "page/1/") in page
    assert 'rel="next" data-portal-key="s"' in page
    assert 'rel="prev"' not in page
    second = text_of(client.get(at(case, file) + "?page=2&zoom=2&turn=90"))
    assert f'class="zoom-2 turn-90" src="{at(case, file, "page/2/")}"' in second
    shown = [picture(client.get(at(case, file, f"page/{number}/"))) for number in (1, 2)]
    assert [one.getpixel((50, 50)) for one in shown] == [pytest.approx(c, abs=8) for c in ((255, 0, 0), (0, 0, 255))]
    assert max(shown[0].size) == pages.LONGEST_SIDE


def test_the_zoom_and_the_turn_are_kept_from_page_to_page(paper, signed_in, cast):
    case, file = paper(squares((1, 0, 0), (0, 0, 1)), piece="deed")
    page = text_of(signed_in(cast.sena).get(at(case, file) + "?zoom=3&turn=180"))
    assert "?page=2&amp;zoom=3&amp;turn=180" in page


def test_an_identity_paper_is_drawn_with_its_mark_and_another_piece_without(paper, signed_in, cast):
    blank = Image.new("RGB", (1, 1), "white").resize(A4)
    marks = {}
    for piece in ("identity", "deed"):
        case, file = paper(pdf(A4, A4), piece)
        shown = picture(signed_in(cast.sena).get(at(case, file, "page/2/"))).resize(A4)
        marks[piece] = ImageChops.difference(shown, blank).getbbox()
    assert marks["deed"] is None
    left, top, right, bottom = marks["identity"]
    assert (right - left) * (bottom - top) > 0.9 * A4[0] * A4[1]


def test_the_reading_is_written_and_another_office_finds_nothing(paper, signed_in, cast):
    case, file = paper(pdf(A4, A4))
    read_by(signed_in(cast.rekia), case)
    assert signed_in(cast.rekia).get(at(case, file, "page/1/")).status_code == 200
    assert JournalEntry.objects.filter(obj=f"evidence:{file.pk}", by=cast.rekia, chain="reads").exists()
    for number in ("1", "3", "0"):
        assert signed_in(cast.codjo).get(at(case, file, f"page/{number}/")).status_code == 404
    assert signed_in(cast.sena).get(at(case, file, "page/3/")).status_code == 404


def test_a_page_is_drawn_once_and_goes_away_with_its_piece(paper, signed_in, cast, private_files):
    case, file = paper(pdf(A4, A4))
    signed_in(cast.sena).get(at(case, file))
    storage, name = file.file.storage, pages.page_name(file, 1)
    kept = storage.get_modified_time(name)
    signed_in(cast.sena).get(at(case, file, "page/1/"))
    assert storage.get_modified_time(name) == kept
    assert storage.path(name).startswith(str(private_files))
    erasing.of_files(file)()
    assert [one for one in (name, watermark.marked_name(file), file.file.name) if storage.exists(one)] == []


@pytest.mark.parametrize("piece", ["deed", "identity"])
def test_a_broken_pdf_gets_a_sentence_and_can_be_saved(paper, signed_in, cast, piece):
    case, file = paper(b"%PDF-1.7 cut short", piece, count=1)
    answer = signed_in(cast.sena).get(at(case, file))
    assert answer.status_code == 200
    assert "Cette page ne peut pas être affichée" in answer.text
    assert "Enregistrer le PDF" in answer.text
    assert signed_in(cast.sena).get(at(case, file, "page/1/")).status_code == 404


def test_two_papers_are_read_side_by_side_each_on_its_page(paper, signed_in, cast):
    case, file = paper(squares((1, 0, 0), (0, 0, 1)), piece="deed")
    beside = Evidence(case=case, piece="other", original_name="plan.pdf", media_type="application/pdf", pages=3)
    beside.sha256, beside.size = "1" * 64, 1
    beside.file.save("plan.pdf", ContentFile(pdf(A4, A4, A4)), save=True)
    page = text_of(signed_in(cast.sena).get(at(case, file) + f"?page=2&avec={beside.pk}&avec_page=3"))
    assert at(case, file, "page/2/") in page
    assert at(case, beside, "page/3/") in page
    assert f"page=2&amp;zoom=1&amp;turn=0&amp;avec={beside.pk}&amp;avec_page=2" in page


def test_a_huge_page_is_drawn_small_and_a_long_work_is_cut(monkeypatch):
    big = Image.open(io.BytesIO(pages.drawn(pdf((14_000, 9_000)), 1)))
    assert max(big.size) == pages.LONGEST_SIDE
    small = Image.open(io.BytesIO(pages.drawn(pdf((100, 50)), 1)))
    assert small.size == (400, 200)
    start = time.monotonic()
    with pytest.raises(pages.UnreadablePage):
        pages.drawn(pdf(A4), 1, seconds=0.01)
    assert time.monotonic() - start < 5


def test_memory_is_bounded():
    """A picture of 30,000 × 30,000 pixels wants 2.7 GB: it is refused, and this process has not grown for it."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=A4)
        side = 30_000
        picture = document.make_stream(b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        picture.Width = picture.Height = side
        picture.ColorSpace, picture.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
        name = document.pages[0].add_resource(picture, pikepdf.Name.XObject)
        document.pages[0].contents_add(f"595 0 0 842 0 0 cm {name} Do".encode())
        out = io.BytesIO()
        document.save(out)
    try:
        drawn = pages.drawn(out.getvalue(), 1)
    except pages.UnreadablePage:
        return
    assert max(Image.open(io.BytesIO(drawn)).size) == pages.LONGEST_SIDE
