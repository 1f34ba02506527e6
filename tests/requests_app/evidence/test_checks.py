"""What citizens attach is what it claims to be, rebuilt clean, or refused with the reason."""

import io
import random
import struct
import tracemalloc
import zlib

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFile

from civil_status.documents import press
from requests_app.evidence.checks import LONGEST_SIDE, MAX_BYTES, CleanFile, RefusedFile, check_upload


def upload(name: str, content: bytes) -> CleanFile:
    return check_upload(SimpleUploadedFile(name, content))


def refused(name: str, content: bytes) -> str:
    with pytest.raises(RefusedFile) as caught:
        upload(name, content)
    return caught.value.sentence


def photo(width: int = 64, height: int = 48, kind: str = "JPEG", mode: str = "RGB", **options) -> bytes:
    output = io.BytesIO()
    Image.new(mode, (width, height), 120 if mode in {"L", "P"} else None).save(output, kind, **options)
    return output.getvalue()


def noisy_photo(width: int, height: int) -> bytes:
    output = io.BytesIO()
    pixels = random.Random(7).randbytes(width * height * 3)
    Image.frombytes("RGB", (width, height), pixels).save(output, "JPEG", quality=90)
    return output.getvalue()


def pdf(change=None, **options) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    output = io.BytesIO()
    document.save(output, **options)
    return output.getvalue()


@pytest.mark.parametrize("name", ["acte.jpg", "ACTE.JPEG", "acte.de.naissance.jpg"])
def test_a_photo_is_accepted_whatever_the_case_of_its_name(name):
    clean = upload(name, photo())
    assert (clean.media_type, clean.extension, clean.pages) == ("image/jpeg", "jpg", 1)
    assert (clean.width, clean.height) == (64, 48)


def test_a_png_stays_a_png_with_its_transparency():
    clean = upload("plan.png", photo(kind="PNG", mode="RGBA"))
    assert clean.media_type == "image/png"
    assert Image.open(io.BytesIO(clean.bytes)).mode == "RGBA"


def test_a_pdf_is_accepted_and_its_pages_counted():
    clean = upload("acte.pdf", pdf(lambda document: document.add_blank_page()))
    assert (clean.media_type, clean.pages, clean.width) == ("application/pdf", 2, None)
    assert pikepdf.open(io.BytesIO(clean.bytes))


def test_a_heic_photo_becomes_a_jpeg():
    pillow_heif = pytest.importorskip("pillow_heif")
    output = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "red")).save(output)
    clean = upload("IMG_0001.HEIC", output.getvalue())
    assert (clean.media_type, clean.extension) == ("image/jpeg", "jpg")


def test_the_place_and_the_owner_hidden_in_a_photo_are_dropped():
    exif = Image.Exif()
    exif[0x010F] = "TELEPHONE-DE-AWA"
    exif.get_ifd(0x8825)[1] = "N"
    content = photo(exif=exif, comment=b"TELEPHONE-DE-AWA")
    assert b"TELEPHONE-DE-AWA" in content
    clean = upload("photo.jpg", content)
    assert b"TELEPHONE-DE-AWA" not in clean.bytes
    assert not Image.open(io.BytesIO(clean.bytes)).getexif()


def test_a_photo_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    clean = upload("photo.jpg", photo(width=64, height=48, exif=exif))
    assert (clean.width, clean.height) == (48, 64)


def test_a_program_glued_behind_a_photo_is_lost():
    clean = upload("photo.jpg", photo() + b"<?php system($_GET['c']); ?>")
    assert b"<?php" not in clean.bytes


def test_a_large_photo_is_reduced_to_what_a_page_needs():
    clean = upload("photo.jpg", photo(4500, 3000))
    assert max(clean.width, clean.height) == LONGEST_SIDE


def test_a_16_bit_grey_scan_does_not_turn_white():
    output = io.BytesIO()
    Image.new("I;16", (40, 40), 0x4000).save(output, "PNG")
    clean = upload("scan.png", output.getvalue())
    assert 0x38 <= Image.open(io.BytesIO(clean.bytes)).getpixel((5, 5)) <= 0x48


def test_the_same_file_twice_has_the_same_digest():
    assert upload("a.pdf", pdf()).sha256 == upload("b.pdf", pdf()).sha256
    assert upload("a.jpg", photo()).sha256 != upload("a.jpg", photo(65)).sha256


def test_an_empty_file_is_refused():
    assert "vide" in refused("photo.jpg", b"")


@pytest.mark.parametrize(
    "name", ["virus.exe", "page.html", "dessin.svg", "lettre.docx", "sans-extension", "", ".htaccess"]
)
def test_another_kind_of_file_is_refused(name):
    file = SimpleUploadedFile("x", photo())
    file._name = name
    with pytest.raises(RefusedFile, match="type de fichier"):
        check_upload(file)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"MZ\x90\x00" + b"\x00" * 200),
        ("photo.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("photo.png", photo()),
        ("photo.jpg", photo(kind="PNG")),
        ("acte.pdf", photo()),
        ("acte.pdf", b"x" * 500 + pdf()),
        ("photo.jpg", photo(kind="GIF", mode="P")),
    ],
)
def test_a_renamed_file_is_refused(name, content):
    assert "son nom" in refused(name, content)


def test_fifty_megabytes_are_refused_without_being_read_whole():
    class Endless(io.RawIOBase):
        name, size, given = "photo.jpg", 50 * 1024 * 1024, 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0, "the whole file would be read"
            self.given += size
            return b"\xff\xd8\xff" + b"\x00" * (size - 3)

    file = Endless()
    with pytest.raises(RefusedFile, match="5 Mo au plus"):
        check_upload(file)
    assert file.given <= MAX_BYTES + 1


def test_just_five_megabytes_are_accepted_and_one_byte_more_is_not():
    content = photo()
    assert upload("photo.jpg", content + b"\x00" * (MAX_BYTES - len(content))).pages == 1
    assert "5 Mo" in refused("photo.jpg", content + b"\x00" * (MAX_BYTES - len(content) + 1))


@pytest.mark.parametrize("kept", [0.2, 0.7, 0.98])
def test_a_photo_cut_by_the_network_is_refused(kept):
    content = noisy_photo(400, 300)
    assert upload("photo.jpg", content).width == 400
    assert "incomplète" in refused("photo.jpg", content[: int(len(content) * kept)])


def test_a_png_with_a_wrong_checksum_is_refused():
    content = bytearray(photo(kind="PNG"))
    content[content.index(b"IDAT") + 6] ^= 0xFF
    assert "abîmée" in refused("plan.png", bytes(content))


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    lines = zlib.compressobj(9)
    row = b"\x00" * (width // 8 + 2)
    body = b"".join(lines.compress(row) for _ in range(height)) + lines.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (8_000, 8_000), (5_000, 4_001)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(width, height):
    content = png_claiming(width, height)
    tracemalloc.start()
    try:
        assert "20 millions de points" in refused("photo.png", content)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_an_encrypted_pdf_is_refused_with_or_without_a_password_to_open():
    for user in ("secret", ""):
        content = pdf(encryption=pikepdf.Encryption(owner="maire", user=user))
        assert "mot de passe" in refused("acte.pdf", content)


def open_action(**action):
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = pikepdf.Dictionary(**action)

    return change


def javascript_on_page(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.pages[0].obj.AA = pikepdf.Dictionary(O=action)


def javascript_by_name(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=document.make_stream(b"app.alert(1)"))
    document.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["x", document.make_indirect(action)]))
    )


def embedded_file(document: pikepdf.Pdf) -> None:
    document.attachments["virus.exe"] = pikepdf.AttachedFileSpec(document, b"MZ")


def chained_launch(document: pikepdf.Pdf) -> None:
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://x", Next=pikepdf.Array([launch]))


@pytest.mark.parametrize(
    "change",
    [
        open_action(S=pikepdf.Name.JavaScript, JS="app.alert(1)"),
        open_action(S=pikepdf.Name.Launch, F="cmd.exe"),
        javascript_on_page,
        javascript_by_name,
        embedded_file,
        chained_launch,
    ],
)
@pytest.mark.parametrize("packed", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_a_pdf_that_runs_or_carries_something_is_refused(change, packed):
    assert "caché" in refused("acte.pdf", pdf(change, object_stream_mode=packed))


def test_a_pdf_with_a_plain_link_is_accepted():
    def link(document: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://cotonou.mairie.bj")
        annotation = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
        document.pages[0].obj.Annots = pikepdf.Array([document.make_indirect(annotation)])

    assert upload("acte.pdf", pdf(link)).pages == 1


def test_the_author_hidden_in_a_pdf_is_dropped():
    def sign(document: pikepdf.Pdf) -> None:
        document.docinfo["/Author"] = "AUTEUR-CACHE"
        with document.open_metadata() as metadata:
            metadata["dc:creator"] = ["AUTEUR-CACHE"]

    content = pdf(sign)
    assert b"AUTEUR-CACHE" in content
    clean = upload("acte.pdf", content)
    assert b"AUTEUR-CACHE" not in clean.bytes
    assert "/Metadata" not in pikepdf.open(io.BytesIO(clean.bytes)).Root


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_pdf_cut_by_the_network_is_refused(kept):
    content = pdf()
    assert "incomplet" in refused("acte.pdf", content[: int(len(content) * kept)])


def test_a_pdf_without_pages_and_one_of_61_pages_are_refused_but_60_pass():
    def pages(count: int):
        return lambda document: [document.add_blank_page() for _ in range(count - 1)]

    assert upload("acte.pdf", pdf(pages(60))).pages == 60
    assert "60 pages" in refused("acte.pdf", pdf(pages(61)))
    assert "60 pages" in refused("acte.pdf", pdf(lambda document: document.pages.__delitem__(0)))


def test_a_pdf_whose_objects_unpack_to_gigabytes_is_refused():
    """An object stream that grows a thousand times when it is unpacked."""
    packed = zlib.compress(b"5 0 " + b" " * 300_000_000 + b"null", 9)
    stream = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
    parts = [b"<</Type/Catalog/Pages 2 0 R/X 5 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    parts += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>", stream]
    body, places = b"%PDF-1.5\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += b"%d 0 obj" % number + part + b"\nendobj\n"
    rows = [b"\x00\x00\x00\x00\xff", *[b"\x01" + struct.pack(">I", place)[1:] + b"\x00" for place in places]]
    rows += [b"\x02\x00\x00\x04\x00", b"\x01" + struct.pack(">I", len(body))[1:] + b"\x00"]
    table = b"".join(rows)
    xref = b"6 0 obj<</Type/XRef/Size 7/Root 1 0 R/W[1 3 1]/Length %d>>stream\n%s\nendstream endobj\n" % (
        len(table),
        table,
    )
    content = body + xref + b"startxref\n%d\n%%%%EOF" % len(body)
    assert len(content) < MAX_BYTES
    assert "abîmé" in refused("acte.pdf", content)


def test_a_cut_photo_is_refused_after_a_document_was_printed_too():
    press.press()
    ImageFile.LOAD_TRUNCATED_IMAGES = True  # as WeasyPrint leaves it, whichever test loaded it first
    assert refused("carte.jpg", noisy_photo(400, 300)[:-2000])


def test_the_place_hidden_in_a_heic_photo_is_dropped_and_it_stands_upright():
    pillow_heif = pytest.importorskip("pillow_heif")
    exif = Image.Exif()
    exif[0x010F] = "TELEPHONE-DE-AWA"
    output = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "red")).save(output, exif=exif.tobytes())
    assert b"TELEPHONE-DE-AWA" in output.getvalue()
    clean = upload("IMG_0001.heic", output.getvalue())
    assert b"TELEPHONE-DE-AWA" not in clean.bytes
    assert (clean.media_type, clean.width, clean.height) == ("image/jpeg", 64, 48)
