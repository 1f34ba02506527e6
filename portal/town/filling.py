"""Filling a PostgreSQL database with the town: persons by COPY, cases and their journal by the database itself."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from arrondissements import journal
from arrondissements.models import JournalEntry, JournalHead
from portal.demo.cases import picture
from portal.town import matters, people
from portal.town.people import DERIVED, Team
from requests_app.catalogue.models import RejectionMotive
from requests_app.models import (
    CaseLabel,
    Evidence,
    InformationRequest,
    Label,
    LabelTone,
    Message,
    Pause,
    SearchKey,
    ServiceRequest,
    private_storage,
)
from requests_app.oversight import counting

SQL = Path(__file__).parent / "sql"
DAYS = 3 * 365
BATCH = 25_000
WINDOWS = 40  # stretches of time whose journal is chained at once
PICTURE = "evidence/town/specimen.jpg"
LABELS = (
    ("Personne âgée", LabelTone.BLUE), ("À rappeler", LabelTone.AMBER), ("Registre abîmé", LabelTone.RED),
    ("Diaspora", LabelTone.GREEN),
)  # fmt: skip
# Filling takes longer than any request may, and a power cut loses nothing that cannot be made again.
SESSION = {"statement_timeout": "0", "synchronous_commit": "off", "work_mem": "128MB"}
FILLED = (ServiceRequest, SearchKey, InformationRequest, Pause, Evidence, CaseLabel, Message, JournalEntry)
Told = Callable[[str, int, int], None]


class NotThere(Exception):
    """The places or the catalogue are not loaded; the message says what to do."""


@dataclass
class Filled:
    """What was made, and in how many seconds."""

    cases: int
    teams: list[Team]
    lines: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def fill(cases: int, *, seed: int, told: Told = lambda what, done, of: None) -> Filled:
    """Add `cases` cases of three years to the database; `told` hears how far it is.

    Committed batch after batch: what is stopped halfway leaves whole cases, without their journal. PostgreSQL only.
    Raises `NotThere`.
    """
    filling = _Filling(cases, seed)
    usual = {name: _setting(name, value) for name, value in SESSION.items()}
    steps: list[tuple[str, Callable[[Told], None]]] = [
        ("persons", filling.persons),
        ("cases", filling.cases),
        ("journal", filling.journal),
        ("figures", filling.figures),
        ("statistics", filling.statistics),
    ]
    for name, step in steps:
        start = perf_counter()
        step(told)
        filling.done.seconds[name] = perf_counter() - start
    for name, value in usual.items():
        _setting(name, value)
    with connection.cursor() as cursor:  # the lines of a million cases fill a gigabyte once more
        cursor.execute("DISCARD TEMP")
    return filling.done


class _Filling:
    """One run: the facts that all statements share, and the steps in their order."""

    def __init__(self, cases: int, seed: int) -> None:
        self.count, self.now = cases, timezone.now()
        places, self.matters = people.offices(), matters.matters()
        if not places or not self.matters:
            raise NotThere("Chargez d’abord les lieux et le catalogue : manage.py load_places, puis load_catalogue.")
        self.done = Filled(cases, people.teams(places))
        self.inhabitants = max(1, cases // people.CASES_EACH)
        motives = RejectionMotive.objects.order_by("code").values_list("pk", "code")
        midnight = timezone.localtime(self.now).replace(hour=0, minute=0, second=0, microsecond=0)
        self.facts: dict[str, Any] = {
            # Salts are added to the seed: two seeds share none.
            "seed": seed * 1000,
            "total": cases,
            "persons": self.inhabitants,
            "matters": len(self.matters),
            "days": DAYS,
            "now": self.now,
            "midnight": midnight,
            "zone": settings.TIME_ZONE,
            "unpromised": matters.WITHOUT_PROMISE,
            "motives": [pk for pk, _code in motives],
            "motive_codes": [code for _pk, code in motives],
            "labels": [_label(name, tone).pk for name, tone in LABELS],
            "picture": PICTURE,
            "weight": _keep_picture(),
            "kept_days": settings.EVIDENCE_RETENTION_DAYS,
        }

    def persons(self, told: Told) -> None:
        """The temporary tables that everything is drawn from."""
        with connection.cursor() as cursor:
            cursor.execute((SQL / "functions.sql").read_text())
            columns = "".join(f", {column} text" for column in DERIVED)
            cursor.execute(
                "CREATE TEMPORARY TABLE town_persons "
                f"(n int PRIMARY KEY, office int, surname text, given text, name text, phone text, "
                f"keys text[]{columns})"
            )
        teams = self.done.teams
        homes = people.homes([team.office for team in teams])
        offices = (
            (i, team.office.pk, team.office.code, home, _ids(team.clerks), _ids(team.counter))
            for i, (team, home) in enumerate(zip(teams, homes, strict=True))
        )
        today = timezone.localdate(self.now)
        promised = matters.promises(self.matters, today - datetime.timedelta(days=DAYS + 1), today)
        # Read to their end first: nothing else can be asked of a connection while it copies.
        _copy("town_offices", list(offices))
        _copy("town_matters", [matter.row(i) for i, matter in enumerate(self.matters)])
        _copy("town_promises", list(promised))
        _copy("town_persons", people.persons(self.inhabitants, len(teams), self.facts["seed"]))
        told("persons", self.inhabitants, self.inhabitants)

    def cases(self, told: Told) -> None:
        """The cases and what lies beside them, in batches."""
        self.facts["base"] = _reserve(ServiceRequest, self.count)
        drawn = _sql("drawn", ", ".join(f"p.{column}" for column in DERIVED))
        cases, others = self._cases(drawn)
        for low in range(1, self.count + 1, BATCH):
            high = min(low + BATCH - 1, self.count)
            facts = self.facts | others | {"low": low, "high": high}
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in (drawn, cases, _sql("around")):
                    cursor.execute(statement, facts)
            told("cases", high, self.count)

    def _cases(self, drawn: str) -> tuple[str, dict[str, Any]]:
        """The statement that writes cases; a column it does not name takes the default of its field."""
        select = _sql("cases", ", ".join(DERIVED))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(drawn, self.facts | {"low": 1, "high": 0})
            cursor.execute(select, self.facts)
            named = [column.name for column in cursor.description or ()]
        fields = {
            f.column: f for f in ServiceRequest._meta.concrete_fields if f.column not in named and not f.generated
        }
        others = {f"other_{column}": _default(f) for column, f in fields.items()}
        into = ", ".join(f'"{column}"' for column in [*named, *fields])
        more = "".join(f", %(other_{column})s" for column in fields)
        # Column names of Django and of our own files: nothing here comes from anybody.
        table = ServiceRequest._meta.db_table
        statement = f'INSERT INTO "{table}" ({into}) SELECT made.*{more} FROM ({select}) AS made'  # noqa: S608
        return statement, others

    def journal(self, told: Told) -> None:
        """The lines of all the acts, in the order of time, linked to what the journal holds."""
        JournalHead.objects.get_or_create(pk=journal.ACTS)
        chain, since = _sql("chain"), self.now - datetime.timedelta(days=DAYS + 2)
        step = (self.now - since) / WINDOWS
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX ON town_lines (at)")
            cursor.execute("ANALYZE town_lines")
        for window in range(WINDOWS):
            until = since + step if window < WINDOWS - 1 else self.now + datetime.timedelta(days=1)
            with transaction.atomic(), connection.cursor() as cursor:
                head = JournalHead.objects.select_for_update().get(pk=journal.ACTS).seq
                cursor.execute(chain, {"since": since, "until": until})
                self.done.lines += JournalHead.objects.get(pk=journal.ACTS).seq - head
            since = until
            told("journal", window + 1, WINDOWS)
        details = {"cases": self.count, "seed": self.facts["seed"] // 1000}
        journal.record("town.loaded", obj="town", by=None, details=details)

    def figures(self, told: Told) -> None:
        """The figures of the offices, which a chore would count within the hour."""
        counting.recount()
        told("figures", 1, 1)

    def statistics(self, told: Told) -> None:
        """Let PostgreSQL know what the tables hold, as it does by itself within minutes."""
        with connection.cursor() as cursor:
            for number, model in enumerate(FILLED, 1):
                cursor.execute(f'VACUUM (ANALYZE) "{model._meta.db_table}"')
                told("statistics", number, len(FILLED))


def _setting(name: str, value: str) -> str:
    """Change a setting of this session; return what it was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s), set_config(%s, %s, false)", [name, name, value])
        (before, _now) = cursor.fetchone() or ("", "")
    return str(before)


def _sql(name: str, derived: str = "") -> str:
    return (SQL / f"{name}.sql").read_text().replace("{derived}", derived)


def _copy(table: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _reserve(model: type[ServiceRequest], count: int) -> int:
    """Take `count` ids out of the sequence; the first is the number returned plus one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        (sequence,) = cursor.fetchone() or ("",)
        cursor.execute("SELECT nextval(%s)", [sequence])
        (base,) = cursor.fetchone() or (0,)
        cursor.execute("SELECT setval(%s, %s)", [sequence, base + count])
    return int(base)


def _default(column: Any) -> Any:
    """The value a row takes where nobody gave one."""
    return column.get_db_prep_save(column.get_default(), connection)


def _ids(users: list[Any]) -> list[int]:
    return [user.pk for user in users]


def _label(name: str, tone: str) -> Label:
    return Label.objects.get_or_create(name=name, office=None, defaults={"tone": tone})[0]


def _keep_picture() -> int:
    """The one picture that all papers show; its size in bytes."""
    storage = private_storage()
    if not storage.exists(PICTURE):
        storage.save(PICTURE, picture("specimen.jpg", "ville fictive"))
    return storage.size(PICTURE)
