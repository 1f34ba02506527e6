"""Revoke a document from the command line: fraud found at night waits for no screen."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from civil_status.documents import issuance
from civil_status.documents.document_codes import MalformedCode, index_of, read_document_code
from civil_status.documents.models import IssuedDocument, RevocationReason


class Command(BaseCommand):
    """`revoke_document <number or code> --reason FRAUD [--note …]`."""

    help = _("Annule un document délivré, désigné par son numéro ou par son code.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("document", help=_("numéro imprimé ou code de vérification"))
        parser.add_argument("--reason", required=True, choices=RevocationReason.values)
        parser.add_argument("--note", default="", help=_("précision gardée au journal"))

    def handle(self, *args: Any, document: str, reason: str, note: str, **options: Any) -> None:
        found = self.find(document)
        try:
            issuance.revoke(found, by=None, reason=RevocationReason(reason), note=note)
        except issuance.NoLongerValid as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("Le document %(number)s est annulé.") % {"number": found.number})

    def find(self, text: str) -> IssuedDocument:
        """The document with this number or code. Raises `CommandError`."""
        try:
            wanted = {"code_index": index_of(read_document_code(text))}
        except MalformedCode:
            wanted = {"number": text.strip()}
        if found := IssuedDocument.objects.filter(**wanted).first():
            return found
        raise CommandError(_("Aucun document ne porte ce numéro ni ce code."))
