"""The other parts of a service: access, pieces, fees, routing, opinions, paper."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks import BlockGroup

from requests_app.catalogue import vocabulary
from requests_app.catalogue.builder.blocks.common import (
    KeyBlock,
    OfficeBlock,
    PairBlock,
    PathBlock,
    day,
    formats,
    line,
    number,
    personal,
    retention,
    yes,
)
from requests_app.catalogue.builder.blocks.conditions import ConditionBlock


def condition_drawer() -> BlockGroup:
    """The condition of a thing, shut until it is needed."""
    return BlockGroup(["when"], heading=_("Condition"), icon="help", classname="collapsed")


class SourceBlock(blocks.StructBlock):
    """Where a fact was read."""

    text = line(_("source"))
    confidence = blocks.ChoiceBlock(
        label=_("confiance"),
        required=False,
        choices=list(vocabulary.CONFIDENCES.items()),
    )

    class Meta:
        label = _("source")
        icon = "doc-empty"
        label_format = "{text}"


class EligibilityBlock(blocks.StructBlock):
    """A rule that stops the person early, says why and where to go."""

    when = ConditionBlock(label=_("la démarche est impossible si"))
    message = PairBlock(_("pourquoi"), long=True, always=True)
    where = PairBlock(_("où aller à la place"), long=True, always=True)
    url = line(_("adresse d’une page"), max_length=200)

    class Meta:
        label = _("condition d’accès")
        icon = "no-view"
        label_format = "{message}"


class PieceBlock(blocks.StructBlock):
    """One paper to attach."""

    label = PairBlock(_("pièce"), always=True)
    help = PairBlock(_("aide"), long=True)
    example = PairBlock(_("à quoi ressemble une bonne pièce"), long=True)
    required = yes(_("obligatoire"), default=True)
    max_files = number(_("fichiers au plus"), min_value=1, max_value=10)
    formats = formats()
    reuse = yes(_("peut être reprise d’une demande précédente, si la personne est d’accord"))
    identity = yes(_("pièce d’identité : les agents la voient avec un filigrane"))
    when = ConditionBlock(label=_("demandée seulement si"))
    key = KeyBlock()
    personal = personal()
    retention_days = retention()

    class Meta:
        label = _("pièce")
        icon = "doc-full"
        label_format = "{label}"
        form_layout = BlockGroup(
            [
                "label",
                "help",
                "example",
                "required",
                "max_files",
                "formats",
                "reuse",
                "identity",
                condition_drawer(),
                BlockGroup(
                    ["key", "personal", "retention_days"],
                    heading=_("Clé et données personnelles"),
                    icon="lock",
                    classname="collapsed",
                ),
            ]
        )


class SlabBlock(blocks.StructBlock):
    """One slab of a tariff."""

    up_to = number(_("jusqu’à (compris)"), min_value=0, help_text=_("Vide : sans limite, pour la dernière tranche."))
    amount = number(_("montant en F CFA"), min_value=0)

    class Meta:
        label = _("tranche")
        label_format = "{up_to} : {amount}"


class ExemptionBlock(blocks.StructBlock):
    """Who does not pay."""

    reason = PairBlock(_("motif"), always=True)
    legal_basis = PairBlock(_("texte"), always=True)
    from_ = day(_("à partir du"))
    until = day(_("jusqu’au"))
    when = ConditionBlock(label=_("n’est pas dû si"))

    class Meta:
        label = _("exonération")
        label_format = "{reason}"


class ShareBlock(blocks.StructBlock):
    """Who receives a part of the fee."""

    beneficiary = PairBlock(_("bénéficiaire"), always=True)
    percent = number(_("part en %"), min_value=1, max_value=100)

    class Meta:
        label = _("part")
        label_format = "{beneficiary} {percent}"


class FeeBlock(blocks.StructBlock):
    """One line of the calculation of what is due."""

    label = PairBlock(_("droit"), always=True)
    kind = blocks.ChoiceBlock(
        label=_("calcul"),
        required=False,
        choices=list(vocabulary.FEE_KINDS.items()),
    )
    amount = number(
        _("montant en F CFA"),
        min_value=0,
        help_text=_("Vide : à confirmer par la mairie. N’inventez jamais un montant."),
    )
    quantity = PathBlock(label=_("question qui compte (sa clé)"), help_text=_("Par exemplaire ou par tranches."))
    slabs = blocks.ListBlock(SlabBlock(), label=_("tranches"), default=[])
    legal_basis = PairBlock(_("texte qui fixe ce droit"), always=True)
    from_ = day(_("à partir du"))
    until = day(_("jusqu’au"))
    exemptions = blocks.ListBlock(ExemptionBlock(), label=_("exonérations"), default=[])
    shares = blocks.ListBlock(ShareBlock(), label=_("partage"), default=[])
    when = ConditionBlock(label=_("dû seulement si"))
    key = KeyBlock()

    class Meta:
        label = _("droit")
        icon = "tag"
        label_format = "{label}"
        form_layout = BlockGroup(
            [
                "label",
                "kind",
                "amount",
                "legal_basis",
                "from_",
                "until",
                BlockGroup(
                    ["quantity", "slabs"], heading=_("Quantité et tranches"), icon="order", classname="collapsed"
                ),
                condition_drawer(),
                BlockGroup(
                    ["exemptions", "shares", "key"],
                    heading=_("Exonérations et partage"),
                    icon="group",
                    classname="collapsed",
                ),
            ]
        )


class RuleBlock(blocks.StructBlock):
    """One rule of routing; the first that fits decides."""

    by = blocks.ChoiceBlock(
        label=_("envoyer"),
        required=False,
        choices=list(vocabulary.ROUTES.items()),
    )
    field = PathBlock(label=_("question qui donne le lieu (sa clé)"))
    office = OfficeBlock(help_text=_("Pour « à ce bureau de la mairie »."))
    reason = PairBlock(_("pourquoi ce bureau, dit au citoyen"), always=True)
    when = ConditionBlock(label=_("seulement si"))

    class Meta:
        label = _("règle")
        icon = "redirect"
        label_format = "{reason}"
        form_layout = BlockGroup(["by", "field", "office", "reason", condition_drawer()])


class SampleAnswerBlock(blocks.StructBlock):
    """One answer of a sample."""

    field = PathBlock()
    value = line(_("réponse"), help_text=_("Comme elle est gardée : 5:Gbéto pour un quartier, oui, 12…"))

    class Meta:
        label = _("réponse")
        form_classname = "struct-block builder-comparison"
        label_format = "{field} {value}"


class SampleBlock(blocks.StructBlock):
    """With these answers, the request must land in this office."""

    answers = blocks.ListBlock(SampleAnswerBlock(), label=_("réponses"), default=[])
    office = OfficeBlock(label=_("bureau attendu"))

    class Meta:
        label = _("essai d’orientation")
        icon = "tick"
        label_format = "{office}"


class OpinionBlock(blocks.StructBlock):
    """An opinion asked from another service."""

    office = OfficeBlock(label=_("service consulté"))
    question = PairBlock(_("question posée"), long=True, always=True)
    days = number(_("délai en jours"), min_value=1, max_value=60)
    required = yes(_("la décision attend cet avis"))
    when = ConditionBlock(label=_("demandé seulement si"))

    class Meta:
        label = _("avis")
        icon = "comment"
        label_format = "{question}"
        form_layout = BlockGroup(["office", "question", "days", "required", condition_drawer()])


class ParagraphBlock(blocks.StructBlock):
    """One paragraph of the paper."""

    text = blocks.TextBlock(
        label=_("paragraphe"),
        required=False,
        rows=3,
        help_text=_("Une clé entre accolades est remplacée par la réponse : {surname}. Toujours en français."),
    )
    when = ConditionBlock(label=_("imprimé seulement si"))

    class Meta:
        label = _("paragraphe")
        icon = "pilcrow"
        label_format = "{text}"
        form_layout = BlockGroup(["text", condition_drawer()])


class PrintedBlock(blocks.StructBlock):
    """One line of the table of the paper."""

    field = PathBlock()
    label = PairBlock(_("intitulé"), always=True)

    class Meta:
        label = _("ligne")
        icon = "table"
        label_format = "{label}"
