"""The small blocks that every other block uses."""

import copy
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from arrondissements.models import Office
from requests_app.catalogue.shape import FILE_FORMATS, PERSONAL_CLASSES
from requests_app.catalogue.vocabulary import FORMATS, PERSONAL

# `<datalist>` of the page that lists the keys of the questions.
KEYS_LIST = "builder-keys"


class PairBlock(blocks.StructBlock):
    """One text in French and in English; `always` when the definition cannot do without it."""

    def __init__(self, label: Any, *, long: bool = False, always: bool = False, **kwargs: Any) -> None:
        self.always = always
        text = blocks.TextBlock if long else blocks.CharBlock
        options = {"rows": 2} if long else {}
        super().__init__(
            [
                ("fr", text(label=_("français"), required=False, **options)),
                ("en", text(label=_("anglais"), required=False, **options)),
            ],
            label=label,
            **kwargs,
        )

    class Meta:
        form_classname = "struct-block builder-pair"
        label_format = "{fr}"


class KeyBlock(blocks.CharBlock):
    """The name of the thing itself; made from its French label when it is left empty."""

    def __init__(self, **kwargs: Any) -> None:
        defaults = {
            "label": _("clé"),
            "help_text": _(
                "Le nom court de cette question pour les conditions et les documents. Vide : il est proposé."
            ),
        }
        super().__init__(required=False, **(defaults | kwargs))


class PathBlock(blocks.CharBlock):
    """The key of a question ("mineurs") or one part of its answer ("parent.birth"), with the list of keys."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label=label or _("question (sa clé)"), required=False, **kwargs)
        self.field.widget.attrs |= {"list": KEYS_LIST, "autocomplete": "off"}


def offices() -> list[tuple[str, str]]:
    """Every office, by the code that rules use (1 query)."""
    return [(office.code, office.name) for office in Office.objects.order_by("kind", "arrondissement_id", "code")]


def kept_offices(here: list[tuple[str, str]], codes: Iterable[str]) -> list[tuple[str, str]]:
    """The choices of an office; those of `codes` that are none `here` came from another town hall and are kept."""
    strange = sorted({code for code in codes if code} - {code for code, _name in here})
    named = [(code, gettext("bureau inconnu : %(code)s") % {"code": code}) for code in strange]
    return [("", "---------"), *named, *here]


class OfficeBlock(blocks.ChoiceBlock):
    """The choice of an office; its code is text, which needs no look at the list to be read."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(choices=offices, required=False, label=label or _("bureau"), **kwargs)

    def normalize_choice(self, value: Any) -> Any:
        """As it is: Wagtail would read the offices again for each block."""
        return value

    def offering(self, choices: list[tuple[str, str]]) -> "OfficeBlock":
        """The same box with other choices."""
        changed = copy.copy(self)
        changed.field = copy.deepcopy(self.field)
        changed.field.choices = choices
        return changed


def with_child(block: Any, name: str, child: blocks.Block) -> Any:
    """The same block with one child replaced."""
    changed = copy.copy(block)
    changed.child_blocks = block.child_blocks.copy()
    changed.child_blocks[name] = child
    return changed


def yes(label: Any, *, default: bool = False, **kwargs: Any) -> blocks.BooleanBlock:
    """A box to tick."""
    return blocks.BooleanBlock(label=label, required=False, default=default, **kwargs)


def number(label: Any, **kwargs: Any) -> blocks.IntegerBlock:
    """A whole number, or nothing."""
    return blocks.IntegerBlock(label=label, required=False, **kwargs)


def line(label: Any, **kwargs: Any) -> blocks.CharBlock:
    """One line, or nothing."""
    return blocks.CharBlock(label=label, required=False, **kwargs)


def day(label: Any, **kwargs: Any) -> blocks.DateBlock:
    """A day, or nothing."""
    return blocks.DateBlock(label=label, required=False, **kwargs)


def personal() -> blocks.ChoiceBlock:
    """The class of personal data."""
    return blocks.ChoiceBlock(
        label=_("donnée personnelle"),
        choices=[(name, PERSONAL[name]) for name in PERSONAL_CLASSES],
        required=False,
    )


def retention() -> blocks.IntegerBlock:
    """How long an answer or a file is kept."""
    return number(
        _("conservation (jours)"),
        min_value=1,
        help_text=_("Jours après la fin de la demande. Vide : aussi longtemps que la demande."),
    )


def formats() -> blocks.MultipleChoiceBlock:
    """Which files are accepted."""
    return blocks.MultipleChoiceBlock(
        label=_("formats acceptés"),
        choices=[(name, FORMATS[name]) for name in FILE_FORMATS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Rien de coché : photo et PDF."),
    )
