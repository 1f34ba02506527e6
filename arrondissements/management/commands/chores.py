from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from arrondissements import chores
from arrondissements.models import Chore


class Command(BaseCommand):
    """Run the chores whose time has come, or those that are named, then say how each of them stands."""

    help = "Fait les tâches régulières dont l’heure est venue, ou celles qui sont nommées."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="TÂCHE", help="ces tâches-là, tout de suite")

    def handle(self, *, names: list[str], **options: object) -> None:
        try:
            for name in names:
                chores.run_now(name)
        except chores.UnknownChore as unknown:
            raise CommandError(
                f"La tâche « {unknown} » n’existe pas. Possible : {', '.join(settings.CHORES)}."
            ) from None
        if not names:
            chores.run_due()
        for chore in Chore.objects.filter(name__in=settings.CHORES):
            self.stdout.write(f"{chore.name}: {chore.error or chore.report or '–'}")
