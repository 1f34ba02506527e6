"""Is this definition a service that can be published? Every fault is a sentence with its place."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as ShapeError

from arrondissements.models import Office
from requests_app.catalogue.dates import PARTS
from requests_app.catalogue.field_types import TYPES, Definition
from requests_app.catalogue.models import Mode
from requests_app.catalogue.paper import FACTS, TAG
from requests_app.catalogue.shape import DEFINITION

COMMON_OPTIONS = {"key", "type", "label", "help", "required"}
ROUTED_BY = {"arrondissement_of": {"quartier", "arrondissement"}, "office_of": {"registration_office"}}
MOST_SENTENCES = 50


class DefinitionError(ValueError):
    """The definition cannot be published; `sentences` says where and why."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def validate_definition(data: dict[str, Any]) -> None:
    """Check the shape first, then what the parts say of one another. Raises DefinitionError."""
    sentences = list(dict.fromkeys(shape_faults(data)))
    if not sentences:
        checks = (mode_faults, fee_faults, form_faults, routing_faults, document_faults)
        sentences = [sentence for check in checks for sentence in check(data)]
    if sentences:
        raise DefinitionError(sentences[:MOST_SENTENCES])


def shape_faults(data: dict[str, Any]) -> Iterator[str]:
    """What the JSON Schema refuses, said in words."""
    for error in Draft202012Validator(DEFINITION).iter_errors(data):
        yield at(place(error), words_for(error))


def mode_faults(data: dict[str, Any]) -> Iterator[str]:
    """Who issues it decides what the definition must have."""
    if data["mode"] == Mode.ORIENTATION:
        sentence = gettext("Une démarche d’orientation n’a rien à remplir ici.")
        yield from (at(part, sentence) for part in ("form", "routing", "document", "evidence") if data[part])
        if not data["where_to_go"]:
            yield at("where_to_go", gettext("Une démarche d’orientation dit où aller."))
    else:
        sentence = gettext("Une démarche en ligne a un formulaire et une règle d’orientation.")
        yield from (at(part, sentence) for part in ("form", "routing") if not data[part])
    if data["mode"] == Mode.ISSUED_HERE:
        sentence = gettext("Un document délivré ici a un modèle, un contenu et un signataire.")
        parts = ("document", "document_template", "signatory_role")
        yield from (at(part, sentence) for part in parts if not data[part])


def fee_faults(data: dict[str, Any]) -> Iterator[str]:
    """The amount agrees with what is known of it."""
    amounts = {"FREE": 0, "TO_CONFIRM": None, "CONFIRMED": data["fee_amount"] or -1}
    if data["fee_amount"] != amounts[data["fee_status"]]:
        yield at("fee_amount", gettext("Gratuit : 0. Connu : un montant. À confirmer : aucun montant."))


def form_faults(data: dict[str, Any]) -> Iterator[str]:
    """Names used twice, options that do not belong to the type of a field."""
    fields = fields_of(data)
    names = [name for field in fields for name in posted_names(field)]
    for name in repeated(names):
        yield at("form", gettext("Le nom « %(name)s » est utilisé deux fois.") % {"name": name})
    for name in repeated(piece["key"] for piece in data["evidence"]):
        yield at("evidence", gettext("Le nom « %(name)s » est utilisé deux fois.") % {"name": name})
    for field in fields:
        yield from option_faults(field)


def option_faults(field: Definition) -> Iterator[str]:
    allowed = TYPES[field["type"]].options
    for option in sorted(field.keys() - COMMON_OPTIONS - allowed):
        yield at(
            field["key"],
            gettext("L’option « %(option)s » n’existe pas pour le type « %(type)s ».")
            % {"option": option, "type": field["type"]},
        )
    if "choices" in allowed and "choices" not in field:
        yield at(field["key"], gettext("Il manque la liste des réponses."))
    for value in repeated(choice["value"] for choice in field.get("choices", [])):
        yield at(field["key"], gettext("La réponse « %(name)s » est écrite deux fois.") % {"name": value})
    for least, most in (("min", "max"), ("min_length", "max_length")):
        if least in field and most in field and field[least] > field[most]:
            yield at(field["key"], gettext("Le minimum dépasse le maximum."))


def routing_faults(data: dict[str, Any]) -> Iterator[str]:
    """Each rule reads a field that can name an office, or an office that exists."""
    if not data["routing"]:
        return
    types = {field["key"]: field["type"] for field in fields_of(data)}
    offices = set(Office.objects.values_list("code", flat=True))
    named = [("routing.default", data["routing"]["default"])]
    for index, rule in enumerate(data["routing"]["rules"]):
        here = f"routing.rules[{index}]"
        if rule["by"] == "central":
            named.append((here, rule.get("office", "")))
        elif types.get(rule.get("field", "")) not in ROUTED_BY[rule["by"]]:
            yield at(here, gettext("Cette règle a besoin d’une question qui désigne un lieu ou un bureau."))
    for here, code in named:
        if code not in offices:
            yield at(here, gettext("Le bureau « %(code)s » n’existe pas.") % {"code": code})


def document_faults(data: dict[str, Any]) -> Iterator[str]:
    """A paper only names what is always answered; its table may name optional questions."""
    if not data["document"]:
        return
    fields = {field["key"]: field for field in fields_of(data)}
    always = {key for key, field in fields.items() if field.get("required", True)}
    document = data["document"]
    for index, paragraph in enumerate(document["body"]):
        yield from tag_faults(f"document.body[{index}]", paragraph, always)
    for line in document["printed"]:
        if line["field"] not in fields:
            yield at("document.printed", unknown(line["field"]))
    for part, key in document["holder"].items():
        # Some people have one name only, some do not know when they were born.
        if key not in (always if part == "surname" else fields):
            yield at(f"document.holder.{part}", unknown(key))


def tag_faults(here: str, paragraph: str, always: set[str]) -> Iterator[str]:
    for tag in TAG.findall(paragraph):
        if tag not in always and tag not in FACTS:
            yield at(here, unknown(tag))
    if set("{}") & set(TAG.sub("", paragraph)):
        yield at(here, gettext("Une accolade n’est pas fermée, ou son contenu n’est pas le nom d’une question."))


def unknown(name: str) -> str:
    return gettext("« %(name)s » n’est pas une question obligatoire de ce formulaire.") % {"name": name}


def fields_of(data: dict[str, Any]) -> list[Definition]:
    return [field for step in data["form"].get("steps", []) for field in step["fields"]]


def posted_names(field: Definition) -> list[str]:
    """The names the browser posts for a field: a date takes three more."""
    parts = [f"{field['key']}_{part}" for part in PARTS] if field["type"] == "date" else []
    return [field["key"], *parts]


def repeated(names: Any) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def at(here: str, sentence: str) -> str:
    return f"{here} : {sentence}" if here else sentence


def place(error: ShapeError) -> str:
    """`form.steps[0].fields[2].label`, counted from 0 as in the file."""
    words = ""
    for part in error.absolute_path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}"
    return words.lstrip(".")


def words_for(error: ShapeError) -> str:
    """One sentence for one fault of shape."""
    value = str(error.instance)[:60]
    if error.validator == "required":
        missing = sorted(set(error.validator_value) - set(error.instance))
        return gettext("Il manque : %(names)s.") % {"names": ", ".join(missing)}
    if error.validator == "additionalProperties":
        extra = sorted(set(error.instance) - set(error.schema["properties"]))
        return gettext("Ces noms ne sont pas connus ici : %(names)s.") % {"names": ", ".join(extra)}
    if error.validator == "enum":
        possible = ", ".join(str(choice) for choice in error.validator_value if choice)
        return gettext("« %(value)s » n’est pas possible. Possible : %(possible)s.") % {
            "value": value,
            "possible": possible,
        }
    return limit_words(error, value)


def limit_words(error: ShapeError, value: str) -> str:
    limit = {"limit": error.validator_value}
    if error.validator in {"minItems", "minLength"}:
        return gettext("C’est vide ou trop court : %(limit)s au moins.") % limit
    if error.validator in {"maxItems", "maxLength"}:
        return gettext("C’est trop long : %(limit)s au plus.") % limit
    if error.validator == "minimum":
        return gettext("C’est trop petit : %(limit)s au moins.") % limit
    if error.validator == "maximum":
        return gettext("C’est trop grand : %(limit)s au plus.") % limit
    if error.validator == "pattern":
        return gettext("« %(value)s » ne s’écrit pas ainsi.") % {"value": value}
    return gettext("« %(value)s » n’est pas du type attendu ici.") % {"value": value}
