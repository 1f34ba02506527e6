"""When: opening hours and the town hall's own exceptions to the calendar."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arrondissements.models.people import InForce, Period, User
from arrondissements.models.places import Office


class OpeningHours(models.Model):
    """One opening of one weekday; without an office it is the rule for all of them."""

    office = models.ForeignKey(Office, models.CASCADE, null=True, blank=True, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(_("jour (0 = lundi)"))
    opens = models.TimeField(_("ouvre à"))
    closes = models.TimeField(_("ferme à"))

    class Meta:
        verbose_name = _("horaire d’ouverture")
        verbose_name_plural = _("horaires d’ouverture")
        ordering = ["office", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                name="hours_close_after_they_open",
                condition=models.Q(closes__gt=models.F("opens"), weekday__lte=6),
                violation_error_message=_("L’heure de fermeture vient après l’heure d’ouverture."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}–{self.closes:%H:%M}"


class LocalHoliday(models.Model):
    """A day the town hall adds to the public holidays, or takes back (`is_open`)."""

    day = models.DateField(_("jour"), unique=True)
    name = models.CharField(_("nom"), max_length=120)
    is_open = models.BooleanField(_("jour travaillé malgré tout"), default=False)

    class Meta:
        verbose_name = _("jour férié local")
        verbose_name_plural = _("jours fériés locaux")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class OfficeClosure(Period):
    """Days on which one office is shut though the town works: its promises do not count them."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="closures", verbose_name=_("bureau"))
    reason = models.CharField(_("raison"), max_length=160)

    objects = InForce.as_manager()

    class Meta:
        verbose_name = _("fermeture d’un bureau")
        verbose_name_plural = _("fermetures des bureaux")
        ordering = ["-starts"]
        constraints = [
            models.CheckConstraint(
                name="closure_has_an_end_after_its_start",
                condition=models.Q(ends__isnull=False, ends__gte=models.F("starts")),
                violation_error_message=_("Une fermeture a un dernier jour, qui ne précède pas le premier."),
            )
        ]

    def __str__(self) -> str:
        return self.reason


class OutageKind(models.TextChoices):
    POWER = "POWER", _("coupure de courant")
    NETWORK = "NETWORK", _("coupure du réseau")
    OTHER = "OTHER", _("autre panne")


class Outage(models.Model):
    """The hours an office could not work: until `ended_at`, or still."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="outages", verbose_name=_("bureau"))
    kind = models.CharField(_("nature"), max_length=10, choices=OutageKind, default=OutageKind.POWER)
    began_at = models.DateTimeField(_("depuis"), default=timezone.now)
    ended_at = models.DateTimeField(_("jusqu’à"), null=True, blank=True)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("signalée par"))

    class Meta:
        verbose_name = _("panne")
        verbose_name_plural = _("pannes")
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["office"],
                condition=models.Q(ended_at__isnull=True),
                name="one_outage_at_a_time",
                violation_error_message=_("Une panne est déjà signalée dans ce bureau."),
            ),
            models.CheckConstraint(
                name="outage_ends_after_it_began",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("began_at")),
                violation_error_message=_("Une panne finit après avoir commencé."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.office_id}"
