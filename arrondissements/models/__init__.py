"""Tables of the room, one module per subject."""

from arrondissements.models.calendar import LocalHoliday, OfficeClosure, OpeningHours, Outage, OutageKind
from arrondissements.models.people import (
    SIGNATORY_ROLES,
    Absence,
    AbsenceReason,
    Delegation,
    Posting,
    QuickPin,
    RelayAgent,
    Role,
    User,
)
from arrondissements.models.places import Arrondissement, Office, OfficeKind, Quartier
from arrondissements.models.trail import Chore, JournalEntry, JournalHead, OutboxMessage, OutboxState

__all__ = [
    "SIGNATORY_ROLES",
    "Absence",
    "AbsenceReason",
    "Arrondissement",
    "Chore",
    "Delegation",
    "JournalEntry",
    "JournalHead",
    "LocalHoliday",
    "Office",
    "OfficeClosure",
    "OfficeKind",
    "OpeningHours",
    "Outage",
    "OutageKind",
    "OutboxMessage",
    "OutboxState",
    "Posting",
    "Quartier",
    "QuickPin",
    "RelayAgent",
    "Role",
    "User",
]
