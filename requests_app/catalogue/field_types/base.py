"""What every kind of field does, and the register of all of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.translated import in_active_language

Definition = dict[str, Any]
Typed = dict[str, Any]
TYPES: dict[str, "FieldType"] = {}
# Parts of a composite answer that no service may ask by themselves.
PARTS_ONLY: dict[str, "FieldType"] = {}
REQUIRED = _("Répondez à cette question.")
NOT_IN_LIST = _("Choisissez une réponse de la liste.")
LEFT_OUT = _("Non renseigné")
# Names the pages post beside the answers: no question may be called so.
RESERVED_NAMES = frozenset(
    {"add", "attach", "csrfmiddlewaretoken", "drop", "look", "message", "next", "relire", "remove", "send"}
)


def register(cls: type["FieldType"]) -> type["FieldType"]:
    """Make a type known under its `name`."""
    TYPES[cls.name] = cls()
    return cls


def register_part(cls: type["FieldType"]) -> type["FieldType"]:
    """Make a type known to composite answers, and to no definition of a service."""
    PARTS_ONLY[cls.name] = cls()
    return cls


def kind_of(definition: Definition) -> "FieldType":
    """The type of a question, or of a part of one."""
    name = definition["type"]
    return TYPES[name] if name in TYPES else PARTS_ONLY[name]


class FieldType:
    """What every type does; the defaults fit a value stored as text."""

    name = ""
    # What a definition of this type may say beside what all may say (key, type, label, help, when…).
    options: frozenset[str] = frozenset()
    # The parts of a composite answer, as conditions and tags name them: {part: whether an answer always has it}.
    parts: Mapping[str, bool] = {}
    # Laid out between the questions and never answered.
    layout = False
    # Answered by files kept beside the answers: the answer is the list of their ids.
    holds_files = False
    # May be asked inside a repeatable group.
    in_group = True

    def form_field(self, definition: Definition) -> forms.Field:
        """The Django field that asks for it and cleans to what `stored` takes."""
        raise NotImplementedError

    def common(self, definition: Definition) -> dict[str, Any]:
        """Label, help, required and the sentence for an empty answer."""
        return {
            "label": in_active_language(definition["label"]),
            "help_text": in_active_language(definition.get("help")),
            "required": is_required(definition),
            "error_messages": {"required": REQUIRED},
        }

    def stored(self, value: Any) -> Any:
        """The JSON kept of a cleaned value; None for no answer."""
        return value or None

    def typed(self, definition: Definition, stored: Any) -> Typed:
        """What a browser would post for a stored answer, {name: text or texts}, so that it can be checked again."""
        return {definition["key"]: "" if stored is None else str(stored)}

    def in_words(self, definition: Definition, stored: Any) -> str:
        """The answer as people read it, in the active language."""
        return str(stored)

    def part_in_words(self, definition: Definition, stored: Any, part: str) -> str:
        """One part of a composite answer as people read it, "" when left out. Raises KeyError."""
        raise KeyError(part)

    def posted_names(self, definition: Definition) -> list[str]:
        """All the names a browser posts for it: no other question may use them."""
        return list(dict.fromkeys([definition["key"], *self.typed(definition, None)]))


def is_required(definition: Definition) -> bool:
    """Whether a question must be answered; one that is asked twice (`soft_required`) may be left empty in the end."""
    return bool(definition.get("required", True)) and not definition.get("soft_required", False)


def as_posted(definitions: Iterable[Definition], answers: Mapping[str, Any]) -> Typed:
    """Stored answers as a browser would post them."""
    posted: Typed = {}
    for definition in definitions:
        posted |= kind_of(definition).typed(definition, answers.get(definition["key"]))
    return posted


def typed_before(definitions: Iterable[Definition], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Initial values: what the widgets show for stored answers."""
    initial: dict[str, Any] = {}
    for definition in definitions:
        key, stored = definition["key"], answers.get(definition["key"])
        initial[key] = kind_of(definition).typed(definition, stored).get(key, stored)
    return initial


def in_words(definition: Definition, answers: Mapping[str, Any]) -> str:
    """One answer as people read it, or "Non renseigné"."""
    stored = answers.get(definition["key"])
    if stored is None or stored in ("", [], {}):
        return str(LEFT_OUT)
    return kind_of(definition).in_words(definition, stored)
