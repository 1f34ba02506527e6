"""The work in progress on a service: everything its definition says, complete or not."""

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.models import PreviewableMixin, RevisionMixin

from arrondissements.models import SIGNATORY_ROLES
from requests_app.catalogue.builder import preview
from requests_app.catalogue.builder.blocks import fields, parts
from requests_app.catalogue.builder.blocks.common import PairBlock
from requests_app.catalogue.builder.streams import QuietStreamField
from requests_app.catalogue.models import (
    DocumentTemplate,
    FeeStatus,
    LifeEvent,
    Mode,
    ProcessingStatus,
    Service,
    ServiceVersion,
)
from requests_app.catalogue.vocabulary import SILENCES

SIGNATORIES = [(role.value, role.label) for role in SIGNATORY_ROLES]


def line(label: Any, length: int = 200, **kwargs: Any) -> models.CharField:
    return models.CharField(label, max_length=length, blank=True, **kwargs)


def prose(label: Any, **kwargs: Any) -> models.TextField:
    return models.TextField(label, max_length=2000, blank=True, **kwargs)


def stream(kind: str, block: blocks.Block, label: Any, **kwargs: Any) -> QuietStreamField:
    """A list of one kind of block."""
    return QuietStreamField([(kind, block)], verbose_name=label, blank=True, collapsed=True, **kwargs)


class ServiceDraft(PreviewableMixin, RevisionMixin, models.Model):
    """What an editor is writing about one service. Saved as often as one likes; citizens never see it.

    A service has one draft. `service` is empty until the new service is tried or published for the first time;
    `based_on` is the version in force when the draft was last published or opened.
    """

    service = models.OneToOneField(
        Service, models.PROTECT, null=True, blank=True, related_name="draft", verbose_name=_("démarche")
    )
    based_on = models.ForeignKey(
        ServiceVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("version de départ")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    # Presentation
    title_fr = line(_("titre (français)"), 120)
    title_en = line(_("titre (anglais)"), 120)
    slug = models.SlugField(
        _("adresse"),
        max_length=60,
        blank=True,
        help_text=_("La fin de l’adresse de la page, sans accent ni espace. Vide : elle est faite du titre."),
    )
    life_event = models.CharField(_("moment de vie"), max_length=20, choices=LifeEvent, default=LifeEvent.PAPERS)
    order = models.PositiveSmallIntegerField(_("ordre d’affichage"), default=100)
    is_listed = models.BooleanField(_("visible dans la liste"), default=True)
    summary_fr = prose(_("résumé (français)"))
    summary_en = prose(_("résumé (anglais)"))
    mode = models.CharField(_("mode"), max_length=20, choices=Mode, default=Mode.PREPARED_HERE)
    issuing_authority_fr = line(_("autorité de délivrance (français)"))
    issuing_authority_en = line(_("autorité de délivrance (anglais)"))
    processing_days = models.PositiveSmallIntegerField(_("délai en jours ouvrés"), null=True, blank=True)
    processing_status = models.CharField(
        _("état du délai"), max_length=20, choices=ProcessingStatus, default=ProcessingStatus.TO_CONFIRM
    )
    processing_note_fr = prose(_("précision sur le délai (français)"))
    processing_note_en = prose(_("précision sur le délai (anglais)"))
    what_to_bring = stream("text", PairBlock(_("chose à apporter"), always=True), _("ce qu’il faut apporter"))
    where_to_go_fr = prose(_("où aller (français)"))
    where_to_go_en = prose(_("où aller (anglais)"))
    external_url = line(_("adresse extérieure"), help_text=_("Commence par https://"))
    legal_basis = stream("text", PairBlock(_("texte"), long=True, always=True), _("base légale"))
    sources = stream("source", parts.SourceBlock(), _("sources"))
    confidence_note_fr = prose(_("ce qui reste à vérifier (français)"))
    confidence_note_en = prose(_("ce qui reste à vérifier (anglais)"))

    # Form, access, pieces, fees
    steps = stream("step", fields.StepBlock(), _("étapes"))
    eligibility = stream("rule", parts.EligibilityBlock(), _("conditions d’accès"))
    evidence = stream("piece", parts.PieceBlock(), _("pièces justificatives"))
    fee_status = models.CharField(_("état des droits"), max_length=20, choices=FeeStatus, default=FeeStatus.TO_CONFIRM)
    fee_amount = models.PositiveIntegerField(
        _("droits en francs CFA"), null=True, blank=True, help_text=_("Gratuit : 0. À confirmer : laissez vide.")
    )
    fee_note_fr = prose(_("précision sur les droits (français)"))
    fee_note_en = prose(_("précision sur les droits (anglais)"))
    fees = stream("fee", parts.FeeBlock(), _("calcul des droits"))

    # Routing
    routing_default = line(_("bureau par défaut"), 60)
    routing_rules = stream("rule", parts.RuleBlock(), _("règles"))
    routing_samples = stream("sample", parts.SampleBlock(), _("essais d’orientation"))

    # Flow
    signatory_role = models.CharField(_("rôle du signataire"), max_length=30, choices=SIGNATORIES, blank=True)
    four_eyes = models.BooleanField(
        _("une personne décide, une autre termine"),
        default=False,
        help_text=_("Pour une demande sans document ; un document est toujours signé par quelqu’un d’autre."),
    )
    opinions = stream("opinion", parts.OpinionBlock(), _("avis demandés à d’autres services"))
    silence_days = models.PositiveSmallIntegerField(_("silence après (jours)"), null=True, blank=True)
    silence_effect = line(_("effet du silence"), 20, choices=list(SILENCES.items()))
    silence_basis_fr = prose(_("texte sur le silence (français)"))
    silence_basis_en = prose(_("texte sur le silence (anglais)"))
    overflow_days = models.PositiveSmallIntegerField(
        _("aide d’un autre bureau après (jours ouvrés)"),
        null=True,
        blank=True,
        help_text=_("Vide : jamais. Le bureau compétent reste compétent, et signe."),
    )
    overflow_basis_fr = prose(_("texte qui le permet (français)"))
    overflow_basis_en = prose(_("texte qui le permet (anglais)"))
    appointment = models.BooleanField(_("rendez-vous nécessaire"), default=False)
    appointment_note_fr = prose(_("ce qu’il faut savoir du rendez-vous (français)"))
    appointment_note_en = prose(_("ce qu’il faut savoir du rendez-vous (anglais)"))
    delivery = models.JSONField(_("remise"), default=list, blank=True)

    # Paper
    document_template = models.CharField(_("modèle de document"), max_length=20, choices=DocumentTemplate, blank=True)
    series = line(_("série du numéro"), 10, help_text=_("Deux à dix capitales, par exemple ASM."))
    document_title_fr = line(_("titre du document (français)"))
    document_title_en = line(_("titre du document (anglais)"))
    document_body = stream("paragraph", parts.ParagraphBlock(), _("paragraphes"))
    document_printed = stream("line", parts.PrintedBlock(), _("tableau"))
    holder_surname = line(_("nom du titulaire (clé)"), 61)
    holder_given_names = line(_("prénoms du titulaire (clé)"), 61)
    holder_birth = line(_("naissance du titulaire (clé)"), 61)
    holder_birth_place = line(_("lieu de naissance du titulaire (clé)"), 61)
    document_basis = stream("text", blocks.TextBlock(label=_("texte"), required=False, rows=2), _("visas"))
    validity_days = models.PositiveIntegerField(_("validité en jours"), null=True, blank=True)

    class Meta:
        verbose_name = _("démarche")
        verbose_name_plural = _("démarches")
        ordering = ["title_fr", "pk"]

    def __str__(self) -> str:
        return self.title_fr or self.slug or gettext("Nouvelle démarche")

    @property
    def standing(self) -> str:
        """Where the service stands, in words."""
        service = self.service
        if service is None or service.current is None:
            return gettext("jamais publiée")
        if service.retired_on:
            return gettext("retirée")
        return gettext("en ligne, version %(number)d") % {"number": service.current.number}

    def with_content_json(self, content: Any) -> Any:
        """An earlier state of the draft still belongs to the same service."""
        earlier = super().with_content_json(content)
        earlier.service_id, earlier.based_on_id = self.service_id, self.based_on_id
        return earlier

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """Each step of the form, as it was last saved."""
        return preview.modes(self)

    def serve_preview(self, request: HttpRequest, mode_name: str | None) -> HttpResponse:
        """The step `mode_name` as the citizen sees it."""
        return preview.step_page(self, request, mode_name)
