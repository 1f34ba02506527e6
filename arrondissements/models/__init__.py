"""Tables of the room, one module per subject."""

from arrondissements.models.calendar import LocalHoliday, OpeningHours
from arrondissements.models.people import Delegation, Posting, RelayAgent, Role, User
from arrondissements.models.places import Arrondissement, Office, OfficeKind, Quartier
from arrondissements.models.trail import Chore, JournalEntry, JournalHead, OutboxMessage, OutboxState

__all__ = [
    "Arrondissement",
    "Chore",
    "Delegation",
    "JournalEntry",
    "JournalHead",
    "LocalHoliday",
    "Office",
    "OfficeKind",
    "OpeningHours",
    "OutboxMessage",
    "OutboxState",
    "Posting",
    "Quartier",
    "RelayAgent",
    "Role",
    "User",
]
