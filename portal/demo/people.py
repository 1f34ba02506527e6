"""A cast of staff: one line each, the same at every start."""

import base64
import datetime
import functools
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from arrondissements.models import Delegation, Office, Posting, RelayAgent, Role, User

PASSWORD = "demonstration-2026"  # noqa: S105 - published on purpose, and only in the demonstration
DEMO_PHONE = "demo"
SINCE = datetime.date(2026, 3, 6)
DELEGATION = "DEMO-01/SE (acte fictif)"
ACCREDITATION = "RA-DEMO-01"
AT_THE_RELAY = {"place": "Maison de quartier (lieu fictif)", "fee_ceiling": 500, "starts": SINCE}


@dataclass(frozen=True)
class Person:
    """One member of the demonstration's staff."""

    login: str
    first_name: str
    last_name: str
    role: str
    office: str
    does: str
    enrolled: bool = True


STAFF = [
    Person("sena", "Sèna", "Ahouansou", Role.CLERK, "arrondissement-1", "instruit les demandes du 1er"),
    Person("gildas", "Gildas", "Houngbo", Role.CLERK, "arrondissement-1", "instruit avec Sèna au 1er"),
    Person("rekia", "Rékia", "Bio Sanni", Role.REGISTRAR, "arrondissement-1", "signe pour le 1er"),
    Person("mahugnon", "Mahugnon", "Dossou", Role.SUPERVISOR, "arrondissement-1", "chef de bureau du 1er"),
    Person("fifame", "Fifamè", "Kiki", Role.COUNTER, "arrondissement-1", "accueille au guichet du 1er"),
    Person("codjo", "Codjo", "Zinsou", Role.CLERK, "arrondissement-5", "instruit les demandes du 5e"),
    Person("afiavi", "Afiavi", "Tossou", Role.REGISTRAR, "arrondissement-5", "signe pour le 5e"),
    Person("koffi", "Koffi", "Agossa", Role.CLERK, "affaires-funeraires", "instruit les permis d’inhumer"),
    Person("moussa", "Moussa", "Orou", Role.CLERK, "domaine-public", "instruit les occupations du domaine public"),
    Person("adjoa", "Adjoa", "Hounsou", Role.CLERK, "secretariat-executif", "instruit les recasements"),
    Person(
        "anselme", "Anselme", "Gbaguidi", Role.EXECUTIVE_SECRETARY, "secretariat-executif", "signe pour toute la ville"
    ),
    Person("ablawa", "Ablawa", "Sossa", Role.AUDITOR, "secretariat-executif", "lit tous les bureaux, ne décide rien"),
    Person("nouveau", "Pascal", "Nouveau", Role.CLERK, "arrondissement-2", "première connexion", enrolled=False),
]
RELAY = Person("gaston", "Gaston", "Ahlonsou", "RELAY", "", "agent relais : dépose pour des citoyens (/relais/)")
EDITOR = Person("ines", "Inès", "Lawson", "EDITOR", "", "publie les actualités, écrit les démarches (Wagtail)")
DESIGNER = Person("viviane", "Viviane", "Houngbédji", "DESIGNER", "", "crée et publie les démarches (Wagtail)")
ADMINISTRATOR = Person("admin", "Ayaba", "Quenum", "ADMIN", "", "administre le site, sans pouvoir sur les demandes")


def settle() -> list[dict[str, Any]]:
    """Create whoever is missing; return the accounts: login, password, TOTP secret, role, office."""
    for person in STAFF:
        user = _user(person)
        office = Office.objects.get(code=person.office)
        Posting.objects.get_or_create(user=user, office=office, role=person.role, starts=SINCE)
    _user(EDITOR).groups.set(Group.objects.filter(name__in=("Moderators", "Rédacteurs")))
    _user(DESIGNER).groups.set(Group.objects.filter(name="Concepteurs de démarches"))
    User.objects.filter(pk=_user(ADMINISTRATOR).pk).update(is_superuser=True, is_staff=True)
    Delegation.objects.get_or_create(
        delegate=User.objects.get(username="mahugnon"),
        role=Role.REGISTRAR,
        act_number=DELEGATION,
        defaults={"office": Office.objects.get(code="arrondissement-1"), "signed_on": SINCE, "starts": SINCE},
    )
    RelayAgent.objects.get_or_create(user=_user(RELAY), number=ACCREDITATION, defaults=AT_THE_RELAY)
    return [account(person) for person in [*STAFF, RELAY, EDITOR, DESIGNER, ADMINISTRATOR]]


def account(person: Person) -> dict[str, Any]:
    """What a visitor needs to come in as this person."""
    return {
        "login": person.login,
        "password": PASSWORD,
        "totp_secret": base64.b32encode(totp_key(person.login)).decode() if person.enrolled else None,
        "name": f"{person.first_name} {person.last_name}",
        "role": str(person.role),
        "office": person.office,
        "does": person.does,
    }


def totp_key(login: str) -> bytes:
    """A second-factor key that is this installation's own and stays the same from start to start."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"demo-totp:{login}".encode(), hashlib.sha256)[:20]


def code_now(user: User) -> str:
    """The code the phone of a demonstration account would show now; empty for a phone of one's own."""
    device = TOTPDevice.objects.filter(user=user, name=DEMO_PHONE, confirmed=True).first()
    return f"{totp(device.bin_key):06d}" if device else ""


def _user(person: Person) -> User:
    user, created = User.objects.get_or_create(
        username=person.login, defaults={"first_name": person.first_name, "last_name": person.last_name}
    )
    if created:
        user.password = _hashed()
        user.save(update_fields=["password"])
    if person.enrolled:
        TOTPDevice.objects.get_or_create(
            user=user, name=DEMO_PHONE, defaults={"key": totp_key(person.login).hex(), "confirmed": True}
        )
    return user


@functools.cache
def _hashed() -> str:
    """The published password, hashed once for everybody: a hash is slow on purpose."""
    return make_password(PASSWORD)
