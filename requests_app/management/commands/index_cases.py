from django.core.management.base import BaseCommand, CommandParser

from requests_app import indexing


class Command(BaseCommand):
    """Write what the offices find their cases by, where it is missing; `--again` writes everything anew."""

    help = "Écrit ce par quoi les bureaux retrouvent les demandes (noms entendus, numéros d’actes) ; se reprend."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="Tout réécrire, après un changement des règles.")

    def handle(self, *, again: bool, **options: object) -> None:
        self.stdout.write(f"{sum(indexing.index_all(again=again))} demandes")
