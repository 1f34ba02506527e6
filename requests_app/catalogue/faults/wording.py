"""What the JSON Schema refuses, said in words, with the names of the boxes."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from jsonschema.exceptions import ValidationError as ShapeError

from requests_app.catalogue.shape import DAY, DEFINITION, DOCUMENT, KEY, OPTIONS, PATH, SENTENCE
from requests_app.catalogue.vocabulary import boxes, value_in_words

# Pattern of the schema → how one writes it.
WRITTEN: dict[Any, Promise] = {
    KEY["pattern"]: _(
        "Une clé est faite de minuscules sans accent, de chiffres et de « _ » ; elle commence par une lettre."
    ),
    PATH["pattern"]: _("C’est la clé d’une question, comme dans la liste des clés."),
    SENTENCE["pattern"]: _("Il faut des mots."),
    DAY["pattern"]: _("Une date s’écrit ainsi : 2026-11-23."),
    DOCUMENT["properties"]["series"]["pattern"]: _("Il faut deux à dix capitales, par exemple ASM."),
    DEFINITION["properties"]["external_url"]["pattern"]: _("Une adresse commence par https:// et n’a pas d’espace."),
    OPTIONS["autocomplete"]["pattern"]: _("C’est un mot anglais du standard HTML : family-name, bday…"),
}
# Type of the schema → what is wanted.
WANTED: dict[str, Promise] = {
    "object": _("Il faut un ensemble de cases."),
    "array": _("Il faut une liste."),
    "string": _("Il faut un texte."),
    "integer": _("Il faut un nombre entier."),
    "number": _("Il faut un nombre."),
    "boolean": _("Il faut oui ou non."),
}


def words_for(error: ShapeError) -> str:
    """One sentence for one fault of shape."""
    if error.instance in ("", []) and error.validator != "type":
        return gettext("C’est à remplir.")
    if error.validator == "required":
        missing = sorted(set(error.validator_value) - set(error.instance))
        return gettext("Il manque : %(names)s.") % {"names": boxes(missing, error.absolute_path)}
    if error.validator == "additionalProperties":
        extra = sorted(set(error.instance) - set(error.schema["properties"]))
        return gettext("Cela n’a pas sa place ici : %(names)s.") % {"names": boxes(extra, error.absolute_path)}
    if error.validator == "enum":
        return _enum_words(error)
    return _limit_words(error)


def shown(value: object) -> str:
    """What was written, when it is a word or a number; a whole part of a file is no quotation."""
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    return str(value)[:60] if isinstance(value, str | int | float) else "…"


def _enum_words(error: ShapeError) -> str:
    name = next((part for part in reversed(error.absolute_path) if isinstance(part, str)), "")
    possible = ", ".join(f"« {value_in_words(name, value)} »" for value in error.validator_value if value)
    return gettext("« %(value)s » n’est pas possible. Possible : %(possible)s.") % {
        "value": shown(error.instance),
        "possible": possible,
    }


def _limit_words(error: ShapeError) -> str:
    limit = {"limit": error.validator_value}
    if error.validator == "maxItems":
        limit["count"] = len(error.instance)
        return gettext("Il y en a %(count)d : c’est trop, %(limit)d au plus.") % limit
    if error.validator in {"minItems", "minLength"}:
        return gettext("C’est vide ou trop court : %(limit)s au moins.") % limit
    if error.validator == "maxLength":
        return gettext("C’est trop long : %(limit)s signes au plus.") % limit
    if error.validator == "minimum":
        return gettext("C’est trop petit : %(limit)s au moins.") % limit
    if error.validator == "maximum":
        return gettext("C’est trop grand : %(limit)s au plus.") % limit
    if error.validator == "pattern":
        sentence = gettext("« %(value)s » ne s’écrit pas ainsi. %(hint)s")
        return sentence % {"value": shown(error.instance), "hint": WRITTEN[error.validator_value]}
    return _type_words(error)


def _type_words(error: ShapeError) -> str:
    kinds = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    wanted = str(WANTED[kinds[0]])
    if error.instance is None:
        return wanted
    return gettext("« %(value)s » ne va pas ici. %(wanted)s") % {"value": shown(error.instance), "wanted": wanted}
