"""What is measured on: issued documents, drafts ready to be filed, and the doors that open to staff.

One row of each is made by the acts themselves; the others are copies of it that the database makes, with what
must differ. So 300,000 rows take a minute, and every one of them is valid.
"""

import itertools
import uuid
from collections.abc import Iterable
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, models
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from arrondissements.delegations import SigningPower
from arrondissements.models import Office, Quartier, User
from civil_status.documents import document_codes, issuance
from civil_status.documents.content import Draft
from civil_status.documents.models import NumberSeries
from portal.demo import cases
from requests_app import issuing
from requests_app.models import Evidence, ServiceRequest

KIND = "certificat-vie"
OFFICE = "arrondissement-1"
numbers = itertools.count(1)


def registrar() -> User:
    """Who signs."""
    return User.objects.get_or_create(username="bench-registrar", first_name="Rékia", last_name="Bio Sanni")[0]


def paper() -> Draft:
    """A certificate as the desk would have it printed."""
    power = SigningPower(title="L’Officier de l’état civil")
    return issuing.draft_of(cases.draft(cases.LIFE), power, registrar(), timezone.localdate())


def documents(count: int) -> list[str]:
    """Fill the registry with `count` documents; return their codes."""
    office = Office.objects.get(code=OFFICE)
    first = issuance.issue(paper(), kind=KIND, office=office, signatory=registrar(), on=timezone.localdate())
    codes = [document_codes.new_document_code() for _ in range(count - 1)]
    rows = ((first.seq + rank, document_codes.index_of(code)) for rank, code in enumerate(codes, 1))
    differing = {
        "seq": "r.n",
        "number": "'N°' || r.n || '/' || t.year || '/MCOT/BENCH/CV'",
        "code_index": "r.word",
    }
    _multiply(first, rows, differing)
    NumberSeries.objects.filter(office=office, kind=KIND).update(last=first.seq + len(codes))
    return [document_codes.unlock(first.code_locked), *codes]


def drafts(count: int) -> list[uuid.UUID]:
    """Complete drafts, each of another person living in another quarter; every second one gave an e-mail."""
    model = cases.draft(cases.LIFE)
    evidence = list(model.evidence.all())
    homes = [quartier.key for quartier in Quartier.objects.all()]
    new = []
    for n in itertools.islice(numbers, count):
        new.append(_like(model, n, homes[n % len(homes)]))
    ServiceRequest.objects.bulk_create(new, batch_size=500)
    attached = [
        Evidence(
            case=case, piece=piece.piece, file=piece.file.name, original_name=piece.original_name,
            media_type=piece.media_type, size=piece.size, sha256=piece.sha256,
        )
        for case in new for piece in evidence
    ]  # fmt: skip
    Evidence.objects.bulk_create(attached, batch_size=500)
    return [case.token for case in new]


def session_of(user: User) -> str:
    """The cookie of somebody who gave the password and the second factor."""
    device = TOTPDevice.objects.create(user=user, name="bench", confirmed=True)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def settle(*tables: type[models.Model]) -> None:
    """Let PostgreSQL know what the tables hold, as it does by itself within minutes."""
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f"VACUUM (ANALYZE) {model._meta.db_table}")


def _like(model: ServiceRequest, n: int, home: str) -> ServiceRequest:
    return ServiceRequest(
        version=model.version,
        applicant_name=model.applicant_name,
        phone=f"+2290{1_50_000_000 + n}",
        email=f"bench{n}@example.org" if n % 2 else "",
        answers=model.answers | {"residence": home},
    )


def _multiply(model: models.Model, rows: Iterable[tuple[int, str]], differing: dict[str, str]) -> None:
    """Copy the row of `model` once for each of `rows` (r.n, r.word); `differing` gives columns another expression."""
    meta = model._meta
    columns = [field.column for field in meta.concrete_fields if not field.primary_key]
    values = [differing.get(str(column), f't."{column}"') for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_rows (n bigint, word text)")
        with cursor.copy("COPY bench_rows FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        # Constants of this module and column names of Django: nothing here comes from anybody.
        cursor.execute(
            f'INSERT INTO "{meta.db_table}" ({names}) SELECT {", ".join(values)} '  # noqa: S608
            f'FROM "{meta.db_table}" t, bench_rows r WHERE t.id = %s',
            [model.pk],
        )
        cursor.execute("DROP TABLE bench_rows")
