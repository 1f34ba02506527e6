"""The case and what hangs on it. The state is written by `workflow` only."""

import datetime
import uuid

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arrondissements.codes import show_code
from arrondissements.models import Office, User
from requests_app.catalogue.fees import Quote, thawed
from requests_app.catalogue.models import RejectionMotive, ServiceVersion
from requests_app.states import HELD_STATES, OPEN_STATES, WITH_THE_OFFICE, State

SHOWN_INLINE = ("image/jpeg", "image/png")
REFERENCE_SYMBOLS = 9  # 40 random bits and a check symbol


class Channel(models.TextChoices):
    WEB = "WEB", _("en ligne")
    COUNTER = "COUNTER", _("au guichet")
    RELAY = "RELAY", _("par un relais")


class OnBehalf(models.TextChoices):
    """For whom the request is made."""

    SELF = "SELF", _("pour moi")
    CHILD = "CHILD", _("pour mon enfant")
    MANDATE = "MANDATE", _("pour une personne qui m’a donné procuration")
    ASSOCIATION = "ASSOCIATION", _("pour une association ou une entreprise")


class ContactTo(models.TextChoices):
    """Who is told of each step."""

    APPLICANT = "APPLICANT", _("le demandeur")
    HELPER = "HELPER", _("la personne qui l’aide")
    BOTH = "BOTH", _("les deux")


class ServiceRequest(models.Model):
    """What a citizen asks for, from the first saved step to the end.

    `token` (122 random bits) is the key to a draft and to its receipt; `reference` is what people
    read aloud and never opens anything by itself.
    """

    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("numéro de suivi"), max_length=REFERENCE_SYMBOLS, unique=True, null=True)  # noqa: DJ001
    version = models.ForeignKey(ServiceVersion, models.PROTECT, related_name="cases", verbose_name=_("démarche"))
    state = models.CharField(_("état"), max_length=20, choices=State, default=State.DRAFT)
    channel = models.CharField(_("canal"), max_length=10, choices=Channel, default=Channel.WEB)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, related_name="cases", verbose_name=_("bureau compétent")
    )
    routing_reason = models.CharField(_("raison de l’orientation"), max_length=200, blank=True)

    applicant_name = models.CharField(_("nom du demandeur"), max_length=120, blank=True)
    # The name without accents, case or tone marks: for the staff to see a likely duplicate, never shown.
    applicant_key = models.CharField(max_length=120, blank=True)
    phone = models.CharField(_("téléphone"), max_length=16, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    on_behalf = models.CharField(_("demande faite"), max_length=12, choices=OnBehalf, default=OnBehalf.SELF)
    helper_name = models.CharField(_("nom de la personne qui aide"), max_length=120, blank=True)
    helper_phone = models.CharField(_("téléphone de la personne qui aide"), max_length=16, blank=True)
    contact_to = models.CharField(_("prévenir"), max_length=10, choices=ContactTo, default=ContactTo.APPLICANT)
    # The member of staff at the counter, or the relay agent, who typed it.
    filed_by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+", verbose_name=_("saisie par"))
    # When the citizen's one-time code allowed a relay agent to file.
    consented_at = models.DateTimeField(_("accord donné le"), null=True)
    # A designer's trial: walks the whole way, carries "ESSAI", never counted, never numbered.
    is_trial = models.BooleanField(_("essai"), default=False)
    answers = models.JSONField(_("réponses"), default=dict)
    # SHA-256 of who asks what: the same open request filed twice is one request.
    fingerprint = models.CharField(max_length=64, blank=True)

    created_at = models.DateTimeField(_("commencée le"), default=timezone.now)
    updated_at = models.DateTimeField(_("modifiée le"), default=timezone.now)
    reminded_at = models.DateTimeField(_("brouillon rappelé le"), null=True)
    submitted_at = models.DateTimeField(_("déposée le"), null=True)
    # When it was delivered, rejected, closed or withdrawn: retention runs from here.
    ended_at = models.DateTimeField(_("terminée le"), null=True)
    # What filing computed: see `catalogue.fees`; {} when nothing is computed.
    fee = models.JSONField(_("droits calculés"), default=dict, blank=True)
    # When the law's silence was reached and what the service foresees was done.
    silence_at = models.DateTimeField(_("silence constaté le"), null=True)
    due_on = models.DateField(_("promise pour le"), null=True)
    # Working days left when the citizen was asked for something: the clock stops meanwhile.
    days_left = models.PositiveSmallIntegerField(null=True)
    returned = models.BooleanField(_("revenue du demandeur"), default=False)
    # The citizen wrote, and nobody of the office has answered or read it yet.
    unread = models.BooleanField(_("message à lire"), default=False)

    instructed_by = models.ForeignKey(
        User, models.RESTRICT, null=True, related_name="+", verbose_name=_("instruite par")
    )
    signed_by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+", verbose_name=_("signée par"))
    motive = models.ForeignKey(RejectionMotive, models.PROTECT, null=True, related_name="+", verbose_name=_("motif"))
    document = models.OneToOneField(
        "documents.IssuedDocument", models.PROTECT, null=True, related_name="case", verbose_name=_("document délivré")
    )

    class Meta:
        verbose_name = _("demande")
        verbose_name_plural = _("demandes")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="signatory_is_not_the_instructor",
                condition=Q(signed_by__isnull=True) | Q(instructed_by__isnull=True) | ~Q(signed_by=F("instructed_by")),
                violation_error_message=_("La personne qui a instruit la demande ne peut pas signer le document."),
            ),
            models.CheckConstraint(
                name="submitted_case_has_reference_office_and_date",
                condition=Q(state=State.DRAFT)
                | Q(reference__isnull=False, office__isnull=False, submitted_at__isnull=False),
                violation_error_message=_("Une demande déposée a un numéro de suivi, un bureau et une date."),
            ),
            models.CheckConstraint(
                name="rejected_case_has_a_motive",
                condition=~Q(state=State.REJECTED) | Q(motive__isnull=False),
                violation_error_message=_("Un refus porte un motif."),
            ),
            models.CheckConstraint(
                name="document_is_signed_by_somebody",
                condition=Q(document__isnull=True) | Q(signed_by__isnull=False),
                violation_error_message=_("Un document délivré a un signataire."),
            ),
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(state__in=OPEN_STATES) & ~Q(fingerprint=""),
                name="one_open_request_for_the_same_thing",
                violation_error_message=_("Une demande identique est déjà en cours."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["office", "due_on", "id"],
                name="queue_by_office",
                condition=Q(state__in=WITH_THE_OFFICE, is_trial=False),
            ),
            # The counters of the queue are read from this index alone: they do not grow with the archive.
            models.Index(
                fields=["office", "state", "returned", "due_on", "id", "unread"],
                name="counters_by_office",
                condition=Q(state__in=HELD_STATES, is_trial=False),
            ),
            # What the daily sweeps look for: drafts to remind or forget.
            models.Index(fields=["updated_at"], name="draft_by_age", condition=Q(state=State.DRAFT)),
            models.Index(fields=["office", "-submitted_at", "-id"], name="case_by_office"),
            models.Index(fields=["phone"], name="case_by_phone"),
            models.Index(fields=["helper_phone"], name="case_by_helper_phone", condition=~Q(helper_phone="")),
            models.Index(
                fields=["applicant_key"],
                name="open_case_by_applicant",
                condition=Q(state__in=OPEN_STATES) & ~Q(applicant_key=""),
            ),
        ]

    def __str__(self) -> str:
        return self.shown_reference

    @property
    def shown_reference(self) -> str:
        """`K7M2-X4TD-B`; empty for a draft."""
        return show_code(self.reference) if self.reference else ""

    @property
    def obj(self) -> str:
        """How the journal names this case."""
        return f"case:{self.pk}"

    @property
    def told_phones(self) -> list[str]:
        """The phones (+229…) that receive the notices and open the case, as `contact_to` chose; each once."""
        chosen = {
            ContactTo.APPLICANT: [self.phone],
            ContactTo.HELPER: [self.helper_phone],
            ContactTo.BOTH: [self.phone, self.helper_phone],
        }[ContactTo(self.contact_to)]
        return list(dict.fromkeys(phone for phone in chosen if phone))

    @property
    def has_contact(self) -> bool:
        """Whether it says who asks, for whom, and how each of those to be told is reached."""
        helper_lacks = self.on_behalf != OnBehalf.SELF and not (self.helper_name and self.helper_phone)
        applicant_lacks = self.contact_to != ContactTo.HELPER and not self.phone
        return bool(self.applicant_name) and not helper_lacks and not applicant_lacks

    @property
    def needs_mandate(self) -> bool:
        """Whether who asks must prove that he may act for the applicant."""
        return self.on_behalf in (OnBehalf.MANDATE, OnBehalf.ASSOCIATION)

    @property
    def told_name(self) -> str:
        """Whom a notice greets."""
        return self.helper_name if self.contact_to == ContactTo.HELPER else self.applicant_name

    @property
    def is_late(self) -> bool:
        """Whether the promise is broken today while the office holds the case."""
        return self.state in WITH_THE_OFFICE and self.due_on is not None and self.due_on < timezone.localdate()

    @property
    def quote(self) -> Quote | None:
        """What it was said to cost when it was filed; None when the service computes nothing."""
        return thawed(self.fee)

    @property
    def is_due_today(self) -> bool:
        return self.state in WITH_THE_OFFICE and self.due_on == timezone.localdate()


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

    `piece` is the key of a piece, of a file field, or "message" for what came with a message.
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
    # The earlier file of the same person this one was copied from, with her consent.
    reused_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("pièce justificative")
        verbose_name_plural = _("pièces justificatives")
        ordering = ["piece", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "piece", "sha256"], condition=Q(message=None), name="evidence_once_per_piece"
            ),
            models.UniqueConstraint(
                fields=["message", "sha256"], condition=Q(message__isnull=False), name="evidence_once_per_message"
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


class InformationRequest(models.Model):
    """What the office asks the citizen to complete or correct, on named fields and pieces."""

    case = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="information_requests")
    # 122 random bits: the link sent to the citizen opens this and nothing else.
    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    fields = models.JSONField(_("champs à reprendre"), default=list)
    pieces = models.JSONField(_("pièces à reprendre"), default=list)
    # {key of a field or piece: why it is wrong}
    reasons = models.JSONField(_("raisons"), default=dict)
    message = models.TextField(_("message"), max_length=2000)
    asked_by = models.ForeignKey(User, models.RESTRICT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(answered_at__isnull=True), name="one_open_information_request"
            )
        ]


class Correction(models.Model):
    """One answer that was changed after the filing: both values are kept."""

    case = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="corrections")
    asked = models.ForeignKey(InformationRequest, models.PROTECT, null=True, related_name="corrections")
    field = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]


class Opinion(models.Model):
    """What another office of the town hall thinks of a case, asked before deciding."""

    case = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="opinions")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("bureau consulté"))
    question = models.TextField(_("question"), max_length=1000)
    required = models.BooleanField(_("nécessaire pour décider"), default=True)
    asked_by = models.ForeignKey(User, models.RESTRICT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(_("attendu pour le"))
    answered_by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    favourable = models.BooleanField(_("favorable"), null=True)
    body = models.TextField(_("avis"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("avis demandé")
        verbose_name_plural = _("avis demandés")
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "office"], condition=Q(answered_at__isnull=True), name="one_open_opinion_per_office"
            ),
            models.CheckConstraint(
                name="given_opinion_says_yes_or_no_and_by_whom",
                condition=Q(answered_at__isnull=True, favourable__isnull=True)
                | Q(answered_at__isnull=False, favourable__isnull=False, answered_by__isnull=False),
            ),
        ]

    @property
    def is_late(self) -> bool:
        """Whether it was expected before today and has not come."""
        return self.answered_at is None and self.due_on < timezone.localdate()


class Message(models.Model):
    """Words exchanged about a case; the journal keeps the act, this table keeps the words."""

    case = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="messages")
    from_applicant = models.BooleanField(default=False)
    internal = models.BooleanField(_("note interne"), default=False)
    author = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+")
    body = models.TextField(max_length=2000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="applicant_message_is_not_internal", condition=~Q(from_applicant=True, internal=True)
            )
        ]


class OneTimeCode(models.Model):
    """A code and its limits on one row, so that asking again never resets the count of tries."""

    LIFETIME = datetime.timedelta(minutes=10)
    WINDOW = datetime.timedelta(hours=1)
    MOST_TRIES = 5
    MOST_SENDS = 3

    digest = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)
    window_from = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sends = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


class TrackingCode(OneTimeCode):
    """The code that opens one case."""

    case = models.OneToOneField(ServiceRequest, models.CASCADE, primary_key=True, related_name="tracking_code")


class PhoneCode(OneTimeCode):
    """The code that proves who holds a phone (+229…): for all its requests, or to let a relay agent file."""

    phone = models.CharField(max_length=16, primary_key=True)
