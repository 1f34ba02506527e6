"""A block for each type of question the catalogue knows."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup

from requests_app.catalogue import vocabulary
from requests_app.catalogue.asking import FILE_TYPES, SILENT_TYPES
from requests_app.catalogue.builder.blocks.common import (
    KeyBlock,
    PairBlock,
    formats,
    line,
    number,
    personal,
    retention,
    yes,
)
from requests_app.catalogue.builder.blocks.conditions import ConditionBlock
from requests_app.catalogue.field_types import TYPES

TEXTS, NUMBERS, CHOICES = _("Textes"), _("Nombres et dates"), _("Choix")
PEOPLE, PLACES, FILES, LAYOUT = _("Personnes et papiers"), _("Lieux"), _("Fichiers"), _("Mise en page et groupes")

# Type → its group in the list, its icon; in the order of the list.
SHOWN: dict[str, tuple[Any, str]] = {
    "text": (TEXTS, "title"),
    "long_text": (TEXTS, "pilcrow"),
    "email": (TEXTS, "mail"),
    "phone": (TEXTS, "mobile-alt"),
    "integer": (NUMBERS, "order"),
    "decimal": (NUMBERS, "decimal"),
    "amount": (NUMBERS, "tag"),
    "date": (NUMBERS, "date"),
    "approximate_date": (NUMBERS, "date"),
    "time": (NUMBERS, "time"),
    "yes_no": (CHOICES, "check"),
    "choice": (CHOICES, "radio-full"),
    "choices": (CHOICES, "tasks"),
    "linked_choice": (CHOICES, "list-ul"),
    "declaration": (CHOICES, "check"),
    "name": (PEOPLE, "user"),
    "person": (PEOPLE, "user"),
    "npi": (PEOPLE, "tag"),
    "ifu": (PEOPLE, "tag"),
    "rccm": (PEOPLE, "tag"),
    "record_reference": (PEOPLE, "doc-full"),
    "registration_office": (PEOPLE, "home"),
    "arrondissement": (PLACES, "site"),
    "quartier": (PLACES, "site"),
    "place": (PLACES, "site"),
    "address": (PLACES, "home"),
    "map_point": (PLACES, "globe"),
    "file": (FILES, "doc-full"),
    "photo": (FILES, "image"),
    "signature": (FILES, "edit"),
    "heading": (LAYOUT, "h2"),
    "explanation": (LAYOUT, "info-circle"),
    "group": (LAYOUT, "duplicate"),
}
# What a group may not hold: each item is a few simple answers.
NOT_IN_GROUPS = FILE_TYPES | SILENT_TYPES | {"group"}


class ChoiceItem(blocks.StructBlock):
    """One answer of a list."""

    label = PairBlock(_("réponse"), always=True)
    value = KeyBlock(label=_("clé de la réponse"), help_text=_("Vide : elle est proposée."))

    class Meta:
        label = _("réponse")
        label_format = "{label}"


class LinkedItem(blocks.StructBlock):
    """One answer of the first list, with the answers of the second."""

    label = PairBlock(_("réponse"), always=True)
    value = KeyBlock(label=_("clé de la réponse"), help_text=_("Vide : elle est proposée."))
    choices = blocks.ListBlock(ChoiceItem(), label=_("deuxième liste"), default=[])

    class Meta:
        label = _("réponse")
        label_format = "{label}"


def limits_of_dates() -> blocks.ChoiceBlock:
    return blocks.ChoiceBlock(
        label=_("dates permises"),
        required=False,
        choices=list(vocabulary.LIMITS.items()),
    )


# Option of a definition → its block; one object for all types keeps the page light.
OPTIONS: dict[str, blocks.Block] = {
    "choices": blocks.ListBlock(ChoiceItem(), label=_("réponses possibles"), default=[]),
    "min_length": number(_("signes au moins"), min_value=1),
    "max_length": number(_("signes au plus"), min_value=1),
    "min": blocks.FloatBlock(label=_("au moins"), required=False),
    "max": blocks.FloatBlock(label=_("au plus"), required=False),
    "decimals": number(_("chiffres après la virgule"), min_value=1, max_value=6),
    "unit": line(_("unité"), max_length=12),
    "limit": limits_of_dates(),
    "max_days": number(_("jours d’écart au plus"), min_value=1),
    "year_alone": yes(_("l’année seule suffit")),
    "autocomplete": line(
        _("remplissage par le navigateur"), help_text=_("Mot anglais du standard HTML : family-name, bday…")
    ),
    "pattern": line(_("forme attendue"), help_text=_("Expression régulière, par exemple [A-Z]{2}[0-9]{4}.")),
    "pattern_message": PairBlock(_("phrase quand la forme est fausse")),
    "max_files": number(_("fichiers au plus"), min_value=1, max_value=10),
    "formats": formats(),
    "min_items": number(_("éléments au moins"), min_value=0, max_value=20),
    "max_items": number(_("éléments au plus"), min_value=1, max_value=20),
    "item_label": PairBlock(_("nom d’un élément")),
}
LINKED_CHOICES = blocks.ListBlock(LinkedItem(), label=_("première liste"), default=[])
# What every question says; layout says less.
LABEL = PairBlock(_("question"), always=True)
HELP = PairBlock(_("aide"), long=True)
REQUIRED = yes(_("réponse obligatoire"), default=True)
SOFT_REQUIRED = yes(_("si elle est laissée vide, la redemander une fois"))
WHEN = ConditionBlock(label=_("posée seulement si"))
KEY, PERSONAL, RETENTION = KeyBlock(), personal(), retention()
# Shown at once; the rest of the options opens on demand.
AT_ONCE = ("choices", "fields", "item_label", "min_items", "max_items", "unit", "year_alone")


class FieldBlock(blocks.StructBlock):
    """One question of one type."""

    def __init__(self, kind: str, more: dict[str, blocks.Block]) -> None:
        group, icon = SHOWN.get(kind, (LAYOUT, "placeholder"))
        children: dict[str, blocks.Block] = {"label": LABEL, "help": HELP} | more | {"when": WHEN, "key": KEY}
        if kind not in SILENT_TYPES:
            children |= {
                "required": REQUIRED, "soft_required": SOFT_REQUIRED, "personal": PERSONAL, "retention_days": RETENTION
            }  # fmt: skip
        super().__init__(
            list(children.items()),
            group=group,
            label=vocabulary.TYPES.get(kind, kind),
            icon=icon,
            form_layout=layout(list(children)),
        )

    class Meta:
        label_format = "{label}"


def layout(names: list[str]) -> BlockGroup:
    """What is written for every question first, then three drawers that begin shut."""
    first = [name for name in ("label", "help", *AT_ONCE, "required", "soft_required") if name in names]
    last = [name for name in ("key", "personal", "retention_days") if name in names]
    limits = [name for name in names if name not in (*first, *last, "when")]
    drawers = [(["when"], _("Condition"), "help"), (limits, _("Limites et forme"), "sliders"), (last, _("Clé et données personnelles"), "lock")]  # fmt: skip # noqa: E501
    groups = [
        BlockGroup(children, heading=heading, icon=icon, classname="collapsed")
        for children, heading, icon in drawers
        if children
    ]
    return BlockGroup([*first, *groups])


def blocks_of(kind: str) -> dict[str, blocks.Block]:
    """The blocks of the options of a type."""
    special: dict[tuple[str, str], Callable[[], blocks.Block]] = {
        ("linked_choice", "choices"): lambda: LINKED_CHOICES,
        ("group", "fields"): lambda: FieldsBlock(within=True, label=_("questions du groupe"), required=False),
    }
    names = sorted(TYPES[kind].options)
    return {
        name: special[kind, name]() if (kind, name) in special else OPTIONS[name]
        for name in names
        if name in OPTIONS or (kind, name) in special
    }


class FieldsBlock(blocks.StreamBlock):
    """The questions of a step, or of each item of a group (`within`)."""

    def __init__(self, *, within: bool = False, **kwargs: Any) -> None:
        known = [kind for kind in SHOWN if kind in TYPES] + sorted(TYPES.keys() - SHOWN.keys())
        kinds = [kind for kind in known if not (within and kind in NOT_IN_GROUPS)]
        super().__init__([(kind, FieldBlock(kind, blocks_of(kind))) for kind in kinds], **kwargs)

    class Meta:
        collapsed = True


class StepBlock(blocks.StructBlock):
    """One page of the form."""

    title = PairBlock(_("titre de l’étape"), always=True)
    intro = PairBlock(_("introduction"), long=True)
    when = ConditionBlock(label=_("étape demandée seulement si"))
    fields = FieldsBlock(label=_("questions"), required=False)

    class Meta:
        label = _("étape")
        icon = "list-ol"
        label_format = "{title}"
        form_layout = BlockGroup(
            [
                "title",
                "intro",
                BlockGroup(["when"], heading=_("Condition"), icon="help", classname="collapsed"),
                "fields",
            ]
        )
