"""What a version says must be printed: its paragraphs with the answers in place, its table, its holder.

Always in French, the language of the paper, whoever is reading the screen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from requests_app.catalogue.forms import definitions_of, in_words
from requests_app.catalogue.models import ServiceVersion
from requests_app.catalogue.translated import SOURCE_LANGUAGE, in_active_language

TAG = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# Facts of the case that a paragraph may name beside the answers.
FACTS = ("reference", "filed_on", "office")


@dataclass(frozen=True)
class Paper:
    """The part of a document that comes from the catalogue and the answers."""

    template: str
    series: str
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


def paper_of(version: ServiceVersion, answers: Mapping[str, Any], facts: Mapping[str, str]) -> Paper:
    """Compose the paper of an accepted request; `facts` gives the words for each of `FACTS`.

    An optional question left empty has no line in the table. `birth` is ISO text, a year alone when only
    the year is known, "" when the paper does not say it.
    """
    document = version.document
    with override(SOURCE_LANGUAGE):
        answered = {
            definition["key"]: in_words(definition, dict(answers))
            for definition in definitions_of(version)
            if answers.get(definition["key"]) not in (None, "")
        }
        words = {**facts, **answered}
        return Paper(
            template=version.document_template,
            series=document["series"],
            title=in_active_language(document["title"]),
            title_i18n=document["title"],
            paragraphs=[fill(paragraph, words) for paragraph in document["body"]],
            facts=[
                (in_active_language(line["label"]), answered[line["field"]])
                for line in document["printed"]
                if line["field"] in answered
            ],
            validity_days=document.get("validity_days"),
            legal_basis=document.get("legal_basis", []),
            **_holder(document["holder"], answers),
        )


def fill(paragraph: str, words: Mapping[str, str]) -> str:
    """Put the words in the place of the tags. Raises KeyError for a tag without words."""
    return TAG.sub(lambda tag: words[tag[1]], paragraph)


def _holder(holder: Mapping[str, str], answers: Mapping[str, Any]) -> dict[str, str]:
    return {
        part: str(answers.get(holder.get(part, "")) or "")
        for part in ("surname", "given_names", "birth", "birth_place")
    }
