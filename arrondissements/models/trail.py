"""What was done (journal), what must leave (outbox), what is done regularly (chores); each written by its module."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arrondissements.models.people import User
from arrondissements.models.places import Office


class JournalHead(models.Model):
    """The last link of a chain; its row lock orders the writers."""

    chain = models.CharField(primary_key=True, max_length=10)
    seq = models.BigIntegerField(default=0)
    digest = models.BinaryField(default=bytes(32))


class JournalEntry(models.Model):
    """One act, chained to the one before it: digest = SHA-256(previous ‖ seq ‖ body).

    `body` holds the canonical bytes that were hashed; the other columns repeat it for queries and
    are compared with it by `verify_journal`. The database refuses UPDATE and DELETE.
    """

    chain = models.CharField(max_length=10)
    seq = models.BigIntegerField()
    at = models.DateTimeField(_("date"))
    act = models.CharField(_("acte"), max_length=60)
    obj = models.CharField(_("objet"), max_length=60)
    by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+", verbose_name=_("par"))
    office = models.ForeignKey(Office, models.RESTRICT, null=True, related_name="+", verbose_name=_("bureau"))
    reason = models.CharField(_("motif"), max_length=200, blank=True)
    body = models.BinaryField()
    digest = models.BinaryField()

    class Meta:
        verbose_name = _("ligne du journal")
        verbose_name_plural = _("journal")
        ordering = ["chain", "seq"]
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="journal_one_row_per_place")]
        indexes = [
            models.Index(fields=["obj", "seq"], name="journal_by_object"),
            # What was done or read on a day.
            models.Index(fields=["chain", "at"], name="journal_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.chain}:{self.seq} {self.act} {self.obj}"


class OutboxState(models.TextChoices):
    WAITING = "WAITING", _("en attente")
    SENDING = "SENDING", _("en cours d’envoi")
    SENT = "SENT", _("envoyé")
    FAILED = "FAILED", _("échec, nouvel essai prévu")
    GIVEN_UP = "GIVEN_UP", _("abandonné")


class OutboxMessage(models.Model):
    """Something that must leave the database, written in the transaction of its act."""

    kind = models.CharField(_("nature"), max_length=20)
    key = models.CharField(_("clé"), max_length=120, unique=True)
    payload = models.JSONField(_("contenu"))
    state = models.CharField(max_length=10, choices=OutboxState, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("message à envoyer")
        verbose_name_plural = _("messages à envoyer")
        ordering = ["next_at", "id"]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                name="outbox_due",
                condition=models.Q(state__in=["WAITING", "SENDING", "FAILED"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Chore(models.Model):
    """Something done every so often, and how its last run ended."""

    name = models.CharField(_("tâche"), max_length=60, primary_key=True)
    next_at = models.DateTimeField(_("prochaine fois"), default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(_("faite le"), null=True)
    report = models.CharField(_("ce qui a été fait"), max_length=300, blank=True)
    error = models.CharField(_("erreur"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("tâche régulière")
        verbose_name_plural = _("tâches régulières")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
