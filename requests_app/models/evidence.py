"""The files of a case: on the way, in quarantine, checked, erased; and the papers that were only shown."""

import uuid

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arrondissements.models import User
from requests_app.models.case import ServiceRequest

SHOWN_INLINE = ("image/jpeg", "image/png")


def private_storage() -> Storage:
    """Where evidence lies: never under a public address."""
    return storages["private"]


def evidence_path(evidence: "Evidence", filename: str) -> str:
    """A random name under the private storage; the original name is a column, never a path."""
    return f"evidence/{timezone.now():%Y/%m}/{uuid.uuid4().hex}.{filename.rsplit('.', 1)[-1]}"


class FileState(models.TextChoices):
    """Where a file stands between the citizen's phone and the clerk's eyes."""

    QUARANTINE = "QUARANTINE", _("reçue, en cours de vérification")
    AVAILABLE = "AVAILABLE", _("vérifiée")
    INFECTED = "INFECTED", _("refusée : fichier dangereux")
    PURGED = "PURGED", _("effacée : délai de conservation passé")


class Evidence(models.Model):
    """A file attached by the citizen: rebuilt, quarantined until it is scanned, private.

    `piece` is the key of a piece, of a file field, "message" for what came with a message, or "_opinion" for what an
    outside expert joined to his opinion: that is the office's, and the citizen's only if the opinion is shown to her.
    """

    case = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="evidence")
    piece = models.CharField(_("pièce"), max_length=60)
    file = models.FileField(storage=private_storage, upload_to=evidence_path, max_length=200)
    original_name = models.CharField(_("nom du fichier"), max_length=150)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField(default=1)
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(_("état"), max_length=12, choices=FileState, default=FileState.AVAILABLE)
    checked_at = models.DateTimeField(_("vérifiée le"), null=True)
    purged_at = models.DateTimeField(_("effacée le"), null=True)
    message = models.ForeignKey("Message", models.PROTECT, null=True, related_name="attachments")
    opinion = models.ForeignKey("Opinion", models.PROTECT, null=True, related_name="attachments")
    # The earlier file of the same person this one was copied from, with her consent.
    reused_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("pièce justificative")
        verbose_name_plural = _("pièces justificatives")
        ordering = ["piece", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "piece", "sha256"],
                condition=Q(message=None, opinion=None),
                name="evidence_once_per_piece",
            ),
            models.UniqueConstraint(
                fields=["message", "sha256"], condition=Q(message__isnull=False), name="evidence_once_per_message"
            ),
            models.UniqueConstraint(
                fields=["opinion", "sha256"], condition=Q(opinion__isnull=False), name="evidence_once_per_opinion"
            ),
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_picture(self) -> bool:
        """Whether a browser may show it; anything else is saved, and never opened here."""
        return self.media_type in SHOWN_INLINE


class SeenPiece(models.Model):
    """A paper the walk-in showed at the counter: no file is kept, a member of staff answers for having seen it."""

    case = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="seen_pieces")
    piece = models.CharField(_("pièce"), max_length=60)
    by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("vue par"))
    at = models.DateTimeField(_("vue le"), default=timezone.now)

    class Meta:
        ordering = ["piece"]
        constraints = [models.UniqueConstraint(fields=["case", "piece"], name="seen_once_per_piece")]

    def __str__(self) -> str:
        return self.piece


class PartialUpload(models.Model):
    """A file that is still arriving, chunk by chunk; `id` (122 random bits) is its address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="partial_uploads")
    piece = models.CharField(max_length=60)
    name = models.CharField(max_length=150)
    length = models.PositiveIntegerField()
    # What was on the disk when the last chunk ended; the file itself is the truth.
    offset = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    # What it became: a last chunk sent again because the answer was lost is answered again.
    evidence = models.ForeignKey(Evidence, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="offset_within_length", condition=Q(offset__lte=F("length"))),
        ]
