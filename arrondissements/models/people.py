"""Who: users, where they serve, and what they may sign."""

from __future__ import annotations

import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from arrondissements.models.places import Office


class Role(models.TextChoices):
    """Functions of the town hall, as the law and the offices name them."""

    COUNTER = "COUNTER", _("agent d’accueil")
    CLERK = "CLERK", _("instructeur")
    REGISTRAR = "REGISTRAR", _("officier de l’état civil")
    SUPERVISOR = "SUPERVISOR", _("chef de bureau")
    EXECUTIVE_SECRETARY = "EXECUTIVE_SECRETARY", _("secrétaire exécutif")
    # Reads every office and decides nothing.
    AUDITOR = "AUDITOR", _("auditeur")


# In whose name a document may be signed; the auditor never decides.
SIGNATORY_ROLES = [role for role in Role if role != Role.AUDITOR]


class User(AbstractUser):
    """A member of staff or an editor. Citizens need no account."""

    class Meta:
        verbose_name = _("utilisateur")
        verbose_name_plural = _("utilisateurs")


class InForce(models.QuerySet):
    """Rows with a period."""

    def on(self, day: datetime.date) -> InForce:
        """Those in force on `day`, first and last day included."""
        return self.filter(models.Q(ends__isnull=True) | models.Q(ends__gte=day), starts__lte=day)


class Period(models.Model):
    """From a first day to a last day included (none: until further notice)."""

    starts = models.DateField(_("du"))
    ends = models.DateField(_("au"), null=True, blank=True)

    class Meta:
        abstract = True


class Posting(Period):
    """Who serves in which office, in which role, from when to when."""

    user = models.ForeignKey(User, models.PROTECT, related_name="postings")
    office = models.ForeignKey(Office, models.PROTECT, related_name="postings")
    role = models.CharField(_("fonction"), max_length=20, choices=Role)

    objects = InForce.as_manager()

    class Meta:
        verbose_name = _("affectation")
        verbose_name_plural = _("affectations")
        ordering = ["-starts"]
        constraints = [
            models.CheckConstraint(
                name="posting_ends_after_it_starts",
                condition=models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts")),
                violation_error_message=_("L’affectation finit avant de commencer."),
            ),
            models.UniqueConstraint(fields=["user", "office", "role", "starts"], name="posting_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.office_id}"


class Delegation(Period):
    """The act by which a signatory lets somebody sign in his place, for one office or for all."""

    delegate = models.ForeignKey(User, models.PROTECT, related_name="delegations")
    role = models.CharField(_("au nom de"), max_length=20, choices=Role)
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="delegations", verbose_name=_("bureau")
    )
    act_number = models.CharField(_("numéro de l’acte"), max_length=60)
    signed_on = models.DateField(_("acte du"))

    objects = InForce.as_manager()

    class Meta:
        verbose_name = _("délégation de signature")
        verbose_name_plural = _("délégations de signature")
        ordering = ["-starts"]
        constraints = [
            models.CheckConstraint(
                name="delegation_ends_after_it_starts",
                condition=models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts")),
                violation_error_message=_("La délégation finit avant de commencer."),
            ),
            models.CheckConstraint(
                name="delegation_has_an_act_number",
                condition=~models.Q(act_number=""),
                violation_error_message=_("Une délégation porte le numéro de son acte."),
            ),
            models.UniqueConstraint(fields=["delegate", "role", "act_number"], name="delegation_once"),
        ]

    def __str__(self) -> str:
        return self.act_number


class RelayAgent(Period):
    """Somebody outside the town hall whom it accredits to file for citizens, with their consent each time."""

    user = models.ForeignKey(User, models.PROTECT, related_name="accreditations", verbose_name=_("personne"))
    number = models.CharField(_("numéro d’agrément"), max_length=40, unique=True)
    place = models.CharField(_("lieu d’accueil"), max_length=160)
    fee_ceiling = models.PositiveIntegerField(
        _("plafond demandé au citoyen, en francs CFA"),
        help_text=_("Ce que l’agent peut demander au plus pour son aide ; 0 : rien."),
    )

    objects = InForce.as_manager()

    class Meta:
        verbose_name = _("agent relais")
        verbose_name_plural = _("agents relais")
        ordering = ["-starts"]
        constraints = [
            models.CheckConstraint(
                name="accreditation_ends_after_it_starts",
                condition=models.Q(ends__isnull=True) | models.Q(ends__gte=models.F("starts")),
                violation_error_message=_("L’agrément finit avant de commencer."),
            )
        ]

    def __str__(self) -> str:
        return self.number


class AbsenceReason(models.TextChoices):
    LEAVE = "LEAVE", _("congé")
    SICK = "SICK", _("maladie")
    TRAINING = "TRAINING", _("formation")
    MISSION = "MISSION", _("mission")
    OTHER = "OTHER", _("autre")


class Absence(Period):
    """Somebody is away; what comes to him meanwhile goes to his substitute, when there is one."""

    user = models.ForeignKey(User, models.PROTECT, related_name="absences", verbose_name=_("personne"))
    substitute = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="substitutions", verbose_name=_("remplacée par")
    )
    reason = models.CharField(_("raison"), max_length=10, choices=AbsenceReason, default=AbsenceReason.LEAVE)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("notée par"))

    objects = InForce.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-starts"]
        constraints = [
            models.CheckConstraint(
                name="absence_has_an_end_after_its_start",
                condition=models.Q(ends__isnull=False, ends__gte=models.F("starts")),
                violation_error_message=_("Une absence a un dernier jour, qui ne précède pas le premier."),
            ),
            models.CheckConstraint(
                name="nobody_replaces_himself",
                condition=models.Q(substitute__isnull=True) | ~models.Q(substitute=models.F("user")),
                violation_error_message=_("Une personne ne se remplace pas elle-même."),
            ),
        ]


class QuickPin(models.Model):
    """Six digits that open again a session its owner locked; never a way to log in."""

    MOST_TRIES = 5

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="quick_pin")
    digest = models.CharField(max_length=200)
    tries = models.PositiveSmallIntegerField(default=0)
    set_at = models.DateTimeField()
