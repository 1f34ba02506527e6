"""Services, their immutable versions, and the coded reasons for which a request may be rejected."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests_app.catalogue.circuit import Circuit
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
    LETTER = "letter", _("Lettre")


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
    # The last day on which one may begin; a draft already begun may still be filed.
    retired_on = models.DateField(_("retirée le"), null=True, blank=True)
    retired_message_i18n = models.JSONField(_("ce qu’on lit depuis"), default=dict, blank=True)

    retired_message = Translated()

    class Meta:
        verbose_name = _("démarche")
        verbose_name_plural = _("démarches")
        ordering = ["life_event", "order", "slug"]
        permissions = [("publish_service", _("Peut publier, retirer et rouvrir une démarche"))]

    def __str__(self) -> str:
        return self.current.title if self.current else self.slug


class ServiceVersion(models.Model):
    """One state of a service, numbered and frozen by the database from the day it is published.

    A version without a number is a trial: what a designer tries before publishing, never what citizens see.
    Columns ending in `_i18n` hold `{"fr": …, "en": …}`; the attribute without the ending reads them in the
    active language.
    """

    service = models.ForeignKey(
        Service,
        verbose_name=_("démarche"),
        on_delete=models.PROTECT,
        related_name="versions",
    )
    number = models.PositiveIntegerField(_("numéro de version"), null=True, blank=True)
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
    eligibility = models.JSONField(_("conditions d’accès"), default=list, blank=True)
    fees = models.JSONField(_("calcul des droits"), default=list, blank=True)
    flow = models.JSONField(_("circuit"), default=dict, blank=True)
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
        return f"{self.title} ({self.number or gettext('essai')})"

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
    def is_trial(self) -> bool:
        return self.number is None

    @property
    def circuit(self) -> Circuit:
        """What `flow` says, in questions and answers."""
        return Circuit(self.flow, has_document=bool(self.document_template))

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
        """The pieces to attach, whatever was answered, in the active language (see `evidence.Piece`)."""
        return [
            {
                "key": piece["key"],
                "label": in_active_language(piece["label"]),
                "help": in_active_language(piece.get("help")),
                "example": in_active_language(piece.get("example")),
                "required": piece.get("required", True),
                "max_files": piece.get("max_files", 1),
                "formats": piece.get("formats", []),
                "reuse": piece.get("reuse", False),
                "identity": piece.get("identity", False),
                "when": piece.get("when"),
            }
            for piece in self.evidence_i18n
        ]


class ScheduledPublication(models.Model):
    """A definition that will be published at an hour; a fault at that hour stays here to be read."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="schedules", verbose_name=_("démarche"))
    definition = models.JSONField(_("définition"))
    go_live_at = models.DateTimeField(_("à publier le"))
    by = models.ForeignKey("arrondissements.User", models.RESTRICT, related_name="+", verbose_name=_("programmée par"))
    created_at = models.DateTimeField(_("programmée le"), default=timezone.now)
    # Published, failed or cancelled.
    ended_at = models.DateTimeField(_("terminée le"), null=True)
    version = models.ForeignKey(ServiceVersion, models.SET_NULL, null=True, related_name="+")
    # What stopped it, one sentence a line.
    error = models.TextField(_("ce qui l’a empêchée"), blank=True)

    class Meta:
        verbose_name = _("publication programmée")
        verbose_name_plural = _("publications programmées")
        ordering = ["go_live_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["service"],
                condition=Q(ended_at__isnull=True),
                name="one_publication_ahead_per_service",
                violation_error_message=_("Une publication de cette démarche est déjà programmée."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.go_live_at:%Y-%m-%d %H:%M}"

    @property
    def has_failed(self) -> bool:
        return bool(self.error)


class Per(models.TextChoices):
    """Over what a cap counts."""

    DAY = "DAY", _("par jour")
    PERIOD = "PERIOD", _("sur toute la période")


class Restriction(models.Model):
    """A service closed for a while, or taking no more than so many requests; in one office or in all."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="restrictions", verbose_name=_("démarche"))
    office = models.ForeignKey(
        "arrondissements.Office",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bureau"),
        help_text=_("Vide : tous les bureaux."),
    )
    starts = models.DateField(_("du"))
    ends = models.DateField(_("au"), null=True, blank=True)
    cap = models.PositiveIntegerField(
        _("demandes au plus"), null=True, blank=True, help_text=_("Vide : la démarche est fermée.")
    )
    per = models.CharField(_("compté"), max_length=10, choices=Per, default=Per.DAY)
    message_fr = models.CharField(_("message (français)"), max_length=300)
    message_en = models.CharField(_("message (anglais)"), max_length=300)

    class Meta:
        verbose_name = _("fermeture ou plafond")
        verbose_name_plural = _("fermetures et plafonds")
        ordering = ["service", "-starts"]
        constraints = [
            models.CheckConstraint(
                name="restriction_ends_after_it_starts",
                condition=Q(ends__isnull=True) | Q(ends__gte=models.F("starts")),
                violation_error_message=_("La fermeture finit avant de commencer."),
            )
        ]

    def __str__(self) -> str:
        return self.message_fr

    @property
    def message(self) -> str:
        return in_active_language({"fr": self.message_fr, "en": self.message_en})


class CannedReply(models.Model):
    """Words the town hall has ready for its clerks, in plain French."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("titre"), max_length=80)
    body_fr = models.TextField(_("texte (français)"), max_length=1000)
    body_en = models.TextField(_("texte (anglais)"), max_length=1000)
    is_active = models.BooleanField(_("utilisable"), default=True)

    class Meta:
        verbose_name = _("réponse prête")
        verbose_name_plural = _("réponses prêtes")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def body_in(self, language: str) -> str:
        """The words in the language of the case."""
        return self.body_en if language == "en" else self.body_fr


class Marked(models.TextChoices):
    """What a clerk marks as wrong."""

    ANSWER = "answer", _("une réponse")
    FILE = "file", _("une pièce ou une photo")


class CorrectionReason(models.Model):
    """Why an answer or a piece must be corrected, in ready words that the citizen reads as they are."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    about = models.CharField(_("à propos de"), max_length=10, choices=Marked)
    order = models.PositiveSmallIntegerField(_("ordre d’affichage"), default=100)
    body_fr = models.CharField(_("raison (français)"), max_length=300)
    body_en = models.CharField(_("raison (anglais)"), max_length=300)
    is_active = models.BooleanField(_("utilisable"), default=True)

    class Meta:
        verbose_name = _("raison de correction")
        verbose_name_plural = _("raisons de correction")
        ordering = ["about", "order", "code"]

    def __str__(self) -> str:
        return in_active_language({"fr": self.body_fr, "en": self.body_en})

    def body_in(self, language: str) -> str:
        """The words in the language of the case."""
        return self.body_en if language == "en" else self.body_fr


class MotivesInForce(models.QuerySet):
    """The motives, and those that may be chosen on a day."""

    def on(self, day: datetime.date, service: int) -> "MotivesInForce":
        """Those that may be chosen on `day` for this service (its id): of this service or of all of them."""
        of_the_day = Q(starts__isnull=True) | Q(starts__lte=day), Q(ends__isnull=True) | Q(ends__gte=day)
        mine = RejectionMotive.services.through.objects.filter(service=service).values("rejectionmotive")
        for_all = Q(services__isnull=True) | Q(pk__in=mine)
        return self.filter(*of_the_day, for_all, is_active=True).distinct()


class RejectionMotive(models.Model):
    """A coded reason to reject a request, with what the person can do about it and the law it stands on.

    A refusal keeps the words of its day (`ServiceRequest.refusal`): what is rewritten here is for the next ones.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label_i18n = models.JSONField(_("motif"))
    remedy_i18n = models.JSONField(_("que faire"))
    # Empty until the town hall confirms the text it stands on.
    legal_basis_i18n = models.JSONField(_("base légale"), default=dict, blank=True)
    services = models.ManyToManyField(
        Service,
        blank=True,
        related_name="motives",
        verbose_name=_("démarches"),
        help_text=_("Aucune : le motif se choisit pour toutes."),
    )
    starts = models.DateField(_("utilisable du"), null=True, blank=True)
    ends = models.DateField(_("utilisable jusqu’au"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("ordre d’affichage"), default=100)
    is_active = models.BooleanField(_("utilisable"), default=True)

    label = Translated()
    remedy = Translated()
    legal_basis = Translated()

    objects = MotivesInForce.as_manager()

    class Meta:
        verbose_name = _("motif de refus")
        verbose_name_plural = _("motifs de refus")
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                name="motive_ends_after_it_starts",
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gte=models.F("starts")),
                violation_error_message=_("Le motif finit avant de commencer."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def words(self) -> dict[str, dict[str, str]]:
        """What a refusal keeps of it, in both languages."""
        return {"label": self.label_i18n, "remedy": self.remedy_i18n, "legal_basis": self.legal_basis_i18n}
