"""Make sure a seal key is in service."""

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from civil_status.documents import keys


class Command(BaseCommand):
    """`create_seal_key [--from 2027-11-01]`: idempotent; with a later date, prepares the next key."""

    help = _("Crée la clé du cachet des documents s’il n’y en a pas pour la date donnée.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="issue_from", type=datetime.date.fromisoformat, help=_("premier jour (AAAA-MM-JJ)")
        )

    def handle(self, *args: Any, issue_from: datetime.date | None, **options: Any) -> None:
        key, created = keys.create(issue_from or timezone.localdate())
        sentence = (
            _("La clé %(kid)s est créée ; elle scelle jusqu’au %(last)s.")
            if created
            else _("La clé %(kid)s est déjà en service ; elle scelle jusqu’au %(last)s.")
        )
        self.stdout.write(sentence % {"kid": key.kid, "last": f"{key.issue_to:%d/%m/%Y}"})
