"""The counter: tickets of the waiting room, papers handed over, slips for the days without power."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arrondissements.models import Office, User
from requests_app.catalogue.models import Service
from requests_app.models.case import ServiceRequest
from requests_app.models.evidence import Evidence


class TicketState(models.TextChoices):
    WAITING = "WAITING", _("attend")
    CALLED = "CALLED", _("appelé")
    SERVED = "SERVED", _("servi")
    NO_SHOW = "NO_SHOW", _("absent à l’appel")


class Purpose(models.TextChoices):
    """What brings somebody to the office: the big buttons of the kiosk."""

    FILE = "FILE", _("Déposer une demande")
    COLLECT = "COLLECT", _("Retirer un document")
    ASK = "ASK", _("Demander un renseignement")


class Ticket(models.Model):
    """A place in the waiting room of an office, for one day. It names nobody."""

    office = models.ForeignKey(Office, models.CASCADE, related_name="tickets")
    day = models.DateField(default=timezone.localdate)
    number = models.PositiveSmallIntegerField(_("numéro"))
    purpose = models.CharField(_("raison de la visite"), max_length=10, choices=Purpose, default=Purpose.ASK)
    service = models.ForeignKey(Service, models.CASCADE, null=True, related_name="+", verbose_name=_("démarche"))
    state = models.CharField(_("état"), max_length=10, choices=TicketState, default=TicketState.WAITING)
    taken_at = models.DateTimeField(_("pris à"), default=timezone.now)
    called_at = models.DateTimeField(_("appelé à"), null=True)
    calls = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(_("terminé à"), null=True)
    called_by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+")
    window = models.CharField(_("guichet"), max_length=20, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["office", "day", "number"], name="ticket_once_per_day"),
            models.CheckConstraint(
                name="called_ticket_says_by_whom",
                condition=Q(state="WAITING") | Q(called_at__isnull=False, called_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class IdentityPaper(models.TextChoices):
    """What the person showed. The number of the paper is never kept."""

    CIP = "CIP", _("certificat d’identification personnelle")
    CARD = "CARD", _("carte nationale d’identité")
    PASSPORT = "PASSPORT", _("passeport")
    OTHER = "OTHER", _("autre pièce")


class HandOver(models.Model):
    """A document handed over at the counter: to whom, against what, and the proof of it."""

    case = models.OneToOneField(ServiceRequest, models.PROTECT, related_name="hand_over")
    by = models.ForeignKey(User, models.RESTRICT, related_name="+", verbose_name=_("remis par"))
    at = models.DateTimeField(_("remis le"), default=timezone.now)
    recipient = models.CharField(_("remis à"), max_length=120)
    identity = models.CharField(_("pièce montrée"), max_length=10, choices=IdentityPaper)
    # One or the other: the drawn signature, or the code sent to the phone of the case.
    signature = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="+")
    by_code = models.BooleanField(_("code du téléphone donné"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="handed_over_against_a_signature_or_a_code",
                condition=Q(by_code=True) | Q(signature__isnull=False),
            )
        ]


class UnclaimedStep(models.TextChoices):
    """What is done, once each, about a document that nobody comes to fetch."""

    FIRST = "FIRST", _("premier rappel")
    SECOND = "SECOND", _("deuxième rappel")
    LISTED = "LISTED", _("signalé au bureau")


class UnclaimedNotice(models.Model):
    """A step taken about a document that waits at the counter."""

    case = models.ForeignKey(ServiceRequest, models.CASCADE, related_name="unclaimed_notices")
    step = models.CharField(_("étape"), max_length=10, choices=UnclaimedStep)
    at = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "step"], name="unclaimed_step_once")]

    def __str__(self) -> str:
        return str(self.get_step_display())


class SlipState(models.TextChoices):
    BLANK = "BLANK", _("vierge")
    USED = "USED", _("saisi")
    SPOILED = "SPOILED", _("gâché")
    LOST = "LOST", _("déclaré perdu")


class EmergencySlip(models.Model):
    """A numbered paper form for the hours without power: each one is used, spoiled, lost or still blank."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="slips")
    serial = models.PositiveIntegerField(_("numéro"))
    # What its QR holds: letters of the codes, with their check symbol.
    code = models.CharField(max_length=12, unique=True)
    printed_by = models.ForeignKey(User, models.RESTRICT, related_name="+")
    printed_at = models.DateTimeField(_("imprimé le"), default=timezone.now)
    state = models.CharField(_("état"), max_length=10, choices=SlipState, default=SlipState.BLANK)
    # The hour written on the paper: the promise runs from it.
    received_at = models.DateTimeField(_("reçu le"), null=True)
    case = models.OneToOneField(ServiceRequest, models.PROTECT, null=True, related_name="slip")
    closed_by = models.ForeignKey(User, models.RESTRICT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    note = models.CharField(_("explication"), max_length=300, blank=True)

    class Meta:
        ordering = ["office", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["office", "serial"], name="slip_once_per_office"),
            models.CheckConstraint(
                name="used_slip_has_its_case_and_hour",
                condition=~Q(state="USED") | Q(case__isnull=False, received_at__isnull=False),
            ),
            models.CheckConstraint(
                name="slip_received_after_it_was_printed",
                condition=Q(received_at__isnull=True) | Q(received_at__gte=F("printed_at")),
            ),
            models.CheckConstraint(
                name="slip_out_of_use_says_why",
                condition=~Q(state__in=["SPOILED", "LOST"]) | ~Q(note=""),
                violation_error_message=_("Dites ce qui est arrivé à ce bordereau."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.serial:05d}"
