"""A repeatable group: the same few questions for each child, each witness, each parcel."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from requests_app.catalogue.asking import Asked
from requests_app.catalogue.field_types.base import (
    REQUIRED,
    Definition,
    FieldType,
    Typed,
    as_posted,
    in_words,
    register,
)
from requests_app.catalogue.field_types.inner import InnerForms
from requests_app.catalogue.field_types.step_form import Posted, StepForm
from requests_app.catalogue.translated import in_active_language

MOST_ITEMS = 20
COUNT = "count"
NOTHING_ERASED: Mapping[str, str] = MappingProxyType({})


@register
class Group(FieldType):
    """Stored as a list of {key of the question: stored}; posted as `<key>-<item>-<question>` with `<key>-count`.

    "Ajouter" posts add=<key>, "Retirer" drop=<key>-<item>; see `rearranged`. An item left wholly empty is none.
    """

    name = "group"
    options = frozenset({"fields", "min_items", "max_items", "item_label"})
    in_group = False

    def form_field(self, definition: Definition) -> forms.Field:
        return GroupField(definition, **self.common(definition))

    def typed(self, definition: Definition, stored: Any) -> Typed:
        items = [item for item in stored if isinstance(item, dict)] if isinstance(stored, list) else []
        posted: Typed = {f"{definition['key']}-{COUNT}": str(len(items))}
        for index, item in enumerate(items):
            start = f"{definition['key']}-{index}-"
            renamed = [one | {"key": start + one["key"]} for one in definition["fields"]]
            posted |= as_posted(renamed, {start + key: value for key, value in item.items()})
        return posted

    def in_words(self, definition: Definition, stored: list[dict[str, Any]]) -> str:
        return "\n".join(f"{title}\n{words}" for title, words in self.items_in_words(definition, stored))

    def items_in_words(
        self, definition: Definition, stored: list[dict[str, Any]], erased: Mapping[str, str] = NOTHING_ERASED
    ) -> list[tuple[str, str]]:
        """(name of the item, its answers line by line) of each item; `erased`: see `forms.kept_rows`."""
        return [
            (item_title(definition, number), "\n".join(_lines(definition, item, erased)))
            for number, item in enumerate(stored, 1)
        ]

    def posted_names(self, definition: Definition) -> list[str]:
        return [definition["key"]]


def item_title(definition: Definition, number: int) -> str:
    """ "Enfant 2"; the label of the group when its items have no name of their own."""
    label = in_active_language(definition.get("item_label")) or in_active_language(definition["label"])
    return f"{label} {number}"


def part_in_words(definition: Definition, one: Definition, item: dict[str, Any], erased: Mapping[str, str]) -> str:
    """The answer to the question `one` of an item, or what stands in its place since it was erased."""
    gone = erased.get(f"{definition['key']}.{one['key']}") if item.get(one["key"]) is None else None
    return gone or in_words(one, item)


def _lines(definition: Definition, item: dict[str, Any], erased: Mapping[str, str]) -> list[str]:
    asked = Asked([{"fields": definition["fields"]}], item, today=timezone.localdate()).fields(0)
    return [f"{in_active_language(one['label'])} : {part_in_words(definition, one, item, erased)}" for one in asked]


class ItemForms(InnerForms):
    """The items, each in its frame, with the buttons that add and remove one."""

    template_name = "catalogue/widgets/group.html"

    def __init__(self, field: "GroupField") -> None:
        super().__init__()
        self.field, self.make = field, field.make

    def in_error(self) -> list[tuple[str, StepForm]]:
        made = enumerate(self.forms or (), 1)
        return [(item_title(self.field.definition, number), form) for number, form in made if form.errors]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        made, field = context["forms"], self.field
        titles = [item_title(field.definition, number) for number in range(1, len(made) + 1)]
        return context | {
            "items": list(zip(titles, made, strict=True)),
            "count": len(made),
            "may_add": len(made) < field.most,
            "may_drop": len(made) > field.least,
            "next_title": item_title(field.definition, len(made) + 1),
        }


class GroupField(forms.Field):
    """Cleans to the list of items, each {key: stored}; sentences stand beside the questions of each item."""

    def __init__(self, definition: Definition, **kwargs: Any) -> None:
        self.definition, self.definitions = definition, definition["fields"]
        self.most = min(definition.get("max_items", MOST_ITEMS), MOST_ITEMS)
        # Of a group that may be left out whole, either no item or as many as that.
        self.least = max(definition.get("min_items", 0), 1)
        super().__init__(widget=ItemForms(self), **kwargs)

    def make(self, posted: Posted | None, stored: Any, name: str) -> list[StepForm]:
        """One form per item: as posted, or as stored, one empty at least."""
        items = [item for item in stored if isinstance(item, dict)] if isinstance(stored, list) else []
        count = self.count(posted) if posted else len(items)
        forms = []
        for index in range(min(max(count, self.least), self.most)):
            prefix = f"{name}-{index}"
            saved = items[index] if index < len(items) else {}
            here = Posted(posted.data, posted.files, prefix) if posted else None
            forms.append(StepForm.of(self.definitions, here, saved, prefix=prefix))
        return forms

    def count(self, posted: Posted) -> int:
        """How many items the page held."""
        typed = str(posted.data.get(f"{posted.name}-{COUNT}") or "0")
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0

    def clean(self, value: Posted) -> list[dict[str, Any]]:
        made = self.widget.forms = self.make(value, None, value.name)
        filled = [(number, form) for number, form in enumerate(made, 1) if not form.is_blank()]
        for form in made:
            form.judged = not form.is_blank()
        if not filled:
            if self.required:
                raise ValidationError(REQUIRED, code="required")
            return []
        self._refuse_wrong(filled)
        if len(filled) < self.least:
            sentence = ngettext(
                "Remplissez %(count)d bloc au moins.", "Remplissez %(count)d blocs au moins.", self.least
            )
            raise ValidationError(sentence % {"count": self.least}, code="too_few")
        return [form.answers() for _number, form in filled]

    def has_changed(self, initial: Any, data: Any) -> bool:
        made = self.make(data, initial, data.name)
        return len([form for form in made if not form.is_blank()]) != len(initial or []) or any(
            form.has_changed() for form in made
        )

    def _refuse_wrong(self, filled: list[tuple[int, StepForm]]) -> None:
        sentences = [
            gettext("%(item)s, %(sentence)s") % {"item": item_title(self.definition, number), "sentence": sentence}
            for number, form in filled
            for sentence in form.sentences()
        ]
        if sentences:
            raise ValidationError(sentences)


def rearranged(data: QueryDict) -> QueryDict:
    """What was posted once "Ajouter" (one item more) or "Retirer" (that one gone, the next moved up) is done."""
    changed = data.copy()
    if key := data.get("add"):
        changed[f"{key}-{COUNT}"] = str(min(_count(data, key), MOST_ITEMS) + 1)
    elif (wanted := data.get("drop", "")).rpartition("-")[2].isdecimal():
        key, _dash, index = wanted.rpartition("-")
        _drop(changed, key, int(index[:4]))
    return changed


def _count(data: QueryDict, key: str) -> int:
    typed = data.get(f"{key}-{COUNT}", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0


def _drop(data: QueryDict, key: str, index: int) -> None:
    count = _count(data, key)
    if index >= count:
        return
    start = f"{key}-"
    parts = (name.removeprefix(start).partition("-") for name in data if name.startswith(start))
    later = sorted((int(number), rest) for number, _dash, rest in parts if number.isdecimal() and int(number) >= index)
    for number, rest in later:
        values = data.pop(f"{start}{number}-{rest}")
        if number > index:
            data.setlist(f"{start}{number - 1}-{rest}", values)
    data[f"{key}-{COUNT}"] = str(count - 1)
