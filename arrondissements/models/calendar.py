"""When: opening hours and the town hall's own exceptions to the calendar."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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
