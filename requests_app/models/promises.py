"""What happened to the promise of a case: pauses, reminders, minutes of work, what an office can do, who helps it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arrondissements.models import Office, User
from requests_app.catalogue.models import Service
from requests_app.models.case import ServiceRequest


class Pause(models.Model):
    """The office waited on the citizen: when, and how far the promise moved."""

    case = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="pauses")
    began_at = models.DateTimeField(_("suspendue le"), default=timezone.now)
    ended_at = models.DateTimeField(_("reprise le"), null=True)
    due_before = models.DateField(_("promesse avant"), null=True)
    due_after = models.DateField(_("promesse après"), null=True)

    class Meta:
        ordering = ["began_at"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at__isnull=True), name="one_open_pause"),
            models.CheckConstraint(
                name="pause_ends_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
            ),
        ]


class Told(models.TextChoices):
    """Who is told when a promise comes near, or is broken."""

    CLERK = "CLERK", _("la personne à qui la demande est attribuée")
    SUPERVISOR = "SUPERVISOR", _("le chef de bureau")
    SECRETARY = "SECRETARY", _("le secrétaire exécutif")
    APPLICANT = "APPLICANT", _("le demandeur : excuses et nouvelle estimation")


class EscalationRule(models.Model):
    """So many working days before (negative) or after the promise, somebody is told; without a service, for all.

    A service that has one rule of its own follows its own rules only.
    """

    service = models.ForeignKey(
        Service, models.CASCADE, null=True, blank=True, related_name="escalation_rules", verbose_name=_("démarche")
    )
    days = models.SmallIntegerField(
        _("jours ouvrés après la promesse"), help_text=_("Négatif : avant la promesse. 1 : le lendemain.")
    )
    tells = models.CharField(_("prévient"), max_length=10, choices=Told)
    is_active = models.BooleanField(_("en vigueur"), default=True)

    class Meta:
        verbose_name = _("rappel de la promesse")
        verbose_name_plural = _("rappels de la promesse")
        ordering = ["service", "days"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "days", "tells"],
                name="escalation_once",
                violation_error_message=_("Ce rappel existe déjà."),
            ),
            models.UniqueConstraint(
                fields=["days", "tells"],
                condition=Q(service__isnull=True),
                name="escalation_of_all_once",
                violation_error_message=_("Ce rappel existe déjà."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days:+d} {self.get_tells_display()}"


class Escalation(models.Model):
    """Somebody was told of this promise, once for each rule and each promised day."""

    case = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="escalations")
    tells = models.CharField(max_length=10, choices=Told)
    days = models.SmallIntegerField()
    due_on = models.DateField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "tells", "days", "due_on"], name="told_once_per_promise")
        ]


class Handling(models.Model):
    """How long one act took, from the opening of the case: what the measured minutes of a service are made of."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    office = models.ForeignKey(Office, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.RESTRICT, related_name="+")
    act = models.CharField(max_length=20)
    seconds = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["service", "at"], name="handling_by_service")]


class Capacity(models.Model):
    """What an office can do in its coming working days and how long its services take, as computed at `at`.

    Kept so that a page reads one row for each office; `capacity.measure` computes it anew every few minutes.
    """

    office = models.OneToOneField(Office, models.CASCADE, primary_key=True, related_name="capacity")
    at = models.DateTimeField()
    staff = models.PositiveSmallIntegerField(default=0)
    # An outage lasts: nothing is done until it ends.
    is_cut = models.BooleanField(default=False)
    # Minutes of work for each coming working day; the first is what is left of today.
    ahead = models.JSONField(default=list)
    # By id of service: {"minutes": of one request, "signing": days, "a_day": minutes that arrive, "due": promised days,
    # "days": how long it takes now}; a service of which too little is measured is not there.
    services = models.JSONField(default=dict)


class Help(models.Model):
    """An office is asked to instruct a case of another: offered, accepted or not, and given back."""

    case = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="helps")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("bureau qui aide"))
    offered_at = models.DateTimeField(default=timezone.now)
    # None: offered by the rule of the service.
    offered_by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+")
    reason = models.CharField(_("raison"), max_length=200, blank=True)

    class Meta:
        ordering = ["offered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(ended_at__isnull=True),
                name="one_help_at_a_time",
                violation_error_message=_("Une aide est déjà proposée pour cette demande."),
            )
        ]
        indexes = [
            models.Index(fields=["office", "offered_at"], name="help_offered", condition=Q(ended_at__isnull=True))
        ]
