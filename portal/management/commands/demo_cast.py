import json
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from civil_status.documents import document_codes
from civil_status.documents.models import IssuedDocument
from portal.demo import day, people
from requests_app.models import ServiceRequest
from requests_app.states import State


class Command(BaseCommand):
    """Accounts, addresses, one issued document and one open request; idempotent, in the demonstration only."""

    help = "Prépare et montre les comptes et les demandes de la démonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, as_json: bool, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError("Cette commande publie des mots de passe : elle ne marche qu’avec DEMO=1.")
        accounts = people.settle()
        call_command("create_seal_key", stdout=self.stderr if as_json else self.stdout, verbosity=0)
        day.live()
        cast = {"accounts": accounts, "addresses": addresses(), "document": document(), "request": request()}
        if as_json:
            self.stdout.write(json.dumps(cast, ensure_ascii=False, indent=2))
        else:
            self._tell(cast)

    def _tell(self, cast: dict[str, Any]) -> None:
        self.stdout.write(f"\nComptes de démonstration (mot de passe : {people.PASSWORD})")
        for account in cast["accounts"]:
            secret = account["totp_secret"] or "à créer à la première connexion"
            self.stdout.write(f"  {account['login']:<9} {account['does']:<46} code TOTP : {secret}")
        self.stdout.write("\nAdresses")
        for name, address in cast["addresses"].items():
            self.stdout.write(f"  {name:<10} {address}")
        self.stdout.write(f"\nUn document délivré : {cast['document']['number']}, code {cast['document']['code']}")
        self.stdout.write(f"Une demande en cours : {cast['request']['reference']}, {cast['request']['phone']}")


def addresses() -> dict[str, str]:
    """Where each person of the demonstration begins."""
    base = settings.SITE_BASE_URL
    return {
        "site": f"{base}/",
        "suivi": f"{base}/suivi/",
        "verifier": f"{base}/v/",
        "agent": f"{base}/agent/",
        "relais": f"{base}/relais/",
        "wagtail": f"{base}/admin/",
        "messages": f"{base}/demo/boite-aux-lettres/",
    }


def document() -> dict[str, str]:
    """One issued document: its code as printed, its number, the path of its file."""
    issued = IssuedDocument.objects.exclude(file_name="").order_by("pk").first()
    if issued is None:
        raise CommandError("Aucun document de démonstration n’a été mis en page : relancez la commande.")
    code = document_codes.shown(document_codes.unlock(issued.code_locked))
    return {"code": code, "number": issued.number, "pdf": storages["private"].path(issued.file_name)}


def request() -> dict[str, str]:
    """One open request: its reference and the phone it was filed with."""
    case = ServiceRequest.objects.filter(state=State.SUBMITTED).order_by("pk").first()
    if case is None:
        raise CommandError("Il n’y a plus de demande ouverte : supprimez var/ pour recommencer la démonstration.")
    return {"reference": case.shown_reference, "phone": case.phone}
