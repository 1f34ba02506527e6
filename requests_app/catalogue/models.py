"""Services, their immutable versions, and the coded reasons for which a request may be rejected."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.translated import Translated, in_active_language


class LifeEvent(models.TextChoices):
    """The moments of life under which a citizen looks for a service."""

    BIRTH_FAMILY = "BIRTH_FAMILY", _("Naissance et famille")
    MARRIAGE = "MARRIAGE", _("Mariage")
    DEATH = "DEATH", _("Décès et funérailles")
    HOUSING_LAND = "HOUSING_LAND", _("Logement et terrain")
    WORK_TRADE = "WORK_TRADE", _("Travail et commerce")
    PAPERS = "PAPERS", _("Papiers et identité")


class Mode(models.TextChoices):
    """Who issues what the citizen asks for."""

    ISSUED_HERE = "ISSUED_HERE", _("Délivré par la mairie")
    PREPARED_HERE = "PREPARED_HERE", _("Préparé par la mairie")
    ORIENTATION = "ORIENTATION", _("Délivré ailleurs : nous vous orientons")


class FeeStatus(models.TextChoices):
    """What the town hall knows about a fee; an unknown amount is never guessed."""

    FREE = "FREE", _("Gratuit")
    CONFIRMED = "CONFIRMED", _("Montant connu")
    TO_CONFIRM = "TO_CONFIRM", _("À confirmer par la mairie")


class ProcessingStatus(models.TextChoices):
    """Whether the processing time comes from a text or is a target the town hall still has to confirm."""

    CONFIRMED = "CONFIRMED", _("Délai connu")
    TO_CONFIRM = "TO_CONFIRM", _("À confirmer par la mairie")


class DocumentTemplate(models.TextChoices):
    """The paper layouts a service may use; drawn by the documents room."""

    PERMIT = "permit", _("Permis")
    CERTIFICATE = "certificate", _("Certificat")
    ATTESTATION = "attestation", _("Attestation")


class Service(models.Model):
    """A name in the list of services; its content lives in the current version."""

    slug = models.SlugField(_("adresse"), max_length=60, unique=True)
    life_event = models.CharField(_("moment de vie"), max_length=20, choices=LifeEvent)
    order = models.PositiveSmallIntegerField(_("ordre d’affichage"), default=100)
    is_listed = models.BooleanField(_("visible dans la liste"), default=True)
    current = models.ForeignKey(
        "ServiceVersion",
        verbose_name=_("version en vigueur"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("démarche")
        verbose_name_plural = _("démarches")
        ordering = ["life_event", "order", "slug"]

    def __str__(self) -> str:
        return self.current.title if self.current else self.slug


class ServiceVersion(models.Model):
    """One numbered state of a service; frozen by the database from the day it is published.

    Columns ending in `_i18n` hold `{"fr": …, "en": …}`; the attribute without the ending reads them in the
    active language.
    """

    service = models.ForeignKey(
        Service,
        verbose_name=_("démarche"),
        on_delete=models.PROTECT,
        related_name="versions",
    )
    number = models.PositiveIntegerField(_("numéro de version"))
    published_at = models.DateTimeField(_("publiée le"), null=True, blank=True)

    title_i18n = models.JSONField(_("titre"))
    summary_i18n = models.JSONField(_("résumé"))
    mode = models.CharField(_("mode"), max_length=20, choices=Mode)
    issuing_authority_i18n = models.JSONField(_("autorité de délivrance"))

    fee_amount = models.PositiveIntegerField(_("droits en francs CFA"), null=True, blank=True)
    fee_status = models.CharField(_("état des droits"), max_length=20, choices=FeeStatus)
    fee_note_i18n = models.JSONField(_("précision sur les droits"), default=dict, blank=True)
    processing_days = models.PositiveSmallIntegerField(_("délai en jours ouvrés"), null=True, blank=True)
    processing_status = models.CharField(_("état du délai"), max_length=20, choices=ProcessingStatus)
    processing_note_i18n = models.JSONField(_("précision sur le délai"), default=dict, blank=True)

    legal_basis_i18n = models.JSONField(_("base légale"), default=list, blank=True)
    confidence_note_i18n = models.JSONField(_("ce qui reste à vérifier"), default=dict, blank=True)
    sources = models.JSONField(_("sources"), default=list, blank=True)

    signatory_role = models.CharField(_("rôle du signataire"), max_length=30, blank=True)
    document_template = models.CharField(_("modèle de document"), max_length=20, choices=DocumentTemplate, blank=True)
    document = models.JSONField(_("document"), default=dict, blank=True)
    routing = models.JSONField(_("règle d’orientation"), default=dict, blank=True)
    form = models.JSONField(_("formulaire"), default=dict, blank=True)
    evidence_i18n = models.JSONField(_("pièces justificatives"), default=list, blank=True)

    what_to_bring_i18n = models.JSONField(_("ce qu’il faut apporter"), default=list, blank=True)
    where_to_go_i18n = models.JSONField(_("où aller"), default=dict, blank=True)
    external_url = models.URLField(_("adresse extérieure"), blank=True)

    title = Translated()
    summary = Translated()
    issuing_authority = Translated()
    fee_note = Translated()
    processing_note = Translated()
    legal_basis = Translated()
    confidence_note = Translated()
    what_to_bring = Translated()
    where_to_go = Translated()

    class Meta:
        verbose_name = _("version de démarche")
        verbose_name_plural = _("versions de démarche")
        ordering = ["service", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="one_number_per_version"),
            models.CheckConstraint(
                condition=~Q(mode="ORIENTATION") | Q(form={}),
                name="orientation_has_no_form",
                violation_error_message=_(
                    "Une démarche d’orientation n’a pas de formulaire : elle est traitée ailleurs."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(mode="ISSUED_HERE") | (~Q(signatory_role="") & ~Q(document_template="")),
                name="issued_here_is_signed_on_paper",
                violation_error_message=_(
                    "Un document délivré par la mairie a un rôle de signataire et un modèle de document."
                ),
            ),
            models.CheckConstraint(
                # A CHECK that answers NULL passes, so an amount that must be there is said to be there.
                condition=(
                    Q(fee_status="FREE", fee_amount=0, fee_amount__isnull=False)
                    | Q(fee_status="CONFIRMED", fee_amount__gt=0, fee_amount__isnull=False)
                    | Q(fee_status="TO_CONFIRM", fee_amount__isnull=True)
                ),
                name="fee_amount_agrees_with_status",
                violation_error_message=_(
                    "Les droits sont gratuits (0), connus (un montant) ou à confirmer (aucun montant)."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse to touch a published version, with a sentence; the database refuses it too."""
        if self.pk and type(self).objects.filter(pk=self.pk, published_at__isnull=False).exists():
            raise ValidationError(
                gettext("La version %(number)d est publiée : créez une nouvelle version pour la modifier.")
                % {"number": self.number}
            )
        super().save(*args, **kwargs)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_filed_online(self) -> bool:
        """True when a citizen can file a request here; an orientation page only explains."""
        return self.mode != Mode.ORIENTATION

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The steps of the form as data; empty for an orientation."""
        return self.form.get("steps", [])

    @property
    def step_titles(self) -> list[str]:
        return [in_active_language(step["title"]) for step in self.steps]

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """The pieces to attach: key, label, help, required, max_files, in the active language."""
        return [
            {
                "key": piece["key"],
                "label": in_active_language(piece["label"]),
                "help": in_active_language(piece.get("help")),
                "required": piece.get("required", True),
                "max_files": piece.get("max_files", 1),
            }
            for piece in self.evidence_i18n
        ]


class RejectionMotive(models.Model):
    """A coded reason to reject a request, with what the person can do about it."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label_i18n = models.JSONField(_("motif"))
    remedy_i18n = models.JSONField(_("que faire"))
    is_active = models.BooleanField(_("utilisable"), default=True)

    label = Translated()
    remedy = Translated()

    class Meta:
        verbose_name = _("motif de refus")
        verbose_name_plural = _("motifs de refus")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label
