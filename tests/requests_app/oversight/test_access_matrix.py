"""Every page of the staff × every function, of the office and of another × every state, as one file says it.

`access_matrix.txt` is written by hand's review, not by the code that enforces it: a page that is missing there, or
that lets in somebody else than it says, fails. After a change that is meant, `REWRITE_ACCESS_MATRIX=1` writes it
again, and the difference is read like any other. The second factor is tried elsewhere: here the views are called.
"""

import copy
import datetime
import os
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
import time_machine
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.cache import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone

from arrondissements.models import OutboxMessage, Posting, Role, User
from requests_app.catalogue.models import RejectionMotive
from requests_app.desk import urls
from requests_app.models import Anomaly, CaseLabel, Label, ServiceRequest
from requests_app.states import State

pytestmark = pytest.mark.django_db

FILE = Path(__file__).parent / "access_matrix.txt"
STATES = [state for state in State if state != State.DRAFT]
# Without it the door of the files says which protocol it speaks, to anybody.
TUS = {"Tus-Resumable": "1.0.0"}
# In the order of the columns; the case and the office are those of the first arrondissement.
PEOPLE = {
    "fifame": "accueil", "sena": "instruct.", "rekia": "officier", "mahugnon": "chef", "secretary": "secrét.",
    "ablawa": "auditeur", "codjo": "instr. 5e", "gilles": "chef 5e", "ines": "sans bureau",
}  # fmt: skip
HEADING = """\
# Qui entre où : « oui », ou « . » pour 404 (« pas à vous » et « inconnu » répondent la même chose).
# Le dossier, le document et le bureau sont ceux du 1er arrondissement ; les deux colonnes du 5e sont la quasi-erreur.
# Une page qui montre la demande demande d’abord pourquoi on la lit : elle compte comme ouverte.
# Réécrit par : REWRITE_ACCESS_MATRIX=1 pytest tests/requests_app/oversight/test_access_matrix.py
"""


@pytest.fixture
def town(filed_case, cast):
    """The cast with an auditor and a head of another office, and one object of each kind in the first office."""
    since = datetime.date(2026, 1, 5)
    for login, role, office in (
        ("ablawa", Role.AUDITOR, Posting.objects.get(user=cast.secretary).office),
        ("gilles", Role.SUPERVISOR, cast.fifth),
    ):
        user = User.objects.create_user(login)
        Posting.objects.create(user=user, office=office, role=role, starts=since)
        setattr(cast, login, user)
    signed, case = filed_case(state=State.READY), filed_case(surname="Autre", state=State.UNDER_REVIEW)
    ServiceRequest.objects.filter(pk=case.pk).update(assigned_to=cast.sena)
    label = Label.objects.create(name="À suivre", office=cast.first)
    CaseLabel.objects.create(case=case, label=label, by=cast.sena)
    anomaly = Anomaly.objects.create(kind="VOLUME", day=since, office=cast.first, person=cast.sena, key="k")
    sent = OutboxMessage.objects.create(kind="email", key="k", payload={})
    return SimpleNamespace(
        cast=cast, case=case, signed=signed, label=label, anomaly=anomaly, sent=sent, piece=case.evidence.first()
    )


def arguments(pattern, town):
    """What the address of a page names: the objects of the first office; where there is none, one that is not there."""
    kept = {
        "reference": town.case.reference, "other": town.signed.reference, "office": "arrondissement-1",
        "slug": "certificat-vie", "number": 1, "key": "birth_place", "act": "absent", "code": "0", "pk": 0,
        "token": UUID(int=0), "name": "", "kind": "csv", "item": 1,
    }  # fmt: skip
    objects = {
        "revoke": town.signed.document_id, "document": town.signed.document_id, "evidence-file": town.piece.pk,
        "remove-label": town.label.pk, "change-label": town.label.pk, "anomaly": town.anomaly.pk,
        "retry": town.sent.pk, "batch": UUID(int=0), "batch-refused": UUID(int=0),
        "counter-upload": UUID(int=0), "letter-upload": UUID(int=0),
    }  # fmt: skip
    if "-upload" in pattern.name:
        kept["key"] = UUID(int=0)
    names = pattern.pattern.converters
    return {name: objects.get(pattern.name, kept["pk"]) if name == "pk" else kept[name] for name in names}


def enters(user, path):
    """Whether the view of `path` lets `user` in; whatever it does is undone."""
    view, args, kwargs = resolve(path)
    for method in ("get", "post"):
        request = getattr(RequestFactory(headers=TUS), method)(path)
        request.user, request.session = copy.copy(user), SessionStore()
        request._messages = FallbackStorage(request)
        request.csp_nonce = ""
        try:
            with transaction.atomic():
                status = view(request, *args, **kwargs).status_code
                transaction.set_rollback(True)
        except (Http404, PermissionDenied):
            return False
        if status != 405:
            return status not in (403, 404)
    return False


def said_by_the_pages(town):
    """One line per page, or per page and group of states, in the order of the URLconf."""
    motive = RejectionMotive.objects.first()
    people = [getattr(town.cast, name) for name in PEOPLE]
    lines: dict[str, str] = {}
    by_state: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    case_pages = [pattern for pattern in urls.urlpatterns if "reference" in pattern.pattern.converters]
    for pattern in urls.urlpatterns:
        name = f"{pattern.name} {pattern.pattern}"
        if pattern not in case_pages:
            path = "/agent/" + _path(pattern, town)
            lines[name] = _answers(enters(user, path) for user in people)
    for state in STATES:
        facts = {"state": state, "motive": motive if state == State.REJECTED else None}
        ServiceRequest.objects.filter(pk=town.case.pk).update(**facts)
        for pattern in case_pages:
            path = "/agent/" + _path(pattern, town)
            answers = _answers(enters(user, path) for user in people)
            by_state[f"{pattern.name} {pattern.pattern}"][answers].append(state.value)
    return _written(lines, by_state)


def _path(pattern, town):
    return reverse(f"desk:{pattern.name}", kwargs=arguments(pattern, town)).removeprefix("/agent/")


def _answers(entered):
    return " ".join(f"{'oui' if one else '.':<11}" for one in entered).rstrip()


def _written(lines, by_state):
    width = max(len(name) for name in [*lines, *by_state]) + 2
    columns = " ".join(f"{words:<11}" for words in PEOPLE.values()).rstrip()
    text = [HEADING, f"{'':<{width}}{columns}"]
    text += [f"{name:<{width}}{answers}" for name, answers in sorted(lines.items())]
    for name, groups in sorted(by_state.items()):
        text.append(f"\n{name}")
        for answers, states in groups.items():
            said = "tous les états" if len(states) == len(STATES) else ", ".join(states)
            text += [f"  [{said}]", f"{'':<{width}}{answers}"]
    return "\n".join(text) + "\n"


def test_each_page_lets_in_whom_the_file_says_and_nobody_else(town):
    with time_machine.travel(timezone.now(), tick=False):
        found = said_by_the_pages(town)
    if os.environ.get("REWRITE_ACCESS_MATRIX"):
        FILE.write_text(found)
    assert found.splitlines() == FILE.read_text().splitlines()


def test_each_page_of_the_staff_stands_in_the_file():
    kept = FILE.read_text()
    missing = [pattern.name for pattern in urls.urlpatterns if f"{pattern.name} {pattern.pattern}" not in kept]
    assert not missing, f"Ajoutez ces pages à {FILE.name} : {missing}"


def test_nobody_of_another_office_changes_a_case():
    """Read from the file itself: whoever serves in the 5th enters no page of a case of the 1st."""
    cases = FILE.read_text().split("demande/<str:reference>/", 1)[1]
    answers = [line.split() for line in cases.splitlines() if "oui" in line.split() or set(line.split()) == {"."}]
    assert len(answers) > 20
    assert all(line[6:9] == [".", ".", "."] for line in answers if len(line) == len(PEOPLE))
