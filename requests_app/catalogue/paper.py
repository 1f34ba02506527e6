"""What a version says must be printed: its paragraphs with the answers in place, its table, its holder.

Always in French, the language of the paper, whoever is reading the screen. A paragraph is text with tags: `{key}`,
`{key.part}` or a fact of the case, replaced by words and by nothing else; what people typed is never read as a tag.
A paragraph whose condition does not hold, or one of whose tags has no words (a question left empty or not asked),
is left out whole: a document has no hole.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from requests_app.catalogue.asking import Asked, asked
from requests_app.catalogue.conditions import answer_at, is_empty
from requests_app.catalogue.field_types import TYPES
from requests_app.catalogue.forms import definitions_of
from requests_app.catalogue.kinds import Definition
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.translated import SOURCE_LANGUAGE, in_active_language

TAG = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z_]+)?)\}")
# Facts of the case that a paragraph may name beside the answers; `today` is the day of signature.
FACTS = (
    "reference",
    "filed_on",
    "applicant",
    "office",
    "office_address",
    "signatory",
    "signatory_title",
    "today",
    "town_hall",
)
# Facts that the town hall may not have given yet.
UNSURE_FACTS = ("office_address", "signatory_title")


@dataclass(frozen=True)
class Paper:
    """The part of a document that comes from the catalogue and the answers."""

    template: str
    title: str
    title_i18n: dict[str, str]
    paragraphs: list[str]
    facts: list[tuple[str, str]]
    surname: str
    given_names: str
    birth: str
    birth_place: str
    validity_days: int | None
    legal_basis: list[str]


def paper_of(
    version: ServiceVersion,
    answers: Mapping[str, Any],
    facts: Mapping[str, str],
    *,
    filed: datetime.date | None = None,
) -> Paper:
    """Compose the paper of an accepted request; `facts` gives the words for each of `FACTS`.

    A question left empty has no line in the table. `birth` is ISO text, a year or a month alone when only
    that is known, "" when the paper does not say it. `filed` is the day its conditions are judged (default: today).
    """
    document = version.document
    with override(SOURCE_LANGUAGE):
        relevant = asked(version, answers, today=filed or timezone.localdate())
        answered = _words(version, relevant.answers)
        words = {name: text for name, text in facts.items() if text} | answered
        return Paper(
            template=version.document_template,
            title=in_active_language(document["title"]),
            title_i18n=document["title"],
            paragraphs=_paragraphs(document["body"], relevant, words),
            facts=[
                (in_active_language(line["label"]), answered[line["field"]])
                for line in document["printed"]
                if line["field"] in answered
            ],
            validity_days=document.get("validity_days"),
            legal_basis=document.get("legal_basis", []),
            **_holder(document["holder"], relevant.answers, answered),
        )


def fill(paragraph: str, words: Mapping[str, str]) -> str:
    """Put the words in the place of the tags. Raises KeyError for a tag without words."""
    return TAG.sub(lambda tag: words[tag[1]], paragraph)


def text_of(paragraph: str | Mapping[str, Any]) -> str:
    """The text of a paragraph, with or without a condition."""
    return paragraph if isinstance(paragraph, str) else paragraph["text"]


def _paragraphs(body: list[Any], relevant: Asked, words: Mapping[str, str]) -> list[str]:
    held = [text_of(item) for item in body if isinstance(item, str) or relevant.holds(item)]
    return [fill(text, words) for text in held if all(tag in words for tag in TAG.findall(text))]


def _words(version: ServiceVersion, answers: Mapping[str, Any]) -> dict[str, str]:
    """The words of each answer, and of each part of one, that is not empty."""
    words: dict[str, str] = {}
    for definition in definitions_of(version):
        stored = answers.get(definition["key"])
        if not is_empty(stored):
            words[definition["key"]] = _one_line(definition, stored)
            words |= _part_words(definition, stored)
    return words


def _one_line(definition: Definition, stored: Any) -> str:
    """An answer as a sentence holds it: a group is "Koffi, 3 mai 2015 ; Afi, vers 2017"."""
    if definition["type"] != "group":
        return TYPES[definition["type"]].in_words(dict(definition), stored)
    items = [
        ", ".join(
            _one_line(field, item[field["key"]])
            for field in definition["fields"]
            if not is_empty(item.get(field["key"]))
        )
        for item in stored
    ]
    return " ; ".join(item for item in items if item)


def _part_words(definition: Definition, stored: Any) -> dict[str, str]:
    kind = TYPES[definition["type"]]
    words = {part: kind.part_in_words(definition, stored, part) for part in kind.parts} if kind.parts else {}
    return {f"{definition['key']}.{part}": text for part, text in words.items() if text}


def _holder(holder: Mapping[str, str], answers: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, str]:
    named = {part: words.get(holder.get(part, ""), "") for part in ("surname", "given_names", "birth_place")}
    return named | {"birth": str(answer_at(holder.get("birth", ""), answers) or "")}
