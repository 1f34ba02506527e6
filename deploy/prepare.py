"""Everything the demonstration needs before it serves, in one process; idempotent.

Run with DEMO=1 by `deploy/demo`, and on PostgreSQL by the journeys of `tests/acceptance`.
"""

import contextlib
import multiprocessing
import os
from collections.abc import Iterator

import django
from django.core.management import call_command


def main() -> None:
    """Tables, places, services, pages, static files, then the people and the day they lived."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    with _static_files_beside():
        call_command("migrate", verbosity=0)
        call_command("load_places")
        call_command("load_catalogue")
        call_command("open_drafts")
        call_command("demo_content")
    # That day sends dozens of messages: they are read in the demonstration's mailbox, not on the terminal.
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        call_command("demo_cast", stdout=nowhere)


@contextlib.contextmanager
def _static_files_beside() -> Iterator[None]:
    """Gather and compress the static files on another core meanwhile: they need no database."""
    options = {"interactive": False, "verbosity": 0}
    gathering = multiprocessing.get_context("fork").Process(
        target=call_command, args=("collectstatic",), kwargs=options, daemon=True
    )
    gathering.start()
    yield
    gathering.join()
    if gathering.exitcode:
        raise SystemExit(gathering.exitcode)


if __name__ == "__main__":
    main()
