"""What helps the office to find and compare: keys, labels, saved views, verdicts on likely duplicates."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arrondissements.models import Office, User
from requests_app.models.case import ServiceRequest


class SearchKey(models.Model):
    """What an office finds a case by: how a name of it is heard, or a number it bears. Written by `indexing` only.

    Office and day are repeated here so that the newest cases of a name are read from the index in their order.
    """

    case = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="search_keys", db_index=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=40)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="search_key_once_per_case")]
        indexes = [models.Index(fields=["office", "key", "-submitted_at", "-case"], name="newest_cases_by_key")]

    def __str__(self) -> str:
        return self.key


class LabelTone(models.TextChoices):
    """The colour of a label; its words always go with it."""

    NEUTRAL = "neutral", _("gris")
    BLUE = "blue", _("bleu")
    GREEN = "green", _("vert")
    AMBER = "amber", _("orange")
    RED = "red", _("rouge")


class Label(models.Model):
    """A word an office puts on its cases to find them again; without an office, for all of them."""

    name = models.CharField(_("étiquette"), max_length=40)
    tone = models.CharField(_("couleur"), max_length=10, choices=LabelTone, default=LabelTone.NEUTRAL)
    office = models.ForeignKey(
        Office, models.CASCADE, null=True, blank=True, related_name="labels", verbose_name=_("bureau")
    )
    is_active = models.BooleanField(_("proposée"), default=True)

    class Meta:
        verbose_name = _("étiquette")
        verbose_name_plural = _("étiquettes")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "office"],
                name="label_once_per_office",
                violation_error_message=_("Cette étiquette existe déjà."),
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(office__isnull=True),
                name="label_of_all_once",
                violation_error_message=_("Cette étiquette existe déjà."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CaseLabel(models.Model):
    """A label on a case, and who put it there."""

    case = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="case_labels")
    label = models.ForeignKey(Label, models.PROTECT, related_name="case_labels")
    by = models.ForeignKey(User, models.RESTRICT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["label__name"]
        constraints = [models.UniqueConstraint(fields=["case", "label"], name="label_once_per_case")]

    def __str__(self) -> str:
        return str(self.label)


class SavedView(models.Model):
    """A way to look at the queue that somebody kept: `query` is what follows `?` in its address."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("nom de la vue"), max_length=60)
    query = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="view_once_per_name",
                violation_error_message=_("Vous avez déjà une vue de ce nom."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class DuplicateVerdict(models.Model):
    """What a member of staff said of two cases that look alike; the smaller id comes first."""

    first = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="+")
    second = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="+")
    same = models.BooleanField(_("même demande"))
    by = models.ForeignKey(User, models.RESTRICT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_verdict_per_pair"),
            models.CheckConstraint(name="pair_in_order", condition=Q(first__lt=F("second"))),
        ]
