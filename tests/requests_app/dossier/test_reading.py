"""Why a case is opened, and its journal."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from arrondissements import journal
from arrondissements.models import JournalEntry
from requests_app.dossier import reading
from requests_app.dossier.reading import Reason
from requests_app.models import (
    ServiceRequest,
)
from requests_app.states import State
from tests.requests_app.desk import EVERYBODY, read_by, text_of
from tests.requests_app.dossier.looking import page_of, readings, stored

pytestmark = pytest.mark.django_db


# -- Why it is opened ---------------------------------------------------------------------------


def test_a_case_on_nobodys_desk_shows_nothing_before_a_reason(filed_case, signed_in, cast):
    case = filed_case()
    client = signed_in(cast.sena)
    before = text_of(client.get(page_of(case)))
    for words in (case.applicant_name, "Porto-Novo", case.version.title, "identity"):
        assert words not in before
    assert readings(case) == []
    client.post(f"{page_of(case)}ouvrir/", {"reason": "help"})
    after = text_of(client.get(page_of(case)))
    assert case.applicant_name in after
    assert "Porto-Novo" in after
    assert readings(case) == [("sena", "help")]


def test_the_reason_is_asked_once_a_day(filed_case, signed_in, cast):
    import time_machine

    case = filed_case(state=State.UNDER_REVIEW)
    with time_machine.travel("2026-11-25 10:00+01:00", tick=False):
        client = signed_in(cast.rekia)
        read_by(client, case)
        assert "Porto-Novo" in text_of(client.get(page_of(case)))
    with time_machine.travel("2026-11-26 10:00+01:00", tick=False):
        assert "Porto-Novo" not in text_of(signed_in(cast.rekia).get(page_of(case)))


def test_who_holds_the_case_is_asked_nothing(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)  # sena took it
    assert "Porto-Novo" in text_of(signed_in(cast.sena).get(page_of(case)))
    assert readings(case) == [("sena", "mine")]
    ServiceRequest.objects.filter(pk=case.pk).update(assigned_to=cast.other_clerk)
    assert "Porto-Novo" in text_of(signed_in(cast.other_clerk).get(page_of(case)))
    assert "Porto-Novo" not in text_of(signed_in(cast.mahugnon).get(page_of(case)))


def test_taking_it_is_a_reason_and_takes_it(filed_case, signed_in, cast):
    case = filed_case()
    answer = signed_in(cast.sena).post(f"{page_of(case)}ouvrir/", {"reason": "take", "next": page_of(case)})
    assert answer.url == page_of(case)
    assert (stored(case).state, stored(case).instructed_by) == (State.UNDER_REVIEW, cast.sena)


def test_another_reason_is_said_in_words(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.rekia)
    assert client.post(f"{page_of(case)}ouvrir/", {"reason": "other"}).status_code == 422
    assert readings(case) == []
    client.post(f"{page_of(case)}ouvrir/", {"reason": "other", "words": "Appel du procureur"})
    assert readings(case) == [("rekia", "other : Appel du procureur")]
    assert str(reading.in_words("other : Appel du procureur")) == "Autre raison : Appel du procureur"


@pytest.mark.parametrize("reason", ["mine", "signing", "audit", "take", "", "x"])
def test_a_reason_that_is_not_offered_opens_nothing(filed_case, signed_in, cast, reason):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.fifame)  # neither an auditor nor somebody who takes
    assert client.post(f"{page_of(case)}ouvrir/", {"reason": reason}).status_code == 422
    assert "Porto-Novo" not in text_of(client.get(page_of(case)))


def test_no_reason_opens_the_case_of_another_office(filed_case, signed_in, cast):
    case = filed_case()
    client = signed_in(cast.codjo)
    assert client.post(f"{page_of(case)}ouvrir/", {"reason": "check"}).status_code == 404
    assert readings(case) == []


@pytest.mark.parametrize("going", ["https://ailleurs.example/", "/admin/", "//ailleurs.example"])
def test_the_reason_leads_to_this_case_only(filed_case, signed_in, cast, going):
    case = filed_case()
    answer = signed_in(cast.sena).post(f"{page_of(case)}ouvrir/", {"reason": "check", "next": going})
    assert answer.url == page_of(case)


@pytest.mark.parametrize("page", ["accepter/", "refuser/", "demander-un-complement/", "ecrire/", "corriger/nom/"])
def test_no_page_beside_the_case_goes_round_the_question(filed_case, signed_in, cast, page):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.rekia)
    assert case.applicant_name not in text_of(client.get(page_of(case) + page))
    read_by(client, case)
    assert case.applicant_name in text_of(client.get(page_of(case) + page))


def test_a_file_asks_first_too(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.rekia)
    file = f"{page_of(case)}piece/{case.evidence.get().pk}/"
    assert client.get(file)["Content-Type"].startswith("text/html")
    read_by(client, case)
    assert client.get(file)["Content-Type"] == "image/jpeg"


def test_the_signatory_reads_what_he_signs_without_a_question(filed_case, signed_in, cast):
    case = filed_case(state=State.ACCEPTED)
    client = signed_in(cast.rekia)
    assert case.applicant_name in text_of(client.get(f"{page_of(case)}signer/"))
    assert readings(case) == [("rekia", "signing")]
    assert "Porto-Novo" in text_of(client.get(page_of(case)))  # the same day


def test_the_auditor_reads_every_office_with_a_reason_and_decides_nothing(filed_case, signed_in, auditor):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(auditor)
    assert "Porto-Novo" not in text_of(client.get(page_of(case)))
    page = text_of(read_by(client, case, "audit"))
    assert "Porto-Novo" in page
    assert "accepter/" not in page
    assert readings(case) == [("aurelle", "audit")]
    assert client.post(f"{page_of(case)}accepter/").status_code == 404


def test_the_reasons_have_words():
    assert all(str(reading.in_words(reason.value)) for reason in Reason)
    assert reverse("desk:open", args=["K7M2X4TDB"]).endswith("/ouvrir/")


# -- The journal of a case ----------------------------------------------------------------------


@pytest.mark.parametrize("login", [*EVERYBODY, "aurelle"])
def test_only_who_answers_for_it_reads_the_journal_of_a_case(filed_case, signed_in, cast, auditor, login):
    case = filed_case(state=State.UNDER_REVIEW)
    user = auditor if login == "aurelle" else getattr(cast, login)
    for address in (f"{page_of(case)}journal/", f"{page_of(case)}journal.csv"):
        status = signed_in(user).get(address).status_code
        assert status == (200 if login in {"mahugnon", "secretary", "aurelle"} else 404)


def test_the_journal_says_who_read_why_and_who_did_with_its_place_in_the_chain(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    rekia, head = signed_in(cast.rekia), signed_in(cast.mahugnon)
    read_by(rekia, case, "help")
    rekia.get(f"{page_of(case)}piece/{case.evidence.get().pk}/")
    page = text_of(head.get(f"{page_of(case)}journal/"))
    for words in ("Rekia", "Renseigner le demandeur au guichet", "Demande prise en charge", "Sena", "identity.jpg"):
        assert words in page
    last = JournalEntry.objects.filter(obj=case.obj, chain="reads").latest("seq")
    assert f"reads:{last.seq}" in page
    acts = text_of(head.get(f"{page_of(case)}journal/?chain=acts"))
    assert "Rekia" not in acts
    assert "Demande prise en charge" in acts
    reads = text_of(head.get(f"{page_of(case)}journal/?chain=reads"))
    assert "Demande prise en charge" not in reads
    assert JournalEntry.objects.filter(chain="reads", obj=f"journal:{case.pk}", by=cast.mahugnon).count() == 1


def test_the_journal_leaves_as_a_file_without_a_formula(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    signed_in(cast.rekia).post(f"{page_of(case)}ouvrir/", {"reason": "other", "words": '=HYPERLINK("x")'})
    answer = signed_in(cast.mahugnon).get(f"{page_of(case)}journal.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 1 + JournalEntry.objects.filter(obj=case.obj).count()
    assert not any(";=" in line for line in lines)
    assert any("HYPERLINK" in line for line in lines)


def test_a_longer_journal_costs_no_more_and_goes_on_on_the_next_page(filed_case, signed_in, cast):
    case, client, costs = filed_case(state=State.UNDER_REVIEW), signed_in(cast.mahugnon), []
    client.get(f"{page_of(case)}journal/")
    for _ in range(2):
        for n in range(60):
            journal.record("case.note", obj=case.obj, by=cast.sena, office=cast.first, reason=f"n{n}")
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"{page_of(case)}journal/").text
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 11
    assert "start=100" in page
    assert "Demande déposée" in client.get(f"{page_of(case)}journal/?start=100").text
    assert "Demande déposée" not in page


def test_the_auditor_reads_the_documents_of_every_office_once_he_said_why(filed_case, signed_in, cast, auditor):
    case = filed_case(state=State.READY)
    case.refresh_from_db()
    client, file = signed_in(auditor), f"/agent/documents/{case.document_id}/document.pdf"
    assert case.document.number in text_of(client.get("/agent/documents/"))
    asked = client.get(file)
    assert "Pourquoi" in text_of(asked)
    assert not asked.streaming
    assert readings(case) == []
    opened = client.post(f"{page_of(case)}ouvrir/", {"reason": "audit"})
    assert opened.status_code == 302
    assert b"".join(client.get(file).streaming_content).startswith(b"%PDF")
    assert readings(case) == [("aurelle", "audit")]
    assert JournalEntry.objects.filter(obj=f"document:{case.document_id}", chain="reads", by=auditor).exists()
    revoke = f"/agent/documents/{case.document_id}/annuler/"
    assert client.get(revoke).status_code == 404  # reads, decides nothing
    assert signed_in(cast.codjo).get(file).status_code == 404  # another office, no auditor
