"""The case: what a citizen asks for. Its state is written by `workflow` only."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arrondissements.codes import show_code
from arrondissements.models import Office, User
from requests_app.catalogue.fees import Quote, thawed
from requests_app.catalogue.models import RejectionMotive, ServiceVersion
from requests_app.catalogue.translated import in_active_language
from requests_app.states import FINAL_STATES, HELD_STATES, OPEN_STATES, WITH_THE_OFFICE, State

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
    # The answers whose time was over: {"question" or "group.question": ISO day it was erased}.
    erased = models.JSONField(_("réponses effacées le"), default=dict, blank=True)
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
    # As computed when it was filed, and never changed: what is kept or broken is measured against `due_on`.
    promised_on = models.DateField(_("première promesse"), null=True)
    # The promise today: a pause of the citizen moves it, and each move is a `Pause`.
    due_on = models.DateField(_("promise pour le"), null=True)
    # When it was expected to be ready as things stood at filing; no promise: kept to judge the estimates.
    estimated_on = models.DateField(null=True)
    # The four clocks beside `submitted_at`: nothing more awaited from the citizen, waiting on him, decided, to fetch.
    complete_at = models.DateTimeField(_("complète le"), null=True)
    paused_at = models.DateTimeField(_("suspendue depuis le"), null=True)
    decided_at = models.DateTimeField(_("décidée le"), null=True)
    ready_at = models.DateTimeField(_("prête depuis le"), null=True)
    # Working days left when the citizen was asked for something: the clock stops meanwhile.
    days_left = models.PositiveSmallIntegerField(null=True)
    returned = models.BooleanField(_("revenue du demandeur"), default=False)
    # The citizen wrote, and nobody of the office has answered or read it yet.
    unread = models.BooleanField(_("message à lire"), default=False)

    # On whose desk it lies now; `instructed_by` remembers who worked on it, so that he never signs.
    assigned_to = models.ForeignKey(
        User, models.RESTRICT, null=True, related_name="assigned_cases", verbose_name=_("attribuée à")
    )
    assigned_at = models.DateTimeField(_("attribuée le"), null=True)
    # An office less loaded that helps to instruct; the competent office stays `office`.
    helping_office = models.ForeignKey(
        Office, models.PROTECT, null=True, related_name="+", verbose_name=_("bureau qui aide")
    )
    instructed_by = models.ForeignKey(
        User, models.RESTRICT, null=True, related_name="+", verbose_name=_("instruite par")
    )
    signed_by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+", verbose_name=_("signée par"))
    motive = models.ForeignKey(RejectionMotive, models.PROTECT, null=True, related_name="+", verbose_name=_("motif"))
    # The words of the motive on the day of the refusal, in both languages: see `RejectionMotive.words`.
    refusal = models.JSONField(_("motif, tel qu’il a été écrit"), default=dict, blank=True)
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
                fields=["office", "state", "returned", "due_on", "id", "unread", "assigned_to"],
                name="counters_by_office",
                condition=Q(state__in=HELD_STATES, is_trial=False),
            ),
            # What was delivered or rejected, in the order of the pages: a filter by state reads 25 rows of the archive.
            models.Index(
                fields=["office", "state", "due_on", "id"],
                name="archive_by_office",
                condition=Q(state__in=FINAL_STATES, is_trial=False),
            ),
            models.Index(
                fields=["assigned_to", "due_on", "id"],
                name="desk_of_a_person",
                condition=Q(state__in=HELD_STATES, is_trial=False, assigned_to__isnull=False),
            ),
            models.Index(
                fields=["helping_office", "due_on", "id"],
                name="queue_of_the_helping_office",
                condition=Q(state__in=WITH_THE_OFFICE, is_trial=False, helping_office__isnull=False),
            ),
            # How long the open cases have waited, and what was decided when: the figures of `oversight`.
            models.Index(
                fields=["office", "submitted_at"],
                name="ages_by_office",
                condition=Q(state__in=WITH_THE_OFFICE, is_trial=False),
            ),
            models.Index(
                fields=["office", "decided_at"],
                name="decisions_by_office",
                condition=Q(decided_at__isnull=False, is_trial=False),
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
    def refused_because(self) -> dict[str, str]:
        """`label`, `remedy` and `legal_basis` of the refusal, as they were on its day, in the active language."""
        words = self.refusal or (self.motive.words if self.motive else {})
        return {name: in_active_language(said) for name, said in words.items()}

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
