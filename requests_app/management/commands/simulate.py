from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app.promises import simulation


class Command(BaseCommand):
    """Play the thirteen offices in memory, without help and with it; no table is read or written."""

    help = "Joue les arrivées, les absences et les pannes de 13 bureaux ; compte les promesses tenues."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=60, help="jours ouvrés comptés")
        parser.add_argument("--seed", type=int, default=1, help="la même graine donne la même ville")

    def handle(self, *, days: int, seed: int, **options: object) -> None:
        if not 1 <= days <= 1000:
            raise CommandError("Entre 1 et 1000 jours.")
        alone, helped = (simulation.play(days, seed, overflow=overflow) for overflow in (False, True))
        town = f"{simulation.OFFICES} bureaux, {days} jours ouvrés, graine {seed}"
        self.stdout.write(f"{town} : {alone.filed} demandes (ville inventée).")
        for name, result in (("sans entraide", alone), ("avec entraide", helped)):
            self.stdout.write(
                f"{name} : {result.kept_share:.1%} de promesses tenues, {result.helped} demandes aidées ; erreur "
                f"médiane de l’estimation {result.median_error:.1%}, {result.median_error_of_the_long:.1%} pour "
                f"celles qui ont pris plus d’un jour (moyenne de toutes {result.mean_error:.1%})."
            )
