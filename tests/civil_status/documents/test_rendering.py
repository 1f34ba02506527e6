import dataclasses
import io
import logging
import re
import shutil
import subprocess

import pikepdf
import pytest
from django.utils import timezone

from civil_status.documents import document_codes, issuance, kinds, rendering, seal
from civil_status.documents.content import DocumentContent, Signatory
from civil_status.documents.models import IssuedDocument, SealKey
from civil_status.documents.press import press

pytestmark = pytest.mark.django_db
needs_poppler = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler-utils is not installed")


@pytest.fixture
def printed(issue):
    document = issue()
    rendering.render(document)
    return document


def pdf_path(document) -> str:
    return rendering.private().path(document.file_name)


def text_of(path: str) -> str:
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


def test_the_page_says_what_was_frozen(issue):
    document = issue()
    html = rendering.issued_html(document)
    for words in ("Certificat de vie", document.number, "HOUNGBÉDJI", "Ouidah", "Rékia ADJOVI", "Fraternité – Justice"):
        assert words in html
    assert document_codes.shown(document_codes.unlock(document.code_locked)) in html
    assert "vérifiable sur" in html
    assert "qualifiée" not in html


def test_the_signature_block_names_the_delegation(issue):
    signatory = Signatory(
        name="A. SÈ",
        title="",
        delegation="Pour le Secrétaire exécutif et par délégation",
        delegation_act="Arrêté n° 12/2026 du 4 mai 2026",
    )
    html = rendering.issued_html(issue(signatory=signatory))
    assert signatory.delegation in html
    assert signatory.delegation_act in html


def test_values_are_escaped(issue):
    html = rendering.issued_html(issue(facts=(("Nom", "<img src=file:///etc/passwd>"),)))
    assert "<img src=file" not in html
    assert "&lt;img src=file" in html


def test_rendering_writes_the_file_and_its_digest(printed):
    import hashlib

    data = rendering.open_pdf(printed).read()
    assert data.startswith(b"%PDF-1.7")
    row = IssuedDocument.objects.get(pk=printed.pk)
    assert row.file_sha256 == hashlib.sha256(data).hexdigest()
    assert row.rendered_at is not None


def test_rendering_twice_leaves_the_file_alone(printed):
    before = (rendering.private().get_modified_time(printed.file_name), printed.rendered_at)
    rendering.render(printed)
    rendering.render(IssuedDocument.objects.get(pk=printed.pk))
    printed.refresh_from_db()
    assert (rendering.private().get_modified_time(printed.file_name), printed.rendered_at) == before


def test_a_lost_file_is_printed_again_byte_for_byte(printed):
    data = rendering.open_pdf(printed).read()
    rendering.private().delete(printed.file_name)
    rendering.render(printed)
    assert rendering.open_pdf(printed).read() == data


def test_a_draft_left_by_a_power_cut_is_not_taken_for_the_file(issue):
    document = issue()
    name = f"documents/{document.year}/{document.code_index}.pdf"
    rendering.write_whole(rendering.private(), name, b"half")
    rendering.render(document)
    assert rendering.open_pdf(document).read(4) == b"%PDF"
    assert [path.name for path in rendering.Path(pdf_path(document)).parent.iterdir()] == [f"{document.code_index}.pdf"]


def test_before_it_is_rendered_there_is_nothing_to_open(issue):
    with pytest.raises(FileNotFoundError):
        rendering.open_pdf(issue())


@needs_poppler
def test_the_letters_of_fon_and_yoruba_reach_the_paper(printed):
    text = text_of(pdf_path(printed))
    for letters in ("Ɖɔ̀nanɖé", "Ṣadé", "Ẹniọlá", "CERTIFICAT DE VIE", "HOUNGBÉDJI"):
        assert letters in text


@needs_poppler
@pytest.mark.skipif(not shutil.which("zbarimg"), reason="zbarimg is not installed")
def test_the_qr_is_read_back_from_a_150_dpi_picture_of_the_page(printed, tmp_path):
    subprocess.run(["pdftoppm", "-r", "150", "-gray", "-png", pdf_path(printed), tmp_path / "page"], check=True)
    read = subprocess.run(
        ["zbarimg", "-q", "--raw", tmp_path / "page-1.png"], capture_output=True, text=True, check=True
    )
    code = document_codes.unlock(printed.code_locked)
    content = DocumentContent.from_canonical(printed.content)
    assert read.stdout.strip() == "".join(seal.segments(content.site, code, bytes(printed.seal)))


def test_only_the_bundled_fonts_are_embedded(printed):
    with pikepdf.open(rendering.open_pdf(printed)) as pdf:
        fonts = {str(font.BaseFont) for page in pdf.pages for font in page.Resources.Font.values()}
    assert fonts
    assert all(re.fullmatch(r"/[A-Z]{6}\+Paper(-Bold)?", name) for name in fonts), fonts


def test_the_file_declares_both_standards_and_is_tagged(printed):
    with pikepdf.open(rendering.open_pdf(printed)) as pdf:
        xmp = bytes(pdf.Root.Metadata.read_bytes())
        assert b'pdfaid:part="3"' in xmp
        assert b'pdfaid:conformance="A"' in xmp
        assert b'pdfuaid:part="1"' in xmp
        assert b"pdfaExtension:schemas" in xmp
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "fr"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        elements = [
            thing for thing in pdf.objects if getattr(thing, "get", None) and thing.get("/Type") == "/StructElem"
        ]
        figures = [element for element in elements if element.S == "/Figure"]
        assert len(figures) == 1
        assert "Code QR" in str(figures[0].Alt)
        assert all(element.A.Scope == "/Row" for element in elements if element.S == "/TH")


def test_weasyprint_has_nothing_to_complain_about(issue, caplog):
    with caplog.at_level(logging.WARNING):
        rendering.render(issue())
        rendering.render(issue(template="permit", legal_basis=("Décret n° 2024-991",)))
        rendering.render(issue(template="letter", title="Autorisation de sortie", facts=()))
        rendering.render(issue(template="attestation", paragraphs=("Un paragraphe. " * 60,) * 8))
    assert [record for record in caplog.records if record.name.startswith(("weasyprint", "fontTools"))] == []


def test_a_letter_is_addressed_says_what_it_is_about_and_adds_no_formula(issue):
    document = issue(
        template="letter", title="Autorisation de sortie de mineurs", paragraphs=("Madame,", "C’est <oui>.")
    )
    html = rendering.issued_html(document)
    assert "<strong>Ɖɔ̀nanɖé Ṣadé HOUNGBÉDJI</strong>" in html
    assert "<h1>Objet : Autorisation de sortie de mineurs</h1>" in html
    assert html.count("<h1>") == 1
    assert "C’est &lt;oui&gt;." in html
    assert "En foi de quoi" not in html
    rendering.render(document)
    with pikepdf.open(rendering.open_pdf(document)) as pdf:
        assert len(pdf.pages) == 1
        xmp = bytes(pdf.Root.Metadata.read_bytes())
        assert b'pdfaid:conformance="A"' in xmp
        assert b'pdfuaid:part="1"' in xmp
        assert pdf.Root.MarkInfo.Marked


def test_a_letter_without_given_names_has_no_stray_space(issue, certificate):
    holder = dataclasses.replace(certificate.holder, given_names="")
    assert "<strong>HOUNGBÉDJI</strong>" in rendering.issued_html(issue(template="letter", holder=holder))


def test_a_letter_of_a_service_made_on_screen_is_sealed_as_a_letter():
    assert kinds.seal_type("sortie-de-mineurs", "letter") == 4
    assert kinds.NAMES[4] == "Lettre"


def test_the_press_opens_neither_files_nor_the_network(caplog):
    images = ['<img src="file:///etc/passwd" alt="">', '<img src="http://127.0.0.1:9/" alt="">']
    html = f'<html lang="fr"><title>x</title><p>x{"".join(images)}'
    with caplog.at_level(logging.ERROR, logger="weasyprint"):
        press().print(html, identifier=b"x" * 32)
    assert sum("disallowed protocol" in record.getMessage() for record in caplog.records) == 2


def test_a_long_attestation_flows_to_more_pages_and_bears_its_seal_once_at_the_end(issue):
    document = issue(template="attestation", paragraphs=("Le passage des piétons reste libre. " * 30,) * 6)
    rendering.render(document)
    with pikepdf.open(rendering.open_pdf(document)) as pdf:
        drawn = [page.Contents.read_bytes().count(b" Do") for page in pdf.pages]
    assert len(drawn) > 1
    assert drawn == [0] * (len(drawn) - 1) + [1]


# -- Specimens --------------------------------------------------------------------------------------


def test_a_preview_is_a_specimen_without_number_code_or_seal_and_needs_no_key(certificate, cast):
    assert not SealKey.objects.exists()
    content = issuance.freeze(certificate, kind="certificat-vie", office=cast.first, on=timezone.localdate())
    html = rendering.preview_html(content)
    assert "SPÉCIMEN" in html
    assert "Code QR" not in html
    assert "N°0" not in html
    assert rendering.preview_pdf(content).startswith(b"%PDF")


def test_the_demonstration_says_it_is_one(issue, settings):
    document = issue()
    settings.DEMO = True
    assert "Démonstration – sans valeur" in rendering.issued_html(document)
    settings.DEMO = False
    assert "Démonstration" not in rendering.issued_html(document)


def test_the_town_halls_own_logo_is_printed_when_it_gives_one(issue, settings, tmp_path):
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (20, 20), "navy").save(out, "PNG")
    (tmp_path / "logo.png").write_bytes(out.getvalue())
    document = issue()
    assert "Logo :" not in rendering.issued_html(document)
    settings.TOWN_HALL_LOGO = str(tmp_path / "logo.png")
    assert 'src="data:image/png;base64,' in rendering.issued_html(document).split("Logo :")[0]
