from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app.catalogue.models import Service
from requests_app.catalogue.portable import Unreadable, export_service, written


class Command(BaseCommand):
    """Write a service as a file that another town hall can load (`import_service`)."""

    help = "Écrit une démarche dans un fichier qu’une autre mairie peut charger."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="DÉMARCHE")
        parser.add_argument("--to", type=Path, metavar="FICHIER", help="par défaut : la sortie")

    def handle(self, *, slug: str, to: Path | None, **options: object) -> None:
        service = Service.objects.filter(slug=slug).select_related("current").first()
        if service is None:
            raise CommandError(f"Aucune démarche ne s’appelle « {slug} ».")
        try:
            content = written(export_service(service))
        except Unreadable as error:
            raise CommandError(str(error)) from None
        if to is None:
            self.stdout.write(content.decode(), ending="")
            return
        try:
            to.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{to} : {error.strerror}") from None
