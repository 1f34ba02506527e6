"""Loads the services of the town hall from the files of the project."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from requests_app.catalogue.models import CannedReply, CorrectionReason, RejectionMotive, Service
from requests_app.catalogue.publishing import complete, definition_of, new_version, publish
from requests_app.catalogue.schema import DefinitionError

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    help = "Create or update the services and the coded motives; a changed file becomes a new published version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=DATA, help="folder of the definitions")

    def handle(self, *, folder: Path, **options: Any) -> None:
        files = sorted((folder / "services").glob("*.json"))
        if not files:
            raise CommandError(f"No service definition in {folder / 'services'}.")
        with transaction.atomic():
            published = [file.stem for file in files if load_service(file)]
            motives = load_motives(folder / "rejection_motives.json")
            replies = load_replies(folder / "canned_replies.json")
            reasons = load_reasons(folder / "correction_reasons.json")
        self.stdout.write(
            f"{len(files)} services, {len(published)} new versions, {motives} motives, {replies} new replies, "
            f"{reasons} new reasons for corrections."
        )


def load_service(file: Path) -> bool:
    """Load one definition; return whether a version was published. Raises CommandError with its faults."""
    data = read(file)
    try:
        attributes = {name: data.pop(name) for name in ("life_event", "order", "is_listed")}
        service, _created = Service.objects.update_or_create(slug=file.stem, defaults=attributes)
        if service.current and definition_of(service.current) == complete(data):
            return False
        publish(new_version(service, data))
    except DefinitionError as error:
        raise CommandError("\n".join([f"{file.name}:", *error.sentences])) from error
    except KeyError as error:
        raise CommandError(f"{file.name}: {error.args[0]} is missing.") from error
    return True


def load_motives(file: Path) -> int:
    """Load the coded motives; those that left the file stay, for the cases that name them."""
    motives = read(file)
    for motive in motives:
        texts = {"label_i18n": motive["label"], "remedy_i18n": motive["remedy"]}
        RejectionMotive.objects.update_or_create(code=motive["code"], defaults=texts)
    return len(motives)


def load_replies(file: Path) -> int:
    """Load the ready replies that are not there yet: those the town hall has rewritten stay as they are."""
    known = set(CannedReply.objects.values_list("code", flat=True))
    new = [
        CannedReply(code=reply["code"], title=reply["title"], body_fr=reply["fr"], body_en=reply["en"])
        for reply in (read(file) if file.exists() else [])
        if reply["code"] not in known
    ]
    CannedReply.objects.bulk_create(new)
    return len(new)


def load_reasons(file: Path) -> int:
    """Load the ready reasons for corrections that are not there yet, in the order of the file."""
    known = set(CorrectionReason.objects.values_list("code", flat=True))
    new = [
        CorrectionReason(
            code=reason["code"], about=reason["about"], order=place, body_fr=reason["fr"], body_en=reason["en"]
        )
        for place, reason in enumerate(read(file) if file.exists() else [], 1)
        if reason["code"] not in known
    ]
    CorrectionReason.objects.bulk_create(new)
    return len(new)


def read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{file.name}: {error}") from error
