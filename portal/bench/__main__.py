"""The inside of a run: `python -m portal.bench <JSON>`, started by `manage.py bench` with an environment of its own."""

import io
import json
import logging
import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def prepare() -> None:
    """Migrate, load the places and the catalogue, create a seal key."""
    import django
    from django.conf import settings

    # Nothing is collected in it, but what serves it wants to see it.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    django.setup()
    # WeasyPrint and its fonts talk of every property they leave aside.
    logging.disable(logging.WARNING)
    from django.core.management import call_command
    from django.db import connection

    # Filling the tables takes longer than any request may.
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    for command in ("migrate", "load_places", "load_catalogue", "create_seal_key"):
        call_command(command, verbosity=0, stdout=io.StringIO())


def main(order: dict[str, Any]) -> None:
    """Measure what `order` names and print it."""
    _say("préparation de la base…")
    prepare()
    from django.conf import settings

    from portal.bench.results import Result, table
    from portal.bench.scale import Scale
    from portal.bench.site import Site

    site = Site(Path(settings.VAR_DIR), urlsplit(settings.SITE_BASE_URL).port or 0)
    results: list[Result] = []
    try:
        site.wait()
        for name in order["names"]:
            _say(f"{name}…")
            results.append(import_module(f"portal.bench.{name}").run(Scale(**order["scale"]), site.port))
    finally:
        site.stop()
    as_json = {"scale": order["scale"], "results": [result.as_json() for result in results]}
    shown = json.dumps(as_json, ensure_ascii=False, indent=2) if order["as_json"] else table(results)
    sys.stdout.write(shown + "\n")


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


main(json.loads(sys.argv[1]))
