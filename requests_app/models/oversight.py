"""What the town hall sees of its own work: figures counted day by day, and what looks unusual."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arrondissements.models import Office, User
from requests_app.catalogue.models import Service


class DayFigures(models.Model):
    """What one office did of one service on one day; trials never count. Written by `oversight.counting` only.

    A case counts on the day of its filing, of its decision, of each question and of each return, in the office
    that holds it now.
    """

    office = models.ForeignKey(Office, models.CASCADE, related_name="+", verbose_name=_("bureau"))
    service = models.ForeignKey(Service, models.CASCADE, related_name="+", verbose_name=_("démarche"))
    day = models.DateField(_("jour"))
    received = models.PositiveIntegerField(_("reçues"), default=0)
    decided = models.PositiveIntegerField(_("décidées"), default=0)
    accepted = models.PositiveIntegerField(_("acceptées"), default=0)
    refused = models.PositiveIntegerField(_("refusées"), default=0)
    # Among the decided: those that were promised for a day, and those decided on that day at the latest.
    promised = models.PositiveIntegerField(_("décidées avec un délai promis"), default=0)
    in_time = models.PositiveIntegerField(_("décidées dans le délai"), default=0)
    asked = models.PositiveIntegerField(_("compléments demandés"), default=0)
    asked_again = models.PositiveIntegerField(_("compléments demandés une fois de plus"), default=0)
    returned = models.PositiveIntegerField(_("renvoyées à l’instruction"), default=0)
    handlings = models.PositiveIntegerField(_("actes chronométrés"), default=0)
    handled_seconds = models.PositiveBigIntegerField(_("secondes de travail"), default=0)

    class Meta:
        verbose_name = _("chiffres d’un jour")
        verbose_name_plural = _("chiffres par jour")
        ordering = ["day", "office", "service"]
        constraints = [models.UniqueConstraint(fields=["day", "office", "service"], name="figures_once_a_day")]
        indexes = [models.Index(fields=["office", "day"], name="figures_by_office")]


class ShareKind(models.TextChoices):
    DELAY = "DELAY", _("jours ouvrés jusqu’à la décision")
    REFUSAL = "REFUSAL", _("motif du refus")


class DayShare(models.Model):
    """How the decisions of a day are spread: by working days since the filing, or by motive of refusal.

    Kept as counts and never as medians, so that the median of any period is exact.
    """

    office = models.ForeignKey(Office, models.CASCADE, related_name="+")
    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=ShareKind)
    # So many working days, or the code of the motive.
    key = models.CharField(max_length=60)
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ["day", "office", "service", "kind", "key"]
        constraints = [
            models.UniqueConstraint(fields=["day", "office", "service", "kind", "key"], name="share_once_a_day")
        ]
        indexes = [models.Index(fields=["office", "kind", "day"], name="shares_by_office")]


class FiguresMark(models.Model):
    """How far the journal was read, and when: what the pages say of their own freshness. One row."""

    seq = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField(default=timezone.now)
    # The last day that the rules of what looks unusual have looked at.
    watched_on = models.DateField(null=True)


class AnomalyKind(models.TextChoices):
    """The rules of `oversight.rules`, each in the words of the list."""

    AFTER_HOURS = "AFTER_HOURS", _("actes hors des heures d’ouverture")
    VOLUME = "VOLUME", _("beaucoup plus d’actes que d’habitude")
    SAME_PERSON = "SAME_PERSON", _("même bénéficiaire, même agent")
    TOO_FAST = "TOO_FAST", _("décisions trop rapides")
    REPRINTS = "REPRINTS", _("document ouvert de nombreuses fois")
    CURIOSITY = "CURIOSITY", _("lecture de nombreuses demandes sans y travailler")


class AnomalyState(models.TextChoices):
    NEW = "NEW", _("à examiner")
    EXPLAINED = "EXPLAINED", _("expliquée")
    CONFIRMED = "CONFIRMED", _("confirmée")


class Anomaly(models.Model):
    """Something unusual that an auditor should look at. It accuses nobody: a rule of arithmetic was met."""

    kind = models.CharField(_("nature"), max_length=12, choices=AnomalyKind)
    day = models.DateField(_("jour"))
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", verbose_name=_("bureau"))
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("agent"))
    # What makes it one and the same however often the rules are played.
    key = models.CharField(max_length=160, unique=True)
    # {"count", "usual", "objects": ["case:12", …]}: ids and numbers, never names.
    evidence = models.JSONField(_("éléments"), default=dict)
    state = models.CharField(_("état"), max_length=10, choices=AnomalyState, default=AnomalyState.NEW)
    words = models.TextField(_("conclusion de l’auditeur"), max_length=2000, blank=True)
    judged_by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+", verbose_name=_("examinée par"))
    judged_at = models.DateTimeField(_("examinée le"), null=True)
    found_at = models.DateTimeField(_("relevée le"), default=timezone.now)

    class Meta:
        verbose_name = _("anomalie")
        verbose_name_plural = _("anomalies")
        ordering = ["-day", "-id"]
        constraints = [
            models.CheckConstraint(
                name="judged_anomaly_says_who_when_and_why",
                condition=Q(state="NEW", judged_by__isnull=True, judged_at__isnull=True)
                | (Q(judged_by__isnull=False, judged_at__isnull=False) & ~Q(state="NEW") & ~Q(words="")),
            ),
        ]
        indexes = [models.Index(fields=["state", "-day", "-id"], name="anomalies_by_state")]
