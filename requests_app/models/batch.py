"""One act on many cases: ordered once, done row by row by the worker, each row with its result."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arrondissements.models import Office, User
from requests_app.models.case import ServiceRequest


class BatchAct(models.TextChoices):
    TAKE = "take", _("Prendre en charge")
    ASSIGN = "assign", _("Attribuer")
    ACCEPT = "accept", _("Accepter")
    LABEL = "label", _("Étiqueter")
    WRITE = "write", _("Écrire aux demandeurs")
    ISSUE = "issue", _("Signer")


class Batch(models.Model):
    """An order: `by` answers for it, `params` says what the act needs; personal data stays in the rows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.CharField(_("acte"), max_length=10, choices=BatchAct)
    params = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(User, models.RESTRICT, related_name="batches")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    # The second factor given for a batch of signatures.
    confirmed_at = models.DateTimeField(null=True)
    ordered_at = models.DateTimeField(_("demandé le"), default=timezone.now)
    ended_at = models.DateTimeField(_("terminé le"), null=True)

    class Meta:
        ordering = ["-ordered_at"]

    def __str__(self) -> str:
        return str(self.pk)


class RowState(models.TextChoices):
    WAITING = "WAITING", _("en attente")
    DONE = "DONE", _("fait")
    REFUSED = "REFUSED", _("non fait")


class BatchRow(models.Model):
    """One case of a batch; done in one transaction with its act, so that no row is ever half done."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    case = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="+")
    # What the person saw when ordering: a case that changed meanwhile is refused.
    seen = models.CharField(max_length=80, blank=True)
    state = models.CharField(_("résultat"), max_length=10, choices=RowState, default=RowState.WAITING)
    words = models.CharField(_("détail"), max_length=300, blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["batch", "case"], name="case_once_per_batch")]
        indexes = [
            models.Index(fields=["batch", "id"], name="rows_to_do", condition=Q(state="WAITING")),
        ]
