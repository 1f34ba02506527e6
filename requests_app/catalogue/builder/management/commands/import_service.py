from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app.catalogue.builder.acts import DraftThere, load
from requests_app.catalogue.portable import Unreadable, read


class Command(BaseCommand):
    """Load the file of a service (`export_service`) into its draft, and say what must be decided here first."""

    help = "Charge le fichier d’une démarche dans son brouillon. Rien n’est publié."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")
        parser.add_argument("--as", dest="slug", default="", metavar="DÉMARCHE", help="sous un autre nom")
        parser.add_argument(
            "--replace", action="store_true", help="remplace le brouillon jamais publié qui porte déjà ce nom"
        )
        parser.add_argument(
            "--office",
            dest="offices",
            action="append",
            default=[],
            metavar="LEUR_CODE=NOTRE_CODE",
            help="un bureau du fichier, et celui d’ici qui le remplace ; autant de fois qu’il faut",
        )

    def handle(self, *, file: Path, slug: str, offices: list[str], replace: bool, **options: object) -> None:
        try:
            imported = read(file.read_bytes(), slug=slug, offices=dict(_pair(text) for text in offices))
        except OSError as error:
            raise CommandError(f"{file} : {error.strerror}") from None
        except Unreadable as error:
            raise CommandError(str(error)) from None
        try:
            load(imported, by=None, replace=replace)
        except DraftThere as refusal:
            raise CommandError(f"{refusal.sentence} (--replace, --as)") from None
        for sentence in imported.sentences:
            self.stdout.write(sentence)


def _pair(text: str) -> tuple[str, str]:
    theirs, equal, ours = text.partition("=")
    if not (theirs and equal and ours):
        raise CommandError(f"« {text} » ne s’écrit pas ainsi : LEUR_CODE=NOTRE_CODE.")
    return theirs, ours
