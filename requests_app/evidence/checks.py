"""Checking what citizens attach: a photo or a PDF that is what it claims to be, rebuilt without anything hidden in it.

Extension, first bytes and a full decode must agree. Images are drawn again (no EXIF, no appended bytes,
upright, A4 at 300 dpi at most); PDFs are saved again, and refused when they run, open or contain
something else. Nothing here touches the database.
"""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from typing import Protocol

import pikepdf
from django.utils.translation import gettext, ngettext
from PIL import Image, ImageFile, ImageOps

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 20_000_000
# A4 at 300 dpi: enough to read a stamp, and what a decoded photo may cost in memory and disk.
LONGEST_SIDE = 3508
MAX_PAGES = 60
MAX_PDF_OBJECTS = 50_000
DECODED_LIMIT = 64 * 1024 * 1024

KIND_OF_EXTENSION = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "pdf": "PDF", "heic": "HEIF", "heif": "HEIF"}
HEIF_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis"}
DECODE_FAULTS = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, MemoryError, OverflowError)
FORBIDDEN_ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/GoToE", "/Movie", "/Sound"}
FORBIDDEN_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/XFA", "/RichMedia"}
FORBIDDEN_TYPES = {"/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Screen", "/3D", "/Movie", "/Sound"}
DEEPEST = 60
ORIENTATION = 0x0112


class Upload(Protocol):
    """What we need of an uploaded file (Django's UploadedFile fits)."""

    name: str | None

    def read(self, size: int = ..., /) -> bytes: ...


class RefusedFile(Exception):
    """The file cannot be accepted; `sentence` says why and what to do, in the language of the page."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class CleanFile:
    """A rebuilt file. `pages` is 1 for an image; `width` and `height` are pixels, None for a PDF."""

    bytes: bytes
    media_type: str
    extension: str
    sha256: str
    pages: int
    width: int | None
    height: int | None


def check_upload(file: Upload) -> CleanFile:
    """Check one uploaded file and rebuild it. Raises RefusedFile."""
    kind = _kind_by_name(file.name or "")
    content = _read(file)
    if _kind_by_bytes(content) != kind:
        raise RefusedFile(
            gettext("Ce fichier n’est pas ce que dit son nom. Envoyez la photo ou le PDF d’origine, sans le renommer.")
        )
    return _clean_pdf(content) if kind == "PDF" else _clean_image(content, kind)


def _kind_by_name(name: str) -> str:
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in KIND_OF_EXTENSION:
        raise RefusedFile(gettext("Ce type de fichier n’est pas accepté. Envoyez une photo (JPEG ou PNG) ou un PDF."))
    return KIND_OF_EXTENSION[extension]


def _read(file: Upload) -> bytes:
    # Never more than the limit in memory, whatever the file claims to weigh.
    content = file.read(MAX_BYTES + 1)
    if not content:
        raise RefusedFile(gettext("Ce fichier est vide. Vérifiez-le sur votre téléphone et envoyez-le à nouveau."))
    if len(content) > MAX_BYTES:
        raise RefusedFile(too_heavy_sentence())
    return content


def too_heavy_sentence() -> str:
    """What is said of a file above `MAX_BYTES`."""
    return gettext("Ce fichier est trop lourd : %(limit)d Mo au plus. Reprenez la photo en qualité moyenne.") % {
        "limit": MAX_BYTES // 1024 // 1024
    }


def _kind_by_bytes(content: bytes) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"%PDF-"):
        return "PDF"
    if content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS:
        return "HEIF"
    return ""


def _clean_image(content: bytes, kind: str) -> CleanFile:
    try:
        image = _drawn_again(content, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except DECODE_FAULTS as error:
        raise RefusedFile(
            gettext("Cette photo est abîmée ou incomplète. Reprenez-la et envoyez-la à nouveau.")
        ) from error
    output = io.BytesIO()
    if kind == "PNG":
        image.save(output, "PNG")
    else:
        image.save(output, "JPEG", quality=85, optimize=True)
    media_type, extension = ("image/png", "png") if kind == "PNG" else ("image/jpeg", "jpg")
    return _clean_file(output.getvalue(), media_type, extension, 1, image.size)


def _drawn_again(content: bytes, kind: str) -> Image.Image:
    if kind == "HEIF":
        _open_heif_with_pillow()
    # WeasyPrint turns this on for the whole process: half a photo would pass for a whole one.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(io.BytesIO(content), formats=[kind]) as image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_many_pixels()
        image.load()
        orientation = image.getexif().get(ORIENTATION, 1)
        drawn = _plain_mode(image, kind)
        drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn.getexif()[ORIENTATION] = orientation
    upright = ImageOps.exif_transpose(drawn)
    # A fresh image carries no metadata at all.
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare


def _plain_mode(image: Image.Image, kind: str) -> Image.Image:
    """Grey or RGB, with transparency for PNG only; 16-bit greys are scaled, since Pillow would clip them to white."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode == "L":
        return image
    transparent = kind == "PNG" and (image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info)
    return image.convert("RGBA" if transparent else "RGB")


def _open_heif_with_pillow() -> None:
    # Loaded on the first HEIC only: few phones send it, and it brings a large library.
    import pillow_heif

    pillow_heif.register_heif_opener()


def _too_many_pixels() -> RefusedFile:
    return RefusedFile(
        gettext(
            "Cette image est trop grande : %(limit)d millions de points au plus. Reprenez la photo en qualité moyenne."
        )
        % {"limit": MAX_PIXELS // 1_000_000}
    )


def _clean_pdf(content: bytes) -> CleanFile:
    pikepdf.settings.set_qpdf_limits(flate_max_memory=DECODED_LIMIT, max_stream_filters=4)
    try:
        # No repair: half of a broken upload must not pass for the whole paper.
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            return _rebuilt_pdf(pdf)
    except pikepdf.PasswordError as error:
        raise _encrypted() from error
    except (pikepdf.PdfError, *DECODE_FAULTS, TypeError, KeyError, RuntimeError, RecursionError) as error:
        raise RefusedFile(gettext("Ce PDF est abîmé ou incomplet. Enregistrez-le et envoyez-le à nouveau.")) from error


def _rebuilt_pdf(pdf: pikepdf.Pdf) -> CleanFile:
    if pdf.is_encrypted:
        raise _encrypted()
    if len(pdf.objects) > MAX_PDF_OBJECTS or not 1 <= len(pdf.pages) <= MAX_PAGES:
        raise RefusedFile(
            ngettext(
                "Ce PDF est vide ou trop long : %(limit)d page au plus.",
                "Ce PDF est vide ou trop long : %(limit)d pages au plus.",
                MAX_PAGES,
            )
            % {"limit": MAX_PAGES}
        )
    for thing in pdf.objects:
        _refuse_active(thing, 0)
    # Beyond the limits above qpdf goes on without the objects it could not unpack, and only warns.
    if any("decoding stream" in warning for warning in pdf.get_warnings()):
        raise ValueError("an object stream could not be unpacked")
    for key in ("/OpenAction", "/AA", "/Metadata"):
        if key in pdf.Root:
            del pdf.Root[key]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    output = io.BytesIO()
    pdf.save(output, deterministic_id=True)
    return _clean_file(output.getvalue(), "application/pdf", "pdf", len(pdf.pages), None)


def _refuse_active(thing: pikepdf.Object, depth: int) -> None:
    """Look at one object and what it holds directly; what it points to is met in its own turn."""
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        entries = dict(thing.items())
        if _is_active(entries):
            raise RefusedFile(
                gettext(
                    "Ce PDF contient un programme ou un fichier caché. Imprimez-le en PDF ou photographiez le papier."
                )
            )
        children = list(entries.values())
    elif isinstance(thing, pikepdf.Array):
        children = list(thing)
    else:
        return
    for child in children:
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            _refuse_active(child, depth + 1)


def _is_active(entries: dict[str, pikepdf.Object]) -> bool:
    if FORBIDDEN_KEYS & entries.keys():
        return True
    kinds = {str(entries[key]) for key in ("/Type", "/Subtype") if key in entries}
    return bool(kinds & FORBIDDEN_TYPES) or str(entries.get("/S")) in FORBIDDEN_ACTIONS


def _encrypted() -> RefusedFile:
    return RefusedFile(gettext("Ce PDF est protégé par un mot de passe. Envoyez une copie sans mot de passe."))


def _clean_file(content: bytes, media_type: str, extension: str, pages: int, size: tuple[int, int] | None) -> CleanFile:
    digest = hashlib.sha256(content).hexdigest()
    width, height = size or (None, None)
    return CleanFile(content, media_type, extension, digest, pages, width, height)
