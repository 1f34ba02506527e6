"""Fill the site with the pages of the demonstration."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext

from portal.demo_site import build


class Command(BaseCommand):
    help = "Create the pages of the demonstration in French and English; pages that exist are left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        created = build()
        self.stdout.write(gettext("Pages du site : %(count)d créées.") % {"count": created})
