import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.bench import NAMES, scratch
from portal.bench.scale import Scale

# Of the caller's environment only what any program needs: nothing of it may aim at a real service.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")


class Command(BaseCommand):
    """Measure the portal beside its floors, in a database and a folder of the run's own (see `portal.bench`)."""

    help = "Mesure le dépôt, les étapes, la vérification, les pages des agents et la délivrance, avec leurs planchers."

    def add_arguments(self, parser: CommandParser) -> None:
        usual = Scale()
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)} ; tout par défaut")
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument("--rounds", type=int, default=usual.rounds)
        parser.add_argument("--seconds", type=float, default=usual.seconds, help="durée d’une mesure")
        parser.add_argument("--documents", type=int, default=usual.documents)
        parser.add_argument("--cases", type=int, default=usual.cases)
        parser.add_argument("--staff", type=int, default=usual.staff, help="agents par bureau, le matin")

    def handle(self, *, names: list[str], as_json: bool, **options: Any) -> None:
        if unknown := set(names) - set(NAMES):
            raise CommandError(f"Mesure inconnue : {', '.join(sorted(unknown))}. Les mesures : {', '.join(NAMES)}.")
        scale = asdict(Scale(**{name: options[name] for name in asdict(Scale())}))
        if min(scale.values()) <= 0:
            raise CommandError("Les quantités sont des nombres positifs.")
        # A stop asked for from outside drops the database too.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        order = {"names": list(dict.fromkeys(names)) or NAMES, "scale": scale, "as_json": as_json}
        try:
            with (
                scratch.database(settings.DATABASES["default"]) as url,
                tempfile.TemporaryDirectory(prefix="bench-") as folder,
            ):
                self._measure(order, url, Path(folder))
        except scratch.NoPostgres as error:
            raise CommandError(str(error)) from error

    def _measure(self, order: dict[str, Any], database: str, folder: Path) -> None:
        """Start the inside of the run and wait for it; what it prints is ours."""
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "DJANGO_SETTINGS_MODULE": "portal.bench.settings",
            "DATABASE_URL": database,
            "VAR_DIR": str(folder),
            "SITE_BASE_URL": f"http://127.0.0.1:{scratch.free_port()}",
        }
        inside = [sys.executable, "-m", "portal.bench", json.dumps(order)]
        done = subprocess.run(inside, cwd=settings.BASE_DIR, env=environment, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise CommandError("La mesure s’est arrêtée ; la raison est au-dessus.", returncode=done.returncode)
