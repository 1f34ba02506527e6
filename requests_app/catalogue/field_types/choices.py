"""Answers chosen from a list of the definition, yes or no, and the sentence one must tick."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import BaseChoiceIterator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.field_types.base import NOT_IN_LIST, Definition, FieldType, Typed, register
from requests_app.catalogue.translated import in_active_language

MOST_BUTTONS = 6


class Listed(BaseChoiceIterator):
    """Choices written as Django wants them, so that it does not walk 166 quarters three times at each filing."""

    def __init__(self, choices: list[Any]) -> None:
        self.choices = choices

    def __iter__(self) -> Iterator[Any]:
        return iter(self.choices)


class DropDown(forms.Select):
    """A drop-down drawn in one template: Django's own opens one for each of 166 quarters."""

    template_name = "catalogue/widgets/drop_down.html"


def listed(choices: Iterable[Any], *, as_buttons: bool = False, **kwargs: Any) -> forms.ChoiceField:
    """A choice among `choices`; the drop-down begins with an empty line so that nothing is chosen by mistake."""
    widget = forms.RadioSelect if as_buttons else DropDown
    empty = [] if as_buttons else [("", _("Choisissez…"))]
    field = forms.ChoiceField(choices=Listed([*empty, *choices]), widget=widget, **kwargs)
    field.error_messages["invalid_choice"] = NOT_IN_LIST
    return field


def labelled(choices: Iterable[Definition]) -> list[tuple[str, str]]:
    """(value, label in the active language) of the choices of a definition."""
    return [(choice["value"], in_active_language(choice["label"])) for choice in choices]


@register
class YesNo(FieldType):
    """Yes or no, neither chosen beforehand."""

    name = "yes_no"

    def form_field(self, definition: Definition) -> forms.Field:
        return listed([("yes", _("Oui")), ("no", _("Non"))], as_buttons=True, **self.common(definition))

    def stored(self, value: str) -> bool | None:
        return {"yes": True, "no": False}.get(value)

    def typed(self, definition: Definition, stored: Any) -> Typed:
        return {definition["key"]: {True: "yes", False: "no"}.get(stored, "") if isinstance(stored, bool) else ""}

    def in_words(self, definition: Definition, stored: bool) -> str:
        return gettext("Oui") if stored else gettext("Non")


@register
class Choice(FieldType):
    """One answer of a short list written in the definition: buttons up to six, a drop-down above."""

    name = "choice"
    options = frozenset({"choices"})

    def form_field(self, definition: Definition) -> forms.Field:
        choices = labelled(definition["choices"])
        return listed(choices, as_buttons=len(choices) <= MOST_BUTTONS, **self.common(definition))

    def in_words(self, definition: Definition, stored: str) -> str:
        return dict(labelled(definition["choices"])).get(stored, stored)


@register
class Choices(FieldType):
    """Several answers of a list, kept in the order of the list."""

    name = "choices"
    options = frozenset({"choices", "min", "max"})

    def form_field(self, definition: Definition) -> forms.Field:
        field = SeveralField(
            least=int(definition.get("min", 0)),
            most=int(definition.get("max", len(definition["choices"]))),
            choices=labelled(definition["choices"]),
            widget=forms.CheckboxSelectMultiple,
            **self.common(definition),
        )
        field.error_messages["invalid_choice"] = NOT_IN_LIST
        return field

    def typed(self, definition: Definition, stored: Any) -> Typed:
        return {definition["key"]: [str(value) for value in stored] if isinstance(stored, list) else []}

    def in_words(self, definition: Definition, stored: list[str]) -> str:
        labels = dict(labelled(definition["choices"]))
        return ", ".join(labels.get(value, value) for value in stored)


class SeveralField(forms.MultipleChoiceField):
    """Boxes to tick, between `least` and `most` of them."""

    def __init__(self, *, choices: list[tuple[str, str]], least: int, most: int, **kwargs: Any) -> None:
        super().__init__(choices=choices, **kwargs)
        self.values = [value for value, _label in choices]
        self.least, self.most = least, most

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if value and len(value) < self.least:
            sentence = ngettext("Cochez %(least)d réponse au moins.", "Cochez %(least)d réponses au moins.", self.least)
            raise ValidationError(sentence, code="too_few", params={"least": self.least})
        if len(value) > self.most:
            sentence = ngettext("Cochez %(most)d réponse au plus.", "Cochez %(most)d réponses au plus.", self.most)
            raise ValidationError(sentence, code="too_many", params={"most": self.most})

    def clean(self, value: Any) -> list[str]:
        chosen = super().clean(value)
        return [value for value in self.values if value in chosen]


@register
class Declaration(FieldType):
    """A sentence the person must tick."""

    name = "declaration"

    def form_field(self, definition: Definition) -> forms.Field:
        field = forms.BooleanField(**self.common(definition))
        field.error_messages["required"] = _("Cochez cette case pour continuer.")
        return field

    def typed(self, definition: Definition, stored: Any) -> Typed:
        return {definition["key"]: "on"} if stored is True else {}

    def in_words(self, definition: Definition, stored: bool) -> str:
        return gettext("Oui")


@register
class LinkedChoice(FieldType):
    """Two lists, the second of which depends on the first; stored {"first": …, "second": …}.

    Both are drop-downs; without script the second shows everything under the names of the first, and the server
    refuses what does not go together. A first answer without a list of its own has no second.
    """

    name = "linked_choice"
    options = frozenset({"choices"})
    parts = {"first": True, "second": False}

    def form_field(self, definition: Definition) -> forms.Field:
        return LinkedField(definition["choices"], **self.common(definition))

    def typed(self, definition: Definition, stored: Any) -> Typed:
        key, given = definition["key"], stored if isinstance(stored, dict) else {}
        first, second = given.get("first") or "", given.get("second") or ""
        return {f"{key}_first": str(first), f"{key}_second": f"{first}:{second}" if second else ""}

    def in_words(self, definition: Definition, stored: dict[str, str | None]) -> str:
        words = [self.part_in_words(definition, stored, part) for part in self.parts]
        return " – ".join(word for word in words if word)

    def part_in_words(self, definition: Definition, stored: dict[str, str | None], part: str) -> str:
        first: Definition = next((choice for choice in definition["choices"] if choice["value"] == stored["first"]), {})
        choices = {"first": definition["choices"], "second": first.get("choices", [])}[part]
        return dict(labelled(choices)).get(stored.get(part) or "", stored.get(part) or "")


class TwoDropDowns(forms.MultiWidget):
    """Two labelled drop-downs, `<field>_first` and `<field>_second`; a script may shorten the second."""

    template_name = "catalogue/widgets/two_drop_downs.html"
    use_fieldset = True

    def __init__(self, labels: dict[str, Any], hook: str, attrs: dict[str, Any] | None = None) -> None:
        self.labels = labels
        super().__init__({part: DropDown({hook: part}) for part in labels}, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for box, label in zip(context["widget"]["subwidgets"], self.labels.values(), strict=True):
            box["label"] = label
        return context

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    def decompress(self, value: Any) -> list[str]:
        if not isinstance(value, dict):
            return ["", ""]
        first, second = value.get("first") or "", value.get("second") or ""
        return [first, f"{first}:{second}" if second else ""]


class LinkedField(forms.Field):
    """Cleans the two drop-downs to {"first": value, "second": value or None}."""

    def __init__(self, choices: list[Definition], **kwargs: Any) -> None:
        labels = {"first": _("D’abord"), "second": _("Ensuite")}
        super().__init__(widget=TwoDropDowns(labels, "data-portal-linked"), **kwargs)
        self.second = {choice["value"]: dict(labelled(choice.get("choices", []))) for choice in choices}
        empty = ("", _("Choisissez…"))
        groups = [
            (label, [(f"{first}:{value}", words) for value, words in self.second[first].items()])
            for first, label in labelled(choices)
            if self.second[first]
        ]
        self.widget.widgets[0].choices = Listed([empty, *labelled(choices)])
        self.widget.widgets[1].choices = Listed([empty, *groups])

    def to_python(self, value: Any) -> dict[str, str | None] | None:
        first, second = (str(part or "") for part in (value or ("", "")))
        if not first:
            # The second list alone says both.
            first = second.partition(":")[0]
        if not first:
            return None
        owner, _colon, chosen = second.partition(":")
        if first not in self.second or (second and chosen not in self.second.get(owner, {})):
            raise ValidationError(NOT_IN_LIST, code="invalid_choice")
        if second and owner != first:
            raise ValidationError(gettext("Ces deux réponses ne vont pas ensemble. Choisissez à nouveau la seconde."))
        if self.second[first] and not chosen:
            raise ValidationError(gettext("Choisissez aussi la seconde réponse."), code="incomplete")
        return {"first": first, "second": chosen or None}
