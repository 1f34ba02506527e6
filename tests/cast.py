"""The named cast of the tests: places, services, people of several offices, and requests in any state.

`sena` is a clerk of the 1st arrondissement, `mahugnon` its supervisor, `fifame` at its counter, `rekia` its registrar;
`codjo` a clerk and `afiavi` the registrar of the 5th (the near miss); `koffi` a clerk of the funeral affairs;
`secretary` signs for the whole town hall; `ines` edits pages and serves nowhere.
"""

import base64
import datetime
import io
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from arrondissements import outbox
from arrondissements.models import Office, Posting, Role, User
from portal.demo import cases
from requests_app import admission, offices, workflow
from requests_app.catalogue import field_types, published
from requests_app.models import Evidence, ServiceRequest
from requests_app.promises import capacity
from requests_app.states import State

SINCE = datetime.date(2026, 1, 5)
TOTP_KEY = b"12345678901234567890"
# To whom a document is handed over, when it does not matter to whom.
HANDED = workflow.Handed("Awa Dossou-Yovo", "CIP", by_code=True)


@pytest.fixture(autouse=True)
def _on_its_own(settings: Any) -> Iterator[None]:
    """Nothing kept a few minutes outlives a test; what waits in the outbox leaves when the test says so."""
    settings.RELAY = "none"
    settings.CACHES = settings.CACHES | {"limits": settings.LOCAL_CACHE | {"LOCATION": "limits"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # ten people a test
    _clear_caches()
    yield
    _clear_caches()


def _clear_caches() -> None:
    admission.forget()
    capacity.forget()
    offices.forget()
    published.forget()
    field_types.forget_places()
    for cache in caches.all(initialized_only=True):
        if isinstance(cache, LocMemCache):  # a Redis belongs to its test, which may have stopped it
            cache.clear()


@pytest.fixture
def monday() -> Iterator[None]:
    """A Monday morning of work, the clock stopped: 23 November 2026, 9 o'clock in Cotonou."""
    with time_machine.travel("2026-11-23 09:00+01:00", tick=False):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The town and its services are loaded once; each test works in a transaction above them."""
    with django_db_blocker.unblock():
        _load_town()


@pytest.fixture
def places(db: None) -> None:
    """13 arrondissements, 166 quartiers, 17 offices."""
    if not Office.objects.exists():  # after a test with real transactions, which empties every table
        _load_town()


@pytest.fixture
def catalogue(places: None) -> None:
    """The ten services and the coded motives."""


def _load_town() -> None:
    call_command("load_places", stdout=io.StringIO())
    call_command("load_catalogue", stdout=io.StringIO())


@pytest.fixture
def seal_key(db: None, settings: Any, tmp_path: Any) -> None:
    """A seal key of the test's own."""
    settings.DOCUMENT_KEY_DIR = tmp_path / "keys"
    call_command("create_seal_key", verbosity=0)


@pytest.fixture
def private_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """Evidence and issued files in a folder of the test's own."""
    folder = str(tmp_path / "private")
    # The field took its storage when the model was loaded, which may be another object by now.
    for storage in (storages["private"], Evidence._meta.get_field("file").storage):
        for attribute in ("base_location", "location"):
            monkeypatch.setitem(storage.__dict__, attribute, folder)
    return tmp_path / "private"


@pytest.fixture
def cast(places: None) -> SimpleNamespace:
    """Everybody, with their offices."""
    office = {office.code: office for office in Office.objects.all()}
    people = SimpleNamespace(
        first=office["arrondissement-1"], fifth=office["arrondissement-5"], funerals=office["affaires-funeraires"]
    )
    for login, role, code in [
        ("sena", Role.CLERK, "arrondissement-1"),
        ("other_clerk", Role.CLERK, "arrondissement-1"),
        ("mahugnon", Role.SUPERVISOR, "arrondissement-1"),
        ("fifame", Role.COUNTER, "arrondissement-1"),
        ("rekia", Role.REGISTRAR, "arrondissement-1"),
        ("codjo", Role.CLERK, "arrondissement-5"),
        ("afiavi", Role.REGISTRAR, "arrondissement-5"),
        ("koffi", Role.CLERK, "affaires-funeraires"),
        ("secretary", Role.EXECUTIVE_SECRETARY, "secretariat-executif"),
    ]:
        user = User.objects.create_user(login, password="mot-de-passe-de-test", last_name=login.title())
        Posting.objects.create(user=user, office=office[code], role=role, starts=SINCE)
        setattr(people, login, user)
    people.ines = User.objects.create_user("ines", password="mot-de-passe-de-test")
    return people


@pytest.fixture
def signed_in():
    """`signed_in(user)`: a client that gave the password and the second factor."""

    def _signed_in(user: User) -> Client:
        device, _ = TOTPDevice.objects.get_or_create(user=user, name="test", defaults={"key": TOTP_KEY.hex()})
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["otp_device_id"] = device.persistent_id
        session["seen_at"] = int(time.time())
        session.save()
        return client

    return _signed_in


@pytest.fixture
def draft(catalogue: None, private_files: Any):
    """`draft("certificat-vie", surname="…")`: a complete draft, filled step by step."""
    return lambda service, **options: cases.draft(cases.EXAMPLES[service], **options)


@pytest.fixture
def filed_case(draft: Any, cast: SimpleNamespace, seal_key: None):
    """`filed_case("certificat-vie", state=State.ACCEPTED, …)`: a request brought there by the acts themselves."""

    def _filed_case(service: str = "certificat-vie", state: str = State.SUBMITTED, **options: Any) -> ServiceRequest:
        case = workflow.submit(draft(service, **options))
        clerk = {"arrondissement-1": cast.sena, "arrondissement-5": cast.codjo, "affaires-funeraires": cast.koffi}[
            case.office.code
        ]
        if state == State.SUBMITTED:
            return case
        workflow.take(case, by=clerk)
        if state == State.NEEDS_INFORMATION:
            workflow.ask_information(
                case, by=clerk, fields=["birth_place"], pieces=["identity"], message="La photo est floue."
            )
        elif state in (State.ACCEPTED, State.READY, State.DELIVERED):
            workflow.accept(case, by=clerk)
        if state in (State.READY, State.DELIVERED):
            signatory = {"REGISTRAR": cast.rekia, "EXECUTIVE_SECRETARY": cast.secretary}[case.version.signatory_role]
            workflow.issue(case, by=signatory)
            deliver_all()
            case.refresh_from_db()
        if state == State.DELIVERED:
            workflow.deliver(case, by=clerk, handed=HANDED)
        return case

    return _filed_case


def deliver_all() -> None:
    """Let everything that waits leave."""
    while outbox.deliver_due():
        pass


def totp_now(secret_base32: str) -> str:
    """The six digits an authenticator shows now for a secret."""
    return f"{totp(base64.b32decode(secret_base32)):06d}"
