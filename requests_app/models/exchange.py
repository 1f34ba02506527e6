"""What is asked and answered about a case: corrections, opinions, messages."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arrondissements.models import Office, User
from requests_app.models.case import ServiceRequest


class InformationRequest(models.Model):
    """What the office asks the citizen to complete or correct, on named fields and pieces."""

    case = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="information_requests")
    # 122 random bits: the link sent to the citizen opens this and nothing else.
    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    fields = models.JSONField(_("champs à reprendre"), default=list)
    pieces = models.JSONField(_("pièces à reprendre"), default=list)
    # {key of a field or piece: why it is wrong}
    reasons = models.JSONField(_("raisons"), default=dict)
    message = models.TextField(_("message"), max_length=2000)
    asked_by = models.ForeignKey(User, models.RESTRICT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(answered_at__isnull=True), name="one_open_information_request"
            )
        ]
        indexes = [models.Index(fields=["asked_at"], name="questions_by_day")]


class Correction(models.Model):
    """One answer that was changed after the filing: both values are kept."""

    case = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="corrections")
    asked = models.ForeignKey(InformationRequest, models.PROTECT, null=True, related_name="corrections")
    field = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField(default=timezone.now)
    # A member of staff who corrected a typing error, and why; empty when the citizen did.
    by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+", verbose_name=_("corrigée par"))
    reason = models.CharField(_("raison"), max_length=300, blank=True)

    class Meta:
        ordering = ["at", "id"]


class Opinion(models.Model):
    """What another office of the town hall, or an outside expert, thinks of a case, asked before deciding.

    An expert has no account: `token` (122 random bits) is his address, until `expires_at`.
    """

    case = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="opinions")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", verbose_name=_("bureau consulté"))
    expert_name = models.CharField(_("expert consulté"), max_length=120, blank=True)
    expert_email = models.EmailField(_("adresse électronique de l’expert"), blank=True)
    expert_phone = models.CharField(_("téléphone de l’expert"), max_length=16, blank=True)
    token = models.UUIDField(unique=True, null=True, editable=False)
    expires_at = models.DateTimeField(_("lien valable jusqu’au"), null=True)
    # Read by the staff only, or shown to the citizen with the decision.
    confidential = models.BooleanField(_("confidentiel"), default=True)
    # What the expert sees of the case: see `experts.shared`.
    shared = models.JSONField(default=dict, blank=True)
    question = models.TextField(_("question"), max_length=1000)
    required = models.BooleanField(_("nécessaire pour décider"), default=True)
    asked_by = models.ForeignKey(User, models.RESTRICT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(_("attendu pour le"))
    answered_by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    favourable = models.BooleanField(_("favorable"), null=True)
    body = models.TextField(_("avis"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("avis demandé")
        verbose_name_plural = _("avis demandés")
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "office"], condition=Q(answered_at__isnull=True), name="one_open_opinion_per_office"
            ),
            models.CheckConstraint(
                name="opinion_is_of_an_office_or_of_an_expert",
                condition=Q(office__isnull=False, expert_name="", token__isnull=True)
                | (Q(office__isnull=True, token__isnull=False, expires_at__isnull=False) & ~Q(expert_name="")),
            ),
            models.CheckConstraint(
                name="given_opinion_says_yes_or_no_and_by_whom",
                condition=Q(answered_at__isnull=True, favourable__isnull=True)
                | Q(answered_at__isnull=False, favourable__isnull=False, answered_by__isnull=False)
                | Q(answered_at__isnull=False, favourable__isnull=False, office__isnull=True),
            ),
        ]

    @property
    def asked_of(self) -> str:
        """The office, or the name of the expert."""
        return str(self.office) if self.office else self.expert_name

    @property
    def is_closed(self) -> bool:
        """Whether the link of an expert no longer takes an answer."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_late(self) -> bool:
        """Whether it was expected before today and has not come."""
        return self.answered_at is None and self.due_on < timezone.localdate()


class Transfer(models.Model):
    """A request handed to another office: where it was, where it went; the old office keeps this line of it."""

    case = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="transfers")
    origin = models.ForeignKey(Office, models.PROTECT, related_name="+")
    target = models.ForeignKey(Office, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, models.RESTRICT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["origin", "-id"], name="transfers_of_an_office")]


class Message(models.Model):
    """Words exchanged about a case; the journal keeps the act, this table keeps the words."""

    case = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="messages")
    from_applicant = models.BooleanField(default=False)
    internal = models.BooleanField(_("note interne"), default=False)
    author = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+")
    body = models.TextField(max_length=2000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="applicant_message_is_not_internal", condition=~Q(from_applicant=True, internal=True)
            )
        ]
