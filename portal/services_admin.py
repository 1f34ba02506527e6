"""What goes with services in the Wagtail admin: closures, ready words, motives, who is told of a promise."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.permission_policies import ModelPermissionPolicy

from portal.town_admin import TownViewSet
from requests_app.catalogue.models import CannedReply, CorrectionReason, RejectionMotive, Restriction
from requests_app.models import EscalationRule

MOTIVE_TEXTS = ("label", "remedy", "legal_basis")


class MotiveForm(WagtailAdminModelForm):
    """A motive with its texts in both languages, written side by side and kept together.

    A legal basis is optional: it stays empty rather than invented.
    """

    label_fr = forms.CharField(label=_("motif (français)"), max_length=200)
    label_en = forms.CharField(label=_("motif (anglais)"), max_length=200)
    remedy_fr = forms.CharField(
        label=_("que faire (français)"), max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )
    remedy_en = forms.CharField(
        label=_("que faire (anglais)"), max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )

    legal_basis_fr = forms.CharField(label=_("base légale (français)"), max_length=300, required=False)
    legal_basis_en = forms.CharField(label=_("base légale (anglais)"), max_length=300, required=False)

    class Meta:
        model = RejectionMotive
        fields = ["code", "services", "starts", "ends", "order", "is_active"]
        widgets = {"services": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for text in MOTIVE_TEXTS:
            for language, words in (getattr(self.instance, f"{text}_i18n") or {}).items():
                self.initial[f"{text}_{language}"] = words

    def _post_clean(self) -> None:
        for text in MOTIVE_TEXTS:
            both = {language: self.cleaned_data.get(f"{text}_{language}", "") for language in ("fr", "en")}
            setattr(self.instance, f"{text}_i18n", both)
        super()._post_clean()


class RestrictionViewSet(TownViewSet):
    model = Restriction
    icon = "no-view"
    menu_label = _("Fermetures et plafonds")
    list_display = ["service", "office", "starts", "ends", "cap", "per"]
    list_filter = ["service", "office"]
    form_fields = ["service", "office", "starts", "ends", "cap", "per", "message_fr", "message_en"]

    @property
    def permission_policy(self) -> ModelPermissionPolicy:
        """A closure announced by mistake is removed."""
        return ModelPermissionPolicy(self.model)


class CannedReplyViewSet(TownViewSet):
    model = CannedReply
    icon = "comment"
    menu_label = _("Réponses prêtes")
    list_display = ["title", "code", "is_active"]
    list_filter = ["is_active"]
    form_fields = ["code", "title", "body_fr", "body_en", "is_active"]
    search_fields = ["title", "body_fr"]


class CorrectionReasonViewSet(TownViewSet):
    model = CorrectionReason
    icon = "edit"
    menu_label = _("Raisons de correction")
    list_display = ["__str__", "about", "order", "is_active"]
    list_filter = ["about", "is_active"]
    form_fields = ["code", "about", "order", "body_fr", "body_en", "is_active"]
    search_fields = ["body_fr"]


class RejectionMotiveViewSet(TownViewSet):
    model = RejectionMotive
    icon = "cross"
    menu_label = _("Motifs de refus")
    list_display = ["__str__", "code", "starts", "ends", "is_active"]
    list_filter = ["is_active", "services"]
    form_fields = ["code", "services", "starts", "ends", "order", "is_active"]
    inspect_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        """Two languages, not a box of JSON."""
        return MotiveForm


class EscalationRuleViewSet(TownViewSet):
    model = EscalationRule
    icon = "bell"
    menu_label = _("Rappels des promesses")
    list_display = ["service", "days", "tells", "is_active"]
    list_filter = ["service", "tells"]
    form_fields = ["service", "days", "tells", "is_active"]

    @property
    def permission_policy(self) -> ModelPermissionPolicy:
        """A rule written by mistake is removed; what was told is kept with each request."""
        return ModelPermissionPolicy(self.model)


class ServiceRulesGroup(ModelViewSetGroup):
    """One menu entry for all of it."""

    menu_label = _("Règles")
    menu_icon = "tasks"
    menu_order = 125
    items = (
        RestrictionViewSet("restrictions"),
        CannedReplyViewSet("canned_replies"),
        CorrectionReasonViewSet("correction_reasons"),
        RejectionMotiveViewSet("motives"),
        EscalationRuleViewSet("escalation_rules"),
    )
