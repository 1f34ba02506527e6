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
