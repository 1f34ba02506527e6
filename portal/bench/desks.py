"""The desks of the run: the town of `portal.town`, one clerk at work in each office, and the auditor who reads all."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils import timezone

from arrondissements.models import JournalEntry, Office, OfficeKind, OutboxMessage, Posting, Role, User
from portal.bench import crowd
from portal.town import filling
from portal.town.people import Team
from requests_app.dossier import reading
from requests_app.models import ServiceRequest

SEED = 20261124


@dataclass(frozen=True)
class Town:
    """The teams of the thirteen offices; `clerks`, `heads` (by office) and `eye` are the cookies of people signed in.

    The auditor serves in one office and reads all of them.
    """

    teams: list[Team]
    clerks: dict[str, str]
    heads: dict[str, str]
    auditor: User
    eye: str
    seconds: dict[str, float]

    @property
    def loading(self) -> str:
        """How long it took to fill the database, step by step."""
        return ", ".join(f"{step} {spent:.0f} s" for step, spent in self.seconds.items())

    @property
    def offices(self) -> list[Office]:
        return [team.office for team in self.teams]

    def clerk(self, office: Office) -> User:
        """The clerk at work in an office."""
        return next(team.clerks[0] for team in self.teams if team.office == office)


@lru_cache(maxsize=1)
def town(cases: int) -> Town:
    """Fill the database of the run, once; every benchmark of the desk looks at the same town."""
    filled = filling.fill(cases, seed=SEED)
    auditor = User.objects.create_user("bench-auditor", first_name="Ablawa", last_name="Sossa")
    central = Office.objects.filter(kind=OfficeKind.CENTRAL).order_by("code")[0]
    Posting.objects.create(user=auditor, office=central, role=Role.AUDITOR, starts=timezone.localdate())
    clerks = {team.office.code: crowd.session_of(team.clerks[0]) for team in filled.teams}
    heads = {team.office.code: crowd.session_of(team.supervisor) for team in filled.teams}
    crowd.settle(User, JournalEntry, OutboxMessage)
    return Town(filled.teams, clerks, heads, auditor, crowd.session_of(auditor), filled.seconds)


def say_why(case: ServiceRequest, *readers: User) -> None:
    """Write that each of `readers` opened `case` today and why, so that the page is not the question why."""
    for reader in readers:
        reading.say_why(case, by=reader, reason=reading.Reason.CHECK)
