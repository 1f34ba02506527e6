"""Everything the demonstration needs before it serves, in one process; idempotent.

Run with DEMO=1 by `deploy/demo`, and on PostgreSQL by the journeys of `tests/acceptance`.
"""

import contextlib
import os

import django
from django.core.management import call_command


def main() -> None:
    """Tables, places, services, pages, static files, then the people and the day they lived."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("load_places")
    call_command("load_catalogue")
    call_command("open_drafts")
    call_command("demo_content")
    call_command("collectstatic", interactive=False, verbosity=0)
    # That day sends dozens of messages: they are read in the demonstration's mailbox, not on the terminal.
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        call_command("demo_cast", stdout=nowhere)


if __name__ == "__main__":
    main()
