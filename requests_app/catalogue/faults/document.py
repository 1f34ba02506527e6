"""Papers that name what is not asked, or try to be programs; and the answers that a paper may lack."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from requests_app.catalogue.conditions import Condition, comparisons
from requests_app.catalogue.faults import Fault
from requests_app.catalogue.faults.conditions import when_faults
from requests_app.catalogue.faults.questions import Question, Questions
from requests_app.catalogue.field_types.base import is_required
from requests_app.catalogue.kinds import NATURES, can_be_missing
from requests_app.catalogue.paper import FACTS, TAG, UNSURE_FACTS, text_of

# What template languages write, and we do not read: loops, tests, expressions.
PROGRAMS = re.compile(r"\{\s*%|%\s*\}|\{\s*\{|\}\s*\}|\{\s*#|#\s*\}|\$\{|<\s*%|<\?")


def document_faults(data: dict[str, Any], questions: Questions) -> Iterator[Fault]:
    """Each tag is a question, a part of its answer or a fact of the case; the table and the holder too."""
    document = data["document"]
    if not document:
        return
    for index, paragraph in enumerate(document["body"]):
        here = f"document.body[{index}]"
        yield from _text_faults(here, text_of(paragraph), questions)
        if isinstance(paragraph, dict):
            yield from when_faults(here, paragraph, questions)
    for index, line in enumerate(document["printed"]):
        if _unanswerable(line["field"], questions):
            yield Fault(f"document.printed[{index}].field", _unknown(line["field"]))
    yield from _holder_faults(document["holder"], questions)
    if all(_may_be_left_out(paragraph, questions) for paragraph in document["body"]):
        sentence = gettext(
            "Il faut au moins un paragraphe toujours imprimé : sans condition, et sans réponse qui peut manquer."
        )
        yield Fault("document.body", sentence)


def missing_warnings(data: dict[str, Any]) -> list[Fault]:
    """The answers that a paragraph names and that may be missing: it is then left out. Told before publishing.

    `data` is a definition without faults. The table leaves out the line of a missing answer, which needs no warning.
    """
    if not data["document"]:
        return []
    questions = Questions(data)
    return [
        Fault(f"document.body[{index}]", _missing_sentence(name, questions))
        for index, paragraph in enumerate(data["document"]["body"])
        for name in _unsure_tags(paragraph, questions)
    ]


def _missing_sentence(name: str, questions: Questions) -> str:
    if name in UNSURE_FACTS and name not in questions.by_key:
        return gettext("Si « %(name)s » n’est pas connu de la mairie, ce paragraphe ne sera pas imprimé.") % {
            "name": name
        }
    return gettext("La réponse « %(name)s » peut manquer : ce paragraphe ne sera alors pas imprimé.") % {"name": name}


def _text_faults(here: str, text: str, questions: Questions) -> Iterator[Fault]:
    if PROGRAMS.search(text):
        yield Fault(
            here,
            gettext(
                "Un document n’est pas un programme : écrivez seulement {nom}, ou mettez une condition au paragraphe."
            ),
        )
        return
    for name in TAG.findall(text):
        if name in FACTS and name in questions.by_key:
            sentence = gettext("« %(name)s » est à la fois une question et un fait du dossier : renommez la question.")
            yield Fault(here, sentence % {"name": name})
        elif name not in FACTS and _unanswerable(name, questions):
            yield Fault(here, _unknown(name))
    if set("{}") & set(TAG.sub("", text)):
        yield Fault(here, gettext("Une accolade n’est pas fermée, ou son contenu n’est pas le nom d’une question."))


def _holder_faults(holder: dict[str, str], questions: Questions) -> Iterator[Fault]:
    """Some people have one name only, some do not know when they were born: only the surname is always there."""
    for part, path in holder.items():
        read = questions.at(path)
        here = f"document.holder.{part}"
        if read is None or NATURES.get(read["type"]) in (None, "whole"):
            yield Fault(here, _unknown(path))
        elif part == "surname" and _may_be_missing(path, None, questions):
            yield Fault(
                here, gettext("« %(name)s » doit toujours être répondue : un document porte un nom.") % {"name": path}
            )
        elif (part == "birth") != (NATURES[read["type"]] == "date"):
            yield Fault(here, gettext("La naissance, et elle seule, est une question de date."))


def _unanswerable(path: str, questions: Questions) -> bool:
    read = questions.at(path)
    return read is None or read["type"] not in NATURES


def _unknown(name: str) -> str:
    return gettext("« %(name)s » n’est ni une question de ce formulaire ni un fait du dossier.") % {"name": name}


def _may_be_left_out(paragraph: Any, questions: Questions) -> bool:
    conditional = isinstance(paragraph, dict) and "when" in paragraph
    return conditional or bool(_unsure_tags(paragraph, questions))


def _unsure_tags(paragraph: Any, questions: Questions) -> list[str]:
    """The tags of a paragraph without words in some requests, in order, once each."""
    when = paragraph.get("when") if isinstance(paragraph, dict) else None
    tags = dict.fromkeys(TAG.findall(text_of(paragraph)))
    return [tag for tag in tags if _is_unsure(tag, when, questions)]


def _is_unsure(tag: str, when: Condition | None, questions: Questions) -> bool:
    if questions.at(tag) is not None:
        return _may_be_missing(tag, when, questions)
    return tag in UNSURE_FACTS


def _may_be_missing(path: str, when: Condition | None, questions: Questions) -> bool:
    """Whether somebody may leave `path` unanswered although `when` holds."""
    known = _answered_by(when)
    question = questions.by_key[path.partition(".")[0]]
    if path in known:
        return False
    if can_be_missing(path, question.field):
        return True
    answered = any(name.partition(".")[0] == question.field["key"] for name in known)
    always = is_required(question.field) and _surely_asked(question, when, questions)
    return not (answered or always)


def _surely_asked(question: Question, when: Condition | None, questions: Questions) -> bool:
    granted = [when, *(when.get("all", ()) if when else ())]
    needed = (questions.steps[question.step].get("when"), question.field.get("when"))
    return all(condition is None or condition in granted for condition in needed)


def _answered_by(when: Condition | None) -> set[str]:
    """The questions and parts that are surely answered when a condition holds."""
    if not when:
        return set()
    if "all" in when:
        return set().union(*(_answered_by(part) for part in when["all"]))
    if "any" in when:
        return set.intersection(*(_answered_by(part) for part in when["any"]))
    read = next(comparisons(when))
    if read["is"] in ("differs", "not_in", "empty"):
        return set()
    return {read["field"], *([read["on"]] if read.get("on") else [])}
