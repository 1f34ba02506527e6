"""What is printed, frozen: a document's content and its one canonical form.

Everything the paper shows is here except the code and the seal, so that a template edited later, an office
renamed or a signatory replaced changes nothing on what was issued.
"""

import dataclasses
import datetime
import hashlib
import json
import re
import unicodedata
from bisect import bisect_right
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# First and last character of each block the bundled fonts cover (fonts/README.md).
REPERTOIRE = [
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F), (0x181, 0x181), (0x186, 0x186), (0x189, 0x18A), (0x18E, 0x18E),
    (0x190, 0x194), (0x197, 0x19A), (0x19D, 0x19D), (0x1B2, 0x1B4), (0x1CD, 0x1DD), (0x1E2, 0x1E3), (0x1F8, 0x1F9),
    (0x218, 0x21B), (0x250, 0x292), (0x2B0, 0x2FF), (0x300, 0x338), (0x1E00, 0x1EFF), (0x2010, 0x2015),
    (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x202F, 0x202F), (0x2030, 0x2030), (0x2032, 0x2033),
    (0x2039, 0x203A), (0x2044, 0x2044), (0x2070, 0x2071), (0x2074, 0x2079), (0x20AC, 0x20AC), (0x2116, 0x2116),
    (0x2122, 0x2122),
]  # fmt: skip
_STARTS = [first for first, _last in REPERTOIRE]

TEMPLATES = ("permit", "certificate", "attestation", "letter")
MOST_FACTS, MOST_PARAGRAPHS, MOST_BASES = 40, 12, 8
LONGEST_LINE, LONGEST_PARAGRAPH = 600, 2000
LONGEST_NAME = 200


class UnprintableContent(ValidationError):
    """The content cannot go on paper; the message says which part and why."""


def clean_line(text: str, *, longest: int = LONGEST_LINE, part: str = "") -> str:
    """Return `text` ready to print: NFC, one line, no control, invisible or direction character.

    Raises `UnprintableContent` when it is longer than `longest` characters or holds a character
    the bundled fonts cannot draw: a name is never cut or altered in silence.
    """
    text = unicodedata.normalize("NFC", re.sub(r"[\t\n\v\f\r\u2028\u2029]+", " ", text))
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    text = re.sub(r" {2,}", " ", text).strip()
    if len(text) > longest:
        raise UnprintableContent(
            _("« %(part)s » est trop long : %(longest)s caractères au plus."),
            params={"part": part or text[:40], "longest": longest},
        )
    if strange := next((char for char in text if not _is_printable(char)), None):
        raise UnprintableContent(
            _("« %(part)s » contient un caractère qui ne peut pas être imprimé : %(char)s (U+%(point)s)."),
            params={"part": part or text[:40], "char": strange, "point": f"{ord(strange):04X}"},
        )
    return text


def _is_printable(char: str) -> bool:
    block = bisect_right(_STARTS, ord(char)) - 1
    return block >= 0 and ord(char) <= REPERTOIRE[block][1]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Holder:
    """The person the document is about (the deceased of a burial permit, for instance).

    `birth_date` when the day is known, otherwise `birth_year` alone; `sex` is "F", "M" or "".
    A company has its name in `surname`.
    """

    surname: str
    given_names: str = ""
    birth_date: datetime.date | None = None
    birth_year: int | None = None
    birth_place: str = ""
    sex: str = ""

    @property
    def masked(self) -> str:
        """Enough to compare with the paper, not enough to learn: "H••••• S•"."""
        return " ".join(
            _initial(name) + "•" * bullets for name, bullets in ((self.surname, 5), (self.given_names, 1)) if name
        )


def _initial(name: str) -> str:
    # A tone mark without a composed form ("ɔ̀") belongs to its letter.
    end = next((i for i, char in enumerate(name[1:], 1) if not unicodedata.combining(char)), len(name))
    return name[:end]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Signatory:
    """Who signs and by what right, as printed.

    `title` is the function ("Le Secrétaire exécutif"); with a delegation, `delegation` is the
    line above it ("Pour le Secrétaire exécutif et par délégation") and `delegation_act` names the act.
    """

    name: str
    title: str
    delegation: str = ""
    delegation_act: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Draft:
    """What the right-hand rooms hand over: all that is printed but the number, the office and the dates.

    `type_label` names the kind of document to whoever verifies it ("Permis d’inhumer"), `title` is
    printed large (defaults to it). `facts` are (label, value) in printing order. `parents` (or spouses),
    `act_reference` and `essential` (one free line) go into the seal when they fit.
    """

    template: str
    type_label: str
    holder: Holder
    signatory: Signatory
    title: str = ""
    paragraphs: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    legal_basis: tuple[str, ...] = ()
    closing: str = ""
    parents: tuple[str, ...] = ()
    act_reference: str = ""
    essential: str = ""

    def cleaned(self) -> Self:
        """Return the draft as it will be printed. Raises `UnprintableContent`."""
        if self.template not in TEMPLATES:
            raise UnprintableContent(
                _("Le modèle de document « %(name)s » n’existe pas."), params={"name": self.template}
            )
        _at_most(self.facts, MOST_FACTS, _("faits imprimés"))
        _at_most(self.paragraphs, MOST_PARAGRAPHS, _("paragraphes"))
        _at_most(self.legal_basis, MOST_BASES, _("textes de loi"))
        holder = _clean_fields(self.holder, surname=LONGEST_NAME, given_names=LONGEST_NAME, birth_place=LONGEST_NAME)
        if not holder.surname:
            raise UnprintableContent(_("Le document doit porter le nom de la personne concernée."))
        return dataclasses.replace(
            _clean_fields(self, type_label=80, title=120, closing=LONGEST_LINE, act_reference=80, essential=160),
            holder=holder,
            signatory=_clean_fields(self.signatory, name=120, title=120, delegation=160, delegation_act=160),
            paragraphs=_clean_all(self.paragraphs, LONGEST_PARAGRAPH),
            facts=tuple((clean_line(k, longest=120), clean_line(v, part=k)) for k, v in self.facts if v.strip()),
            legal_basis=_clean_all(self.legal_basis, LONGEST_LINE),
            parents=_clean_all(self.parents[:2], LONGEST_NAME),
        )


def _at_most(items: tuple, most: int, what: str) -> None:
    if len(items) > most:
        raise UnprintableContent(_("Trop de %(what)s : %(most)s au plus."), params={"what": what, "most": most})


def _clean_all(lines: tuple[str, ...], longest: int) -> tuple[str, ...]:
    return tuple(clean for line in lines if (clean := clean_line(line, longest=longest)))


def _clean_fields(thing: Any, **longest: int) -> Any:
    return dataclasses.replace(
        thing, **{name: clean_line(getattr(thing, name), longest=size) for name, size in longest.items()}
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class DocumentContent:
    """The frozen content of one issued document: the draft plus what issuing gives it.

    `office_number` is the arrondissement (0: a central service). `letterhead` holds the lines above
    the office, `site` is the address whoever verifies must trust ("https://e.cotonou.bj").
    """

    draft: Draft
    number: str
    kind: str
    letterhead: tuple[str, ...]
    office: str
    office_number: int
    place: str
    issued_on: datetime.date
    valid_until: datetime.date | None
    site: str

    def canonical(self) -> str:
        """The one JSON text of this content: sorted keys, no spaces, ISO dates, NFC strings."""
        return json.dumps(
            dataclasses.asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso
        )

    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    @classmethod
    def from_canonical(cls, text: str) -> Self:
        """Read back what `canonical` wrote."""
        data = json.loads(text)
        draft = data["draft"]
        draft["holder"] = Holder(**draft["holder"] | {"birth_date": _date(draft["holder"]["birth_date"])})
        draft["signatory"] = Signatory(**draft["signatory"])
        draft["facts"] = tuple((label, value) for label, value in draft["facts"])
        for name in ("paragraphs", "legal_basis", "parents"):
            draft[name] = tuple(draft[name])
        return cls(
            **data
            | {
                "draft": Draft(**draft),
                "letterhead": tuple(data["letterhead"]),
                "issued_on": _date(data["issued_on"]),
                "valid_until": _date(data["valid_until"]),
            }
        )


def _iso(value: Any) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
