from django.core.management.base import BaseCommand, CommandParser

from arrondissements import journal
from arrondissements.models import JournalHead


class Command(BaseCommand):
    """Exit 0 when every chain holds; 1 with the first broken row when one does not."""

    help = "Vérifie la chaîne du journal, ligne par ligne."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--chain", choices=[journal.ACTS, journal.READS])

    def handle(self, *, chain: str | None, **options: object) -> None:
        chains = [chain] if chain else sorted({journal.ACTS, journal.READS} | set(_chains()))
        broken = False
        for name in chains:
            count, fault = journal.verify(name)
            if fault:
                broken = True
                self.stderr.write(
                    f"{name}: ROMPU à la ligne {fault.seq} ({fault.fault}) ; {count} lignes avant tiennent"
                )
            else:
                self.stdout.write(f"{name}: {count} lignes, chaîne intacte")
        if broken:
            raise SystemExit(1)


def _chains() -> list[str]:
    return list(JournalHead.objects.values_list("chain", flat=True))
