from django.core.management.base import BaseCommand, CommandParser

from requests_app.evidence import purging


class Command(BaseCommand):
    """Erase the files and answers whose time has passed, and say how many of each class; `--dry-run` only says."""

    help = "Efface les pièces et les réponses dont le délai de conservation est passé, avec un compte rendu."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Compter sans rien effacer.")

    def handle(self, *, dry_run: bool, **options: object) -> None:
        report = purging.purge(dry_run=dry_run)
        for kept in sorted(report.files | report.answers):
            self.stdout.write(
                f"{kept.personal}, {kept.days} jours : {report.files[kept]} fichiers, {report.bytes[kept]} octets, "
                f"{report.answers[kept]} réponses"
            )
        self.stdout.write(f"envois inachevés : {report.partial_files} fichiers, {report.partial_bytes} octets")
        self.stdout.write("Rien n’a été effacé (essai)." if dry_run else "Effacé.")
