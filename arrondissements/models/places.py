"""Where: arrondissements, quartiers and the offices that serve them."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Arrondissement(models.Model):
    """One of the 13 boroughs; its only official name is its number (benin.md §1.1)."""

    number = models.PositiveSmallIntegerField(_("numéro"), primary_key=True)

    class Meta:
        verbose_name = _("arrondissement")
        verbose_name_plural = _("arrondissements")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="arrondissement_number_positive",
                condition=models.Q(number__gte=1, number__lte=99),
                violation_error_message=_("Le numéro d’un arrondissement va de 1 à 99."),
            )
        ]

    def __str__(self) -> str:
        if get_language() == "en":
            suffix = {1: "st", 2: "nd", 3: "rd"}.get(self.number % 10 if self.number // 10 != 1 else 0, "th")
            return f"{self.number}{suffix} arrondissement"
        return f"{self.number}{'er' if self.number == 1 else 'e'} arrondissement"


class Quartier(models.Model):
    """A quarter. Names repeat across boroughs, so the key is (arrondissement, name)."""

    arrondissement = models.ForeignKey(Arrondissement, models.PROTECT, related_name="quartiers")
    name = models.CharField(_("nom"), max_length=80)
    aliases = models.JSONField(_("autres noms"), default=list, blank=True)
    # 1 when a single list knows it (Gbèwa): to be confirmed by the town hall.
    lists_that_agree = models.PositiveSmallIntegerField(_("listes concordantes"), default=2)

    class Meta:
        verbose_name = _("quartier")
        verbose_name_plural = _("quartiers")
        ordering = ["arrondissement", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["arrondissement", "name"],
                name="quartier_unique_in_arrondissement",
                violation_error_message=_("Ce quartier existe déjà dans cet arrondissement."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """`5:Gbéto`: how answers name a quarter."""
        return f"{self.arrondissement_id}:{self.name}"


class OfficeKind(models.TextChoices):
    BOROUGH = "BOROUGH", _("bureau d’arrondissement")
    CENTRAL = "CENTRAL", _("service central")


class Office(models.Model):
    """A place that handles requests: a borough office or a central service.

    Address, phone and e-mail stay empty until the town hall gives them ("à confirmer").
    """

    code = models.SlugField(_("code"), unique=True)
    kind = models.CharField(_("nature"), max_length=10, choices=OfficeKind)
    arrondissement = models.OneToOneField(Arrondissement, models.PROTECT, null=True, blank=True, related_name="office")
    name_fr = models.CharField(_("nom"), max_length=120)
    name_en = models.CharField(_("nom en anglais"), max_length=120, blank=True)
    short_code = models.CharField(_("sigle dans les numéros"), max_length=12, unique=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    landmark = models.CharField(_("repère"), max_length=200, blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)

    class Meta:
        verbose_name = _("bureau")
        verbose_name_plural = _("bureaux")
        ordering = ["kind", "arrondissement", "name_fr"]
        constraints = [
            models.CheckConstraint(
                name="borough_office_has_its_arrondissement",
                condition=models.Q(kind="BOROUGH", arrondissement__isnull=False)
                | models.Q(kind="CENTRAL", arrondissement__isnull=True),
                violation_error_message=_(
                    "Un bureau d’arrondissement a son arrondissement, un service central n’en a pas."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if get_language() == "en" and self.name_en else self.name_fr
