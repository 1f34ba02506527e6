"""The tabs of a draft."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, Panel, TabbedInterface

from requests_app.catalogue.builder.convert import raw_of
from requests_app.catalogue.builder.forms import ServiceDraftForm


def both(name: str, heading: Any, **kwargs: Any) -> MultiFieldPanel:
    """A text in both languages, side by side."""
    return MultiFieldPanel(
        [
            FieldRowPanel(
                [FieldPanel(f"{name}_fr", heading=_("Français")), FieldPanel(f"{name}_en", heading=_("Anglais"))]
            )
        ],
        heading=heading,
        **kwargs,
    )


class KeysPanel(Panel):
    """The keys of the questions as they were last saved, for conditions, rules and papers."""

    # One panel of the page also offers them while one types, in every tab.
    offers = False

    class BoundPanel(Panel.BoundPanel):
        template_name = "catalogue/builder/keys_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"keys": keys_of(self.instance), "offers": self.panel.offers}


class OfferedKeysPanel(KeysPanel):
    """The panel that comes first."""

    offers = True


class StandingPanel(Panel):
    """Where the service stands, and the way to publish."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "catalogue/builder/standing_panel.html"


def keys_of(draft: Any) -> list[tuple[str, str, str]]:
    """(key, label, group or "") of each question of the draft, in order."""
    found = []
    for step in raw_of(draft, "steps"):
        for field in step["value"].get("fields") or []:
            value = field["value"]
            found.append((value.get("key") or "", label_of(value), ""))
            if field["type"] == "group":
                inner = [one["value"] for one in value.get("fields") or []]
                found += [(one.get("key") or "", label_of(one), label_of(value)) for one in inner]
    return [line for line in found if line[0]]


def label_of(value: dict[str, Any]) -> str:
    return str((value.get("label") or {}).get("fr") or "")


PRESENTATION = [
    both("title", _("Titre")),
    both("summary", _("Résumé")),
    FieldPanel("mode"),
    both("issuing_authority", _("Qui délivre")),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("processing_status"), FieldPanel("processing_days")]),
            FieldRowPanel([FieldPanel("processing_note_fr"), FieldPanel("processing_note_en")]),
        ],
        heading=_("Délai"),
    ),
    FieldPanel("what_to_bring"),
    both("where_to_go", _("Où aller")),
    FieldPanel("external_url"),
    FieldPanel("legal_basis"),
    FieldPanel("sources"),
    both("confidence_note", _("Ce qui reste à vérifier")),
]
FEES = [
    FieldRowPanel([FieldPanel("fee_status"), FieldPanel("fee_amount")]),
    both("fee_note", _("Précision")),
    FieldPanel("fees"),
]
ROUTING = [FieldPanel("routing_rules"), FieldPanel("routing_default"), FieldPanel("routing_samples")]
FLOW = [
    FieldPanel("signatory_role"),
    FieldPanel("four_eyes"),
    FieldPanel("opinions"),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("silence_days"), FieldPanel("silence_effect")]),
            FieldRowPanel([FieldPanel("silence_basis_fr"), FieldPanel("silence_basis_en")]),
        ],
        heading=_("Si la mairie ne répond pas"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("overflow_days"),
            FieldRowPanel([FieldPanel("overflow_basis_fr"), FieldPanel("overflow_basis_en")]),
        ],
        heading=_("Si le bureau est surchargé"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("appointment"),
            FieldRowPanel([FieldPanel("appointment_note_fr"), FieldPanel("appointment_note_en")]),
        ],
        heading=_("Rendez-vous"),
    ),
    FieldPanel("delivery"),
]
PAPER = [
    FieldRowPanel([FieldPanel("document_template"), FieldPanel("series"), FieldPanel("validity_days")]),
    both("document_title", _("Titre du document")),
    FieldPanel("document_body"),
    FieldPanel("document_printed"),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("holder_surname"), FieldPanel("holder_given_names")]),
            FieldRowPanel([FieldPanel("holder_birth"), FieldPanel("holder_birth_place")]),
        ],
        heading=_("Le titulaire du document"),
    ),
    FieldPanel("document_basis"),
]
PUBLICATION = [
    StandingPanel(),
    FieldPanel("slug"),
    FieldRowPanel([FieldPanel("life_event"), FieldPanel("order")]),
    FieldPanel("is_listed"),
]
# Identifier of the tab in the page → its name and what it holds.
TABS: dict[str, tuple[Any, list[Panel]]] = {
    "presentation": (_("Présentation"), PRESENTATION),
    "form": (_("Formulaire"), [OfferedKeysPanel(), FieldPanel("steps")]),
    "access": (_("Accès"), [KeysPanel(), FieldPanel("eligibility")]),
    "evidence": (_("Pièces"), [KeysPanel(), FieldPanel("evidence")]),
    "fees": (_("Droits"), [KeysPanel(), *FEES]),
    "routing": (_("Orientation"), [KeysPanel(), *ROUTING]),
    "flow": (_("Circuit"), [KeysPanel(), *FLOW]),
    "paper": (_("Document"), [KeysPanel(), *PAPER]),
    "publication": (_("Publication"), PUBLICATION),
}


def edit_handler() -> TabbedInterface:
    """The whole form."""
    tabs = [ObjectList(panels, heading=name) for name, panels in TABS.values()]
    return TabbedInterface(tabs, base_form_class=ServiceDraftForm)


def fields_in(panels: list[Panel]) -> list[str]:
    """The columns these panels show."""
    names: list[str] = []
    for panel in panels:
        names += [panel.field_name] if isinstance(panel, FieldPanel) else fields_in(getattr(panel, "children", []))
    return names


TAB_OF = {column: tab for tab, (_name, panels) in TABS.items() for column in fields_in(panels)}
