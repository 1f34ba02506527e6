"""Remarks on what an editor writes: nothing here stops a publication, all of it can be made better.

Works on a definition that is not finished: what is missing is not an error here (`schema` says it).
The images of the public pages of a service are looked at by `portal.page_lint`.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from requests_app.catalogue import readability
from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES
from requests_app.catalogue.effort import minutes_to_fill_in
from requests_app.catalogue.faults.document import missing_warnings
from requests_app.catalogue.schema import shape_faults
from requests_app.catalogue.translated import in_active_language

Part = Mapping[str, Any]

MOST_MINUTES = 12
MOST_QUESTIONS_PER_STEP = 8
MOST_PERSONAL = 12
# A text of the screen below this score is hard by itself; the whole is held to `FOR_A_READER_OF_TWELVE`.
HARD_TEXT = 50
# Questions nobody answers without being told where the number is, or what to send.
NEEDS_HELP = {"npi", "ifu", "rccm", "record_reference", "map_point", "signature", *FILE_TYPES}
# Questions whose answer names a person by nature, and the class they most often have.
PERSONAL_BY_NATURE = {
    "name": "identity", "person": "identity", "npi": "identity", "phone": "contact", "email": "contact",
    "address": "location", "map_point": "location", "signature": "identity", "record_reference": "family",
}  # fmt: skip
# The parts a citizen reads, where the reading level matters.
READ_BY_CITIZENS = (
    "title", "summary", "fee_note", "processing_note", "confidence_note", "form", "evidence", "what_to_bring",
    "where_to_go", "eligibility",
)  # fmt: skip


@dataclass(frozen=True)
class Remark:
    """`place` as in the file ("form.steps[0].fields[2]"), `code` for tests and icons, what is wrong and what to do."""

    place: str
    code: str
    sentence: str
    advice: str


@dataclass(frozen=True)
class Figures:
    """What a form asks of somebody: shown beside the remarks."""

    minutes: int
    questions: int
    # Personal data asked, by class; questions without a class are counted under "".
    personal: dict[str, int]
    # Kandel and Moles for all that citizens read; None when there is too little to judge.
    reading: float | None

    @property
    def personal_total(self) -> int:
        return sum(count for name, count in self.personal.items() if name not in ("", "none"))


def remarks_of(definition: Part) -> list[Remark]:
    """Every remark, in the order of the screens."""
    return [remark for check in CHECKS for remark in check(definition)]


def figures_of(definition: Part) -> Figures:
    """Minutes, questions, personal data by class, reading level."""
    classes = [_personal_class(field) for _place, field in _fields(definition) if field.get("type") not in SILENT_TYPES]
    classes += [piece.get("personal", "") for piece in definition.get("evidence", [])]
    questions = sum(1 for _place, field in _fields(definition) if field.get("type") not in SILENT_TYPES)
    return Figures(minutes_to_fill_in(definition), questions, dict(Counter(classes)), _whole_reading(definition).score)


def length_remarks(definition: Part) -> Iterator[Remark]:
    """Too long a form, too much in one step."""
    minutes = minutes_to_fill_in(definition)
    if minutes > MOST_MINUTES:
        yield Remark(
            "form",
            "long_form",
            ngettext("Remplir prend environ %(count)d minute.", "Remplir prend environ %(count)d minutes.", minutes)
            % {"count": minutes},
            gettext("Retirez ce que la mairie sait déjà ou ne lit pas, ou posez une condition."),
        )
    for index, step in enumerate(_steps(definition)):
        asked = sum(field.get("type") not in SILENT_TYPES for field in step.get("fields", []))
        if asked > MOST_QUESTIONS_PER_STEP:
            yield Remark(
                f"form.steps[{index}]",
                "long_step",
                gettext("Cette étape pose %(count)d questions.") % {"count": asked},
                gettext("Sur un petit téléphone, %(most)d suffisent : partagez-la en deux.")
                % {"most": MOST_QUESTIONS_PER_STEP},
            )


def reading_remarks(definition: Part) -> Iterator[Remark]:
    """Words and sentences too long for a reader of twelve."""
    score = _whole_reading(definition).score
    if score is not None and score < readability.FOR_A_READER_OF_TWELVE:
        yield Remark(
            "",
            "hard_whole",
            gettext("L’ensemble est difficile à lire : %(score)d sur l’échelle de Kandel et Moles.")
            % {"score": round(score)},
            gettext("Visez %(wanted)d : des phrases courtes et des mots de tous les jours.")
            % {"wanted": readability.FOR_A_READER_OF_TWELVE},
        )
    for place, text in _texts_read(definition):
        reading = readability.reading_of(text)
        if reading.longest_sentence > readability.LONGEST_SENTENCE:
            yield Remark(
                place,
                "long_sentence",
                gettext("Une phrase a %(count)d mots.") % {"count": reading.longest_sentence},
                gettext("Coupez-la : une idée par phrase, %(most)d mots au plus.")
                % {"most": readability.LONGEST_SENTENCE},
            )
        elif reading.score is not None and reading.score < HARD_TEXT:
            yield Remark(
                place,
                "hard_text",
                gettext("Ce texte est difficile : ses mots sont longs."),
                gettext("Remplacez les mots d’administration par ceux que l’on dit au guichet."),
            )


def personal_remarks(definition: Part) -> Iterator[Remark]:
    """How much is asked about people, and whether each is classed."""
    total = figures_of(definition).personal_total
    if total > MOST_PERSONAL:
        yield Remark(
            "form",
            "much_personal",
            gettext("La démarche demande %(count)d données personnelles.") % {"count": total},
            gettext("Ne gardez que celles sans lesquelles la décision est impossible."),
        )
    for place, field in _fields(definition):
        known = field.get("personal", "")
        if field.get("type") in PERSONAL_BY_NATURE and known in ("", "none"):
            yield Remark(
                place,
                "unclassed",
                gettext("« %(name)s » est une donnée personnelle sans classe.") % {"name": _name(field)},
                gettext("Donnez sa classe et sa durée de conservation."),
            )
        elif known == "sensitive" and not (field.get("help") and field.get("retention_days")):
            yield Remark(
                place,
                "sensitive_unexplained",
                gettext("« %(name)s » est une donnée sensible.") % {"name": _name(field)},
                gettext("Dites dans l’aide pourquoi elle est demandée, et combien de jours elle est gardée."),
            )


def translation_remarks(definition: Part) -> Iterator[Remark]:
    """A language that is missing, or that only repeats the other."""
    for place, text in _texts(definition):
        french, english = str(text.get("fr") or "").strip(), str(text.get("en") or "").strip()
        if bool(french) != bool(english):
            lacking = gettext("L’anglais manque.") if french else gettext("Le français manque.")
            advice = gettext("Écrivez ce texte dans les deux langues.")
            yield Remark(place, "untranslated", lacking, advice)
        elif french == english and len(french.split()) > 1:
            yield Remark(
                place,
                "same_text",
                gettext("L’anglais répète le français : « %(text)s ».") % {"text": french[:60]},
                gettext("Traduisez-le, ou laissez-le si c’est un nom propre."),
            )


def help_remarks(definition: Part) -> Iterator[Remark]:
    """Questions that nobody can answer, pieces that nobody can choose, without being told more."""
    for place, field in _fields(definition):
        if (field.get("type") in NEEDS_HELP or field.get("pattern")) and not field.get("help"):
            yield Remark(
                place,
                "no_help",
                gettext("« %(name)s » n’a pas d’aide.") % {"name": _name(field)},
                gettext("Dites où trouver la réponse ou ce qu’il faut envoyer, avec un exemple."),
            )
    for index, piece in enumerate(definition.get("evidence", [])):
        if piece.get("required", True) and not piece.get("example"):
            yield Remark(
                f"evidence[{index}]",
                "no_example",
                gettext("La pièce « %(name)s » est exigée sans exemple.") % {"name": _name(piece)},
                gettext("Décrivez une bonne photo : entière, nette, sans reflet, ce qu’on doit y lire."),
            )


def paper_remarks(definition: Part) -> Iterator[Remark]:
    """Paragraphs of the document that an answer left out would leave out; said once the definition has its shape."""
    if any(shape_faults(dict(definition))):
        return
    for warning in missing_warnings(dict(definition)):
        advice = gettext("Rendez la question obligatoire, ou vérifiez que le document se lit sans ce paragraphe.")
        yield Remark(warning.place, "missing_answer", warning.sentence, advice)


CHECKS: tuple[Callable[[Part], Iterator[Remark]], ...] = (
    length_remarks,
    reading_remarks,
    personal_remarks,
    translation_remarks,
    help_remarks,
    paper_remarks,
)


def _steps(definition: Part) -> list[Part]:
    return list((definition.get("form") or {}).get("steps", []))


def _fields(definition: Part) -> Iterator[tuple[str, Part]]:
    """Each question with its place, the questions of a group after it."""
    for index, step in enumerate(_steps(definition)):
        for number, field in enumerate(step.get("fields", [])):
            place = f"form.steps[{index}].fields[{number}]"
            yield place, field
            for inner, grouped in enumerate(field.get("fields", [])):
                yield f"{place}.fields[{inner}]", grouped


def _personal_class(field: Part) -> str:
    return field.get("personal") or PERSONAL_BY_NATURE.get(field.get("type", ""), "")


def _texts(thing: Any, place: str = "") -> Iterator[tuple[str, Part]]:
    """Every text in several languages, with its place."""
    if isinstance(thing, Mapping):
        if thing and thing.keys() <= {"fr", "en"}:
            yield place, thing
            return
        for name, part in thing.items():
            yield from _texts(part, f"{place}.{name}" if place else str(name))
    elif isinstance(thing, list):
        for index, part in enumerate(thing):
            yield from _texts(part, f"{place}[{index}]")


def _texts_read(definition: Part) -> Iterator[tuple[str, str]]:
    for name in READ_BY_CITIZENS:
        for place, text in _texts(definition.get(name), name):
            if text.get("fr"):
                yield place, str(text["fr"])


def _whole_reading(definition: Part) -> readability.Reading:
    return readability.reading_of("\n".join(text for _place, text in _texts_read(definition)))


def _name(thing: Part) -> str:
    return in_active_language(thing.get("label")) or str(thing.get("key", ""))
