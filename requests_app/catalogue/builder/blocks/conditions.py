"""A condition on the screen: all or one of some comparisons, one level of groups, operators in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from requests_app.catalogue.builder.blocks.common import PathBlock
from requests_app.catalogue.vocabulary import BOXES, OPERATORS

JOINS = [("all", BOXES["all"]), ("any", BOXES["any"])]


class ComparisonBlock(blocks.StructBlock):
    """One question compared with a value."""

    field = PathBlock()
    is_ = blocks.ChoiceBlock(label=_("comparaison"), choices=list(OPERATORS.items()), required=False)
    value = blocks.CharBlock(
        label=_("valeur"),
        required=False,
        help_text=_("oui ou non ; un nombre ; la clé d’une réponse ; une liste : a, b, c."),
    )
    on = PathBlock(label=_("âge à la date de (clé)"), help_text=_("Pour un âge seulement. Vide : le jour du dépôt."))

    class Meta:
        label = _("comparaison")
        icon = "check"
        form_classname = "struct-block builder-comparison"
        label_format = "{field} {is_} {value}"


class GroupBlock(blocks.StructBlock):
    """Comparisons held together by one word."""

    join = blocks.ChoiceBlock(label=_("quand"), choices=JOINS, default="any", required=True)
    parts = blocks.ListBlock(ComparisonBlock(), label=_("comparaisons"))

    class Meta:
        label = _("groupe de comparaisons")
        icon = "list-ul"


class PartsBlock(blocks.StreamBlock):
    """What a condition is made of."""

    comparison = ComparisonBlock()
    group = GroupBlock()
    other = blocks.TextBlock(
        label=_("condition écrite"),
        icon="code",
        rows=3,
        required=False,
        help_text=_("Une condition trop longue pour l’écran, venue d’un fichier. Laissez-la telle quelle."),
    )


class ConditionBlock(blocks.StructBlock):
    """When something is asked, needed or due; without a comparison: always."""

    join = blocks.ChoiceBlock(label=_("quand"), choices=JOINS, default="all", required=True)
    parts = PartsBlock(label=_("comparaisons"), required=False)

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label=label or _("condition"), required=False, **kwargs)

    class Meta:
        icon = "help"
        label_format = ""
