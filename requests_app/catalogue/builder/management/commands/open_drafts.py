from typing import Any

from django.core.management.base import BaseCommand

from requests_app.catalogue.builder.acts import open_all


class Command(BaseCommand):
    help = "Give every service a draft to edit in the admin; drafts that somebody has changed are left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{open_all()} drafts written.")
