import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from portal.town import filling
from requests_app.models import ServiceRequest
from requests_app.states import State

WORDS = {
    "persons": "habitants",
    "cases": "demandes",
    "journal": "journal",
    "figures": "chiffres",
    "statistics": "statistiques",
}
BAR = 30


class Command(BaseCommand):
    """Fill a PostgreSQL database with the cases of a town that does not exist (see `portal.town`)."""

    help = "Charge des demandes fictives sur trois ans, dans les treize arrondissements, pour essayer et mesurer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, default=10_000, help="combien de demandes (10 000)")
        parser.add_argument("--seed", type=int, default=1, help="la même graine refait la même ville")
        parser.add_argument("--yes", action="store_true", help="même à côté de demandes qui existent")

    def handle(self, *, cases: int, seed: int, yes: bool, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Cette commande remplit une base PostgreSQL : donnez une DATABASE_URL en postgresql://.")
        if cases <= 0 or seed < 0:
            raise CommandError("Le nombre de demandes est positif, et la graine n’est pas négative.")
        if not yes and (reason := _why_not()):
            raise CommandError(f"{reason} Rien n’a été chargé. Pour charger quand même : --yes.")
        try:
            done = filling.fill(cases, seed=seed, told=self._tell)
        except filling.NotThere as error:
            raise CommandError(str(error)) from error
        self._sum_up(done)

    def _tell(self, what: str, done: int, of: int) -> None:
        if self.stderr.isatty():
            full = BAR * done // of
            self.stderr.write(f"\r{WORDS[what]:<13} [{'█' * full}{'·' * (BAR - full)}] {done}/{of}", ending="")
            if done == of:
                self.stderr.write("")
        elif done == of:
            self.stderr.write(f"{WORDS[what]} : {of}")
        sys.stderr.flush()

    def _sum_up(self, done: filling.Filled) -> None:
        total = sum(done.seconds.values())
        parts = ", ".join(f"{WORDS[name]} {spent:.1f} s" for name, spent in done.seconds.items())
        people = sum(len(team.clerks) + len(team.counter) + 2 for team in done.teams)
        self.stdout.write(
            f"{done.cases} demandes, {done.lines} lignes du journal, {len(done.teams)} bureaux, {people} agents "
            f"en {total:.1f} s ({done.cases / total:.0f} demandes/s : {parts})"
        )


def _why_not() -> str:
    """Why this database looks like one that serves people; empty when it does not."""
    filed = ServiceRequest.objects.exclude(state=State.DRAFT).count()
    name = connection.settings_dict["NAME"]
    if filed:
        return f"La base « {name} » contient déjà {filed} demandes."
    if settings.HTTPS and not settings.DEMO:
        return f"La base « {name} » est celle d’un site en service (HTTPS)."
    return ""
