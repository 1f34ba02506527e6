"""Short notices at the top of pages: a closed office, a power cut, a new delay."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Page, TranslatableMixin


class Level(models.TextChoices):
    """How grave a notice is; the gravest is shown first."""

    DANGER = "danger", _("urgent")
    WARNING = "warning", _("attention")
    INFO = "info", _("information")
    SUCCESS = "success", _("bonne nouvelle")


class Notice(TranslatableMixin, ClusterableModel):
    """A notice shown between two dates, everywhere or on some pages."""

    level = models.CharField(_("gravité"), max_length=10, choices=Level, default=Level.INFO)
    text = models.CharField(_("texte"), max_length=300)
    starts = models.DateTimeField(_("à partir du"), default=timezone.now)
    ends = models.DateTimeField(_("jusqu’au"), null=True, blank=True)
    pages = ParentalManyToManyField(
        Page,
        verbose_name=_("pages"),
        blank=True,
        related_name="+",
        help_text=_("Rien : l’avis paraît partout. Une page : il paraît sur elle et dans toutes ses langues."),
    )

    panels = [
        FieldPanel("level"),
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
        FieldPanel("pages"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("avis")
        verbose_name_plural = _("avis")
        ordering = ["-starts"]
        constraints = [
            models.CheckConstraint(
                name="notice_ends_after_it_starts",
                condition=models.Q(ends__isnull=True) | models.Q(ends__gt=models.F("starts")),
                violation_error_message=_("La fin vient après le début."),
            )
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Say it beside the field rather than on top of the form."""
        super().clean()
        if self.starts and self.ends and self.ends <= self.starts:
            raise ValidationError({"ends": gettext("La fin vient après le début.")})
