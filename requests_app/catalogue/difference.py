"""What a new definition changes, in sentences: read before publishing. Pure functions of data."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, override

from requests_app.catalogue import wording
from requests_app.catalogue.translated import LANGUAGES, in_active_language

Item = dict[str, Any]
Words = str | Promise
LANGUAGE_NAMES = {"fr": gettext_lazy("français"), "en": gettext_lazy("anglais")}


class Kind(models.TextChoices):
    ADDED = "added", gettext_lazy("ajouté")
    REMOVED = "removed", gettext_lazy("retiré")
    CHANGED = "changed", gettext_lazy("modifié")
    MOVED = "moved", gettext_lazy("déplacé")


@dataclass(frozen=True)
class Change:
    """One difference: `part` is where (a heading); `before` and `after` the words, when both matter."""

    kind: Kind
    part: str
    sentence: str
    before: str = ""
    after: str = ""


# What is said of the whole service, and the sentence when it changes.
WHOLE: dict[str, Words] = {
    "title": gettext_lazy("Le titre change."),
    "summary": gettext_lazy("Le résumé change."),
    "mode": gettext_lazy("Le mode change."),
    "issuing_authority": gettext_lazy("L’autorité de délivrance change."),
    "fee_amount": gettext_lazy("Le montant des droits change."),
    "fee_status": gettext_lazy("Ce que l’on sait des droits change."),
    "fee_note": gettext_lazy("La précision sur les droits change."),
    "processing_days": gettext_lazy("Le délai change."),
    "processing_status": gettext_lazy("Ce que l’on sait du délai change."),
    "processing_note": gettext_lazy("La précision sur le délai change."),
    "confidence_note": gettext_lazy("Ce qui reste à vérifier change."),
    "signatory_role": gettext_lazy("La fonction de la personne qui signe change."),
    "document_template": gettext_lazy("Le modèle de document change."),
    "where_to_go": gettext_lazy("L’endroit où aller change."),
    "external_url": gettext_lazy("L’adresse extérieure change."),
}
# What is said of one thing (a question, a piece, a fee…) when an option of it changes.
OPTIONS: dict[str, Words] = {
    "label": gettext_lazy("le libellé change"),
    "title": gettext_lazy("le titre change"),
    "intro": gettext_lazy("l’introduction change"),
    "help": gettext_lazy("l’aide change"),
    "type": gettext_lazy("le type de réponse change"),
    "required": gettext_lazy("ce qui est obligatoire change"),
    "soft_required": gettext_lazy("la réponse souhaitée change"),
    "when": gettext_lazy("la condition change"),
    "pattern": gettext_lazy("le modèle à respecter change"),
    "pattern_message": gettext_lazy("le message d’erreur change"),
    "personal": gettext_lazy("la classe de donnée personnelle change"),
    "retention_days": gettext_lazy("la durée de conservation change"),
    "choices": gettext_lazy("les réponses possibles changent"),
    "max_files": gettext_lazy("le nombre de fichiers change"),
    "formats": gettext_lazy("les formats acceptés changent"),
    "example": gettext_lazy("l’exemple change"),
    "reuse": gettext_lazy("la reprise d’une pièce déjà donnée change"),
    "identity": gettext_lazy("le filigrane change"),
    "amount": gettext_lazy("le montant change"),
    "legal_basis": gettext_lazy("la base légale change"),
    "from": gettext_lazy("la date de début change"),
    "until": gettext_lazy("la date de fin change"),
    "slabs": gettext_lazy("les tranches changent"),
    "exemptions": gettext_lazy("les exonérations changent"),
    "shares": gettext_lazy("le partage change"),
    "body": gettext_lazy("le texte change"),
    "series": gettext_lazy("la série des numéros change"),
    "printed": gettext_lazy("le tableau imprimé change"),
    "holder": gettext_lazy("la personne nommée change"),
    "validity_days": gettext_lazy("la durée de validité change"),
    "four_eyes": gettext_lazy("la règle « une personne décide, une autre termine » change"),
    "opinions": gettext_lazy("les avis demandés changent"),
    "silence": gettext_lazy("ce qui se passe sans réponse change"),
    "overflow": gettext_lazy("l’aide d’un autre bureau change"),
    "appointment": gettext_lazy("le rendez-vous change"),
    "appointment_note": gettext_lazy("la précision sur le rendez-vous change"),
    "delivery": gettext_lazy("la remise change"),
}


@dataclass(frozen=True)
class Thing:
    """How things of one sort are spoken of: heading, then sentences with %(name)s (and %(what)s)."""

    part: Words
    added: Words
    removed: Words
    changed: Words


STEP = Thing(
    gettext_lazy("Formulaire"),
    gettext_lazy("Nouvelle étape « %(name)s »."),
    gettext_lazy("L’étape « %(name)s » disparaît."),
    gettext_lazy("Étape « %(name)s » : %(what)s."),
)
QUESTION = Thing(
    gettext_lazy("Formulaire"),
    gettext_lazy("Nouvelle question « %(name)s » dans l’étape « %(step)s »."),
    gettext_lazy("La question « %(name)s » n’est plus posée."),
    gettext_lazy("Question « %(name)s » : %(what)s."),
)
IN_GROUP = Thing(
    gettext_lazy("Formulaire"),
    gettext_lazy("Nouvelle question « %(name)s » dans le groupe « %(step)s »."),
    gettext_lazy("La question « %(name)s » du groupe « %(step)s » n’est plus posée."),
    gettext_lazy("Question « %(name)s » du groupe « %(step)s » : %(what)s."),
)
PIECE = Thing(
    gettext_lazy("Pièces à joindre"),
    gettext_lazy("Nouvelle pièce « %(name)s »."),
    gettext_lazy("La pièce « %(name)s » n’est plus demandée."),
    gettext_lazy("Pièce « %(name)s » : %(what)s."),
)
FEE = Thing(
    gettext_lazy("Droits"),
    gettext_lazy("Nouveau droit « %(name)s »."),
    gettext_lazy("Le droit « %(name)s » n’est plus compté."),
    gettext_lazy("Droit « %(name)s » : %(what)s."),
)


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[Change]:
    """All that changes from one definition to another, in the order of the screens; `before` is None the first time."""
    if before is None:
        return [Change(Kind.ADDED, gettext("La démarche"), gettext("C’est la première version de cette démarche."))]
    return [
        *_whole(before, after),
        *_lines(before, after, "legal_basis", gettext("Textes"), in_active_language),
        *_lines(before, after, "sources", gettext("Sources"), lambda source: source["text"]),
        *_lines(before, after, "what_to_bring", gettext("Ce qu’il faut apporter"), in_active_language),
        *_lines(before, after, "eligibility", gettext("Qui peut demander"), _Rules(before, after).eligibility),
        *_form(before, after),
        *_keyed(before.get("evidence", []), after.get("evidence", []), PIECE, _Rules(before, after)),
        *_keyed(before.get("fees", []), after.get("fees", []), FEE, _Rules(before, after)),
        *_routing(before, after),
        *_object(before, after, "document", gettext("Document")),
        *_object(before, after, "flow", gettext("Circuit")),
    ]


class _Rules:
    """How rules and conditions are said: with the labels of both versions, the new ones first."""

    def __init__(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self.labels = wording.labels_of(before) | wording.labels_of(after)

    def eligibility(self, rule: Item) -> str:
        condition = wording.condition_in_words(rule["when"], self.labels)
        return gettext("refuser si %(condition)s : « %(message)s »") % {
            "condition": condition,
            "message": in_active_language(rule["message"]),
        }

    def routing(self, rule: Item) -> str:
        return wording.rule_in_words(rule, self.labels)

    def option(self, name: str, value: Any) -> str:
        """The value of one option as it is read before and after."""
        if name == "when":
            return wording.condition_in_words(value, self.labels) or gettext("toujours")
        if name == "required" and value is None:
            value = True
        if name == "amount":
            return wording.amount_in_words(value)
        if name == "choices":
            return wording.in_words([choice["label"] for choice in value or []])
        return wording.in_words(value, name)


def _whole(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    part = gettext("La démarche")
    for name, sentence in WHOLE.items():
        if before.get(name) != after.get(name):
            yield _changed(part, str(sentence), before.get(name), after.get(name), partial(_whole_words, name))


def _whole_words(name: str, value: Any) -> str:
    if name == "fee_amount":
        return wording.amount_in_words(value)
    if name == "processing_days":
        return wording.days_in_words(value)
    return wording.in_words(value, name)


def _changed(part: str, sentence: str, before: Any, after: Any, words: Callable[[Any], str]) -> Change:
    """Before and after in the active language; in the language that changed when it is another one."""
    said_before, said_after = words(before), words(after)
    if said_before == said_after:
        for language in LANGUAGES:
            with override(language):
                said_before, said_after = words(before), words(after)
            if said_before != said_after:
                note = gettext("(en %(language)s)") % {"language": LANGUAGE_NAMES[language]}
                return Change(Kind.CHANGED, part, f"{sentence} {note}", said_before, said_after)
        return Change(Kind.CHANGED, part, sentence)
    return Change(Kind.CHANGED, part, sentence, said_before, said_after)


def _lines(
    before: Mapping[str, Any], after: Mapping[str, Any], name: str, part: str, words: Callable[[Any], str]
) -> Iterator[Change]:
    """A list whose lines have no name: what left it, what came into it, what moved or was translated anew."""
    old, new = before.get(name, []), after.get(name, [])
    yield from _compare_lines([words(one) for one in old], [words(one) for one in new], part, same=old == new)


def _compare_lines(old: list[str], new: list[str], part: str, *, same: bool) -> Iterator[Change]:
    for line in old:
        if line not in new:
            yield Change(Kind.REMOVED, part, gettext("Ligne retirée : %(line)s") % {"line": line}, before=line)
    for line in new:
        if line not in old:
            yield Change(Kind.ADDED, part, gettext("Ligne ajoutée : %(line)s") % {"line": line}, after=line)
    if sorted(old) == sorted(new) and old != new:
        yield Change(Kind.MOVED, part, gettext("L’ordre des lignes change."), " ; ".join(old), " ; ".join(new))
    elif old == new and not same:
        yield Change(Kind.CHANGED, part, gettext("Une traduction ou une précision change."))


def _form(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = _steps(before), _steps(after)
    pairs = _paired_steps(old, new)
    rules = _Rules(before, after)
    for index, step in enumerate(old):
        if index not in pairs:
            yield Change(Kind.REMOVED, str(STEP.part), str(STEP.removed) % {"name": _name(step)})
    for index, step in enumerate(new):
        if index not in pairs.values():
            yield Change(Kind.ADDED, str(STEP.part), str(STEP.added) % {"name": _name(step)})
    for here, there in pairs.items():
        yield from _options(old[here], new[there], STEP, rules, leave={"fields"}, name=_name(new[there]))
    yield from _questions(old, new, pairs, rules)


def _paired_steps(old: list[Item], new: list[Item]) -> dict[int, int]:
    """Which step is which: those that share the most questions, or else the same title."""
    pairs: dict[int, int] = {}
    for here, step in enumerate(old):
        keys = {field["key"] for field in step["fields"]}
        scores = [
            (len(keys & {field["key"] for field in other["fields"]}), step["title"] == other["title"], -there, there)
            for there, other in enumerate(new)
            if there not in pairs.values()
        ]
        best = max(scores, default=(0, False, 0, 0))
        if best[0] or best[1]:
            pairs[here] = best[3]
    return pairs


def _questions(old: list[Item], new: list[Item], pairs: dict[int, int], rules: _Rules) -> Iterator[Change]:
    was = {field["key"]: (index, field) for index, step in enumerate(old) for field in step["fields"]}
    now = {field["key"]: (index, field) for index, step in enumerate(new) for field in step["fields"]}
    for key, (_index, field) in was.items():
        if key not in now:
            yield Change(Kind.REMOVED, str(QUESTION.part), str(QUESTION.removed) % {"name": _name(field)})
    for key, (index, field) in now.items():
        name = {"name": _name(field), "step": _name(new[index])}
        if key not in was:
            yield Change(Kind.ADDED, str(QUESTION.part), str(QUESTION.added) % name)
            continue
        origin, former = was[key]
        if pairs.get(origin) != index:
            sentence = gettext("La question « %(name)s » passe dans l’étape « %(step)s ».") % name
            yield Change(Kind.MOVED, str(QUESTION.part), sentence, _name(old[origin]), _name(new[index]))
        yield from _options(former, field, QUESTION, rules, leave={"fields"})
        yield from _keyed(former.get("fields", []), field.get("fields", []), IN_GROUP, rules, step=_name(field))
    for here, there in pairs.items():
        yield from _order(old[here]["fields"], new[there]["fields"], _name(new[there]))


def _order(old: list[Item], new: list[Item], step: str) -> Iterator[Change]:
    names = {field["key"]: _name(field) for field in new}
    was = [field["key"] for field in old if field["key"] in names]
    now = [key for key in names if key in was]
    kept = {
        key
        for block in SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
        for key in was[block.a : block.a + block.size]
    }
    for key in now:
        if key not in kept:
            name = {"name": names[key], "step": step}
            sentence = gettext("La question « %(name)s » change de place dans l’étape « %(step)s ».") % name
            yield Change(Kind.MOVED, str(QUESTION.part), sentence)


def _keyed(old: list[Item], new: list[Item], thing: Thing, rules: _Rules, *, step: str = "") -> Iterator[Change]:
    """Things that have a key: gone, new, changed."""
    was, now = {one["key"]: one for one in old}, {one["key"]: one for one in new}
    part = str(thing.part)
    for key, one in was.items():
        if key not in now:
            yield Change(Kind.REMOVED, part, str(thing.removed) % {"name": _name(one), "step": step})
    for key, one in now.items():
        if key in was:
            yield from _options(was[key], one, thing, rules, step=step)
        else:
            yield Change(Kind.ADDED, part, str(thing.added) % {"name": _name(one), "step": step})
    if was.keys() == now.keys() and list(was) != list(now):
        yield Change(Kind.MOVED, part, gettext("L’ordre change."))


def _options(
    old: Item, new: Item, thing: Thing, rules: _Rules, *, leave: Set[str] = frozenset(), name: str = "", step: str = ""
) -> Iterator[Change]:  # fmt: skip
    for option in sorted(old.keys() | new.keys() - leave, key=list(OPTIONS | old | new).index):
        if option in leave or old.get(option) == new.get(option):
            continue
        what = str(OPTIONS.get(option, gettext("l’option « %(option)s » change") % {"option": option}))
        sentence = str(thing.changed) % {"name": name or _name(new), "what": what, "step": step}
        yield _changed(str(thing.part), sentence, old.get(option), new.get(option), partial(rules.option, option))


def _routing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    part, rules = gettext("Orientation"), _Rules(before, after)
    old, new = before.get("routing", {}), after.get("routing", {})
    said = [[rules.routing(rule) for rule in one.get("rules", [])] for one in (old, new)]
    yield from _compare_lines(said[0], said[1], part, same=old.get("rules", []) == new.get("rules", []))
    if old.get("default") != new.get("default"):
        sentence = gettext("Le bureau par défaut change.")
        yield Change(Kind.CHANGED, part, sentence, str(old.get("default", "")), str(new.get("default", "")))
    if old.get("samples", []) != new.get("samples", []):
        yield Change(Kind.CHANGED, part, gettext("Les exemples d’orientation changent."))


def _object(before: Mapping[str, Any], after: Mapping[str, Any], name: str, part: str) -> Iterator[Change]:
    thing = Thing(part, "", "", "%(name)s : %(what)s.")
    yield from _options(before.get(name, {}), after.get(name, {}), thing, _Rules(before, after), name=part)


def _steps(definition: Mapping[str, Any]) -> list[Item]:
    return list(definition.get("form", {}).get("steps", []))


def _name(thing: Item) -> str:
    return in_active_language(thing.get("label") or thing.get("title")) or str(thing.get("key", ""))
