"""What the documents room keeps: series of numbers, seal keys, issued documents."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class NumberSeries(models.Model):
    """The last number given by one office for one kind of document in one year."""

    office = models.ForeignKey("arrondissements.Office", models.PROTECT, related_name="+", verbose_name=_("bureau"))
    kind = models.SlugField(_("nature"), max_length=60)
    year = models.PositiveSmallIntegerField(_("année"))
    last = models.PositiveIntegerField(_("dernier numéro donné"), default=0)

    class Meta:
        verbose_name = _("série de numéros")
        verbose_name_plural = _("séries de numéros")
        constraints = [
            models.UniqueConstraint(fields=["office", "kind", "year"], name="one_series_per_office_kind_year")
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.kind} {self.year}: {self.last}"


class KeyStatus(models.TextChoices):
    """What a seal key is still good for."""

    ACTIVE = "ACTIVE", _("en service")
    RETIRED = "RETIRED", _("retirée")
    COMPROMISED = "COMPROMISED", _("compromise")


class SealKey(models.Model):
    """The public half of a seal key; the private half is a file that never enters the database.

    Seals dated from `issue_from` to `issue_to` are good. Of a compromised key, only those dated before
    `trust_before` are (none when it is empty).
    """

    kid = models.CharField(_("empreinte"), max_length=8, primary_key=True)
    x = models.CharField(max_length=43, editable=False)
    y = models.CharField(max_length=43, editable=False)
    status = models.CharField(_("état"), max_length=11, choices=KeyStatus, default=KeyStatus.ACTIVE)
    issue_from = models.DateField(_("scelle à partir du"))
    issue_to = models.DateField(_("scelle jusqu’au"))
    trust_before = models.DateField(_("digne de foi avant le"), null=True, blank=True)

    class Meta:
        verbose_name = _("clé du cachet")
        verbose_name_plural = _("clés du cachet")
        ordering = ["issue_from", "kid"]
        constraints = [
            models.CheckConstraint(
                name="seal_key_window",
                condition=Q(issue_to__gte=F("issue_from")),
                violation_error_message=_("La clé finit avant de commencer."),
            ),
            models.CheckConstraint(
                name="only_a_compromised_key_has_a_limit_of_trust",
                condition=Q(trust_before__isnull=True) | Q(status="COMPROMISED"),
                violation_error_message=_("Seule une clé compromise a une limite de confiance."),
            ),
        ]

    def __str__(self) -> str:
        return self.kid


class Status(models.TextChoices):
    """Whether a document still stands; that it has expired is read from its last valid day."""

    VALID = "VALID", _("valide")
    REPLACED = "REPLACED", _("remplacé")
    REVOKED = "REVOKED", _("annulé")


class RevocationReason(models.TextChoices):
    """Why a document no longer stands."""

    ERROR = "ERROR", _("erreur matérielle")
    FRAUD = "FRAUD", _("fraude ou fausse déclaration")
    DECISION = "DECISION", _("décision de justice ou de l’autorité")
    REQUEST = "REQUEST", _("demande du titulaire")
    UPDATE = "UPDATE", _("mise à jour")


class IssuedDocument(models.Model):
    """A document that left the town hall. All but its status and its file is frozen by the database.

    `content` is the canonical JSON of `content.DocumentContent`. `code_index` finds the row from the code,
    `code_locked` is the code encrypted (see `document_codes`). What verification shows
    (`type_label`, `office_name`, `holder_masked`) is repeated beside the index, so that one lookup answers.
    """

    number = models.CharField(_("numéro"), max_length=80, unique=True)
    office = models.ForeignKey(
        "arrondissements.Office", models.PROTECT, related_name="documents", verbose_name=_("bureau")
    )
    kind = models.SlugField(_("nature"), max_length=60)
    year = models.PositiveSmallIntegerField(_("année"))
    seq = models.PositiveIntegerField(_("rang dans la série"))
    template = models.CharField(_("modèle"), max_length=20)
    type_label = models.CharField(_("type"), max_length=80)
    office_name = models.CharField(_("bureau imprimé"), max_length=120)
    holder_masked = models.CharField(_("titulaire masqué"), max_length=24)
    content = models.TextField(_("contenu"))
    content_sha256 = models.CharField(_("empreinte du contenu"), max_length=64)
    code_index = models.CharField(max_length=32, unique=True, editable=False)
    code_locked = models.CharField(max_length=160, editable=False)
    seal = models.BinaryField(_("cachet"))
    key = models.ForeignKey(SealKey, models.PROTECT, related_name="documents", verbose_name=_("clé du cachet"))
    signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="signed_documents", verbose_name=_("signataire")
    )
    issued_on = models.DateField(_("délivré le"))
    issued_at = models.DateTimeField(_("délivré à"))
    valid_until = models.DateField(_("valable jusqu’au"), null=True, blank=True)

    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.VALID)
    revoked_at = models.DateTimeField(_("annulé ou remplacé le"), null=True, blank=True)
    revocation_reason = models.CharField(_("motif"), max_length=10, choices=RevocationReason, blank=True)
    revocation_note = models.CharField(_("précision"), max_length=500, blank=True)
    replaced_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name=_("remplacé par")
    )

    file_name = models.CharField(_("fichier"), max_length=120, blank=True)
    file_sha256 = models.CharField(_("empreinte du fichier"), max_length=64, blank=True)
    rendered_at = models.DateTimeField(_("mis en page le"), null=True, blank=True)

    class Meta:
        verbose_name = _("document délivré")
        verbose_name_plural = _("documents délivrés")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["office", "kind", "year", "seq"], name="one_document_per_number"),
            models.CheckConstraint(
                name="document_revoked_with_date_and_reason",
                condition=Q(status="VALID", revoked_at__isnull=True, revocation_reason="")
                | Q(~Q(status="VALID"), ~Q(revocation_reason=""), revoked_at__isnull=False),
                violation_error_message=_("Un document annulé ou remplacé porte sa date et son motif."),
            ),
            models.CheckConstraint(
                name="document_replaced_by_another",
                condition=Q(status="REPLACED", replaced_by__isnull=False)
                | Q(~Q(status="REPLACED"), replaced_by__isnull=True),
                violation_error_message=_("Un document remplacé désigne celui qui le remplace."),
            ),
            models.CheckConstraint(
                name="document_not_replaced_by_itself",
                condition=Q(replaced_by__isnull=True) | ~Q(replaced_by=F("pk")),
                violation_error_message=_("Un document ne se remplace pas lui-même."),
            ),
            models.CheckConstraint(
                name="document_valid_after_issue",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("issued_on")),
                violation_error_message=_("La validité finit avant la délivrance."),
            ),
            models.CheckConstraint(
                name="document_file_with_its_digest",
                condition=Q(file_name="", file_sha256="", rendered_at__isnull=True)
                | Q(~Q(file_name=""), ~Q(file_sha256=""), rendered_at__isnull=False),
                violation_error_message=_("Le fichier va avec son empreinte."),
            ),
        ]

    def __str__(self) -> str:
        return self.number
