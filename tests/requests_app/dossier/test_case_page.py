"""The page of a case: what it costs, what an act sends, its pieces in large, its notes."""

import datetime
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements import journal
from arrondissements.models import JournalEntry, OutboxMessage
from civil_status.documents.content import DocumentContent
from requests_app import workflow
from requests_app.desk.dossier import specimen
from requests_app.dossier import gathering
from requests_app.models import (
    Correction,
    Evidence,
    InformationRequest,
    Message,
    Opinion,
    Pause,
    SeenPiece,
    ServiceRequest,
)
from requests_app.states import TRANSITIONS, State
from tests.requests_app.desk import read_by, text_of
from tests.requests_app.dossier.looking import page_of, stored

pytestmark = pytest.mark.django_db


# -- What it costs ------------------------------------------------------------------------------


def grown(case, cast, turn):
    """Five more of all that may lie beside a case."""
    for i in range(5):
        n = turn * 5 + i
        letter = Message.objects.create(case=case, author=cast.rekia, body=f"mot {n}")
        for message in (letter, None):
            Evidence.objects.create(
                case=case, piece="identity", file=f"x{n}.jpg", original_name=f"{n}.jpg", media_type="image/jpeg",
                size=1, sha256=f"{n}{bool(message)}", message=message,
            )  # fmt: skip
        asked = InformationRequest.objects.create(
            case=case, fields=["surname"], pieces=[], asked_by=cast.sena, answered_at=timezone.now()
        )
        Correction.objects.create(case=case, asked=asked, field="surname", before=f"A{n}", after=f"B{n}")
        SeenPiece.objects.create(case=case, piece=f"p{n}", by=cast.fifame)
        Pause.objects.create(
            case=case, began_at=timezone.now(), ended_at=timezone.now(), due_before=case.due_on,
            due_after=case.due_on + datetime.timedelta(days=n + 1),
        )  # fmt: skip
        Opinion.objects.create(
            case=case, office=cast.fifth, question=f"q{n}", asked_by=cast.sena, due_on=timezone.localdate(),
            answered_by=cast.codjo, answered_at=timezone.now(), favourable=True,
        )  # fmt: skip
        Message.objects.create(case=case, from_applicant=True, body=f"du citoyen {n}")


def test_a_case_costs_12_queries_whatever_its_history(filed_case, signed_in, cast, record_property):
    case = filed_case(state=State.UNDER_REVIEW)
    ServiceRequest.objects.filter(pk=case.pk).update(due_on=case.due_on + datetime.timedelta(days=30))
    filed_case(given_names="Awa")  # a twin
    client, costs = signed_in(cast.sena), []
    client.get(page_of(case))
    for turn in range(3):
        grown(case, cast, turn)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(page_of(case)).text
        costs.append(len(queries))
    assert "mot 14" in page
    assert "B14" in page
    assert "14.jpg" in page
    record_property("figures", f"a case page: {costs} queries after 5, 10 and 15 of everything beside it")
    assert costs[0] == costs[1] == costs[2] <= 12


def test_what_is_gathered_is_what_the_tables_hold(filed_case, cast):
    case = filed_case(state=State.NEEDS_INFORMATION)
    grown(case, cast, 0)
    gathered, plain = stored(case), stored(case)
    gathering.gather(gathered)
    for relation in gathering.BESIDE:
        rows = getattr(gathered, relation).all()
        expected = list(getattr(plain, relation).all())
        assert list(rows) == expected
        for one, same in zip(rows, expected, strict=True):
            for field in type(one)._meta.concrete_fields:
                assert getattr(one, field.attname) == getattr(same, field.attname), (relation, field.name)


# -- What an act sends --------------------------------------------------------------------------


def test_each_act_says_the_words_it_sends_and_to_whom(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    page = text_of(signed_in(cast.sena).get(page_of(case)))
    workflow.transfer(stored(case), by=cast.sena, to=cast.fifth, reason="Elle habite le 5e.")
    sent = OutboxMessage.objects.get(kind="sms", key__startswith="transferred")
    opening = sent.payload["text"].split(" : Bureau")[0]
    assert opening in page.replace("&#x27;", "'")
    assert re.search(r"SMS au (\d\d ){4}\d\d", page)


def test_nothing_is_promised_to_be_sent_by_what_sends_nothing(filed_case, signed_in, cast):
    case = filed_case(state=State.ACCEPTED)
    assert 'class="sent"' not in read_by(signed_in(cast.mahugnon), case).text


def test_a_refusal_is_read_as_the_citizen_will_before_it_is_done(filed_case, signed_in, cast, motive):
    case, client = filed_case(state=State.UNDER_REVIEW, email="awa@example.org"), signed_in(cast.sena)
    first = text_of(client.get(f"{page_of(case)}refuser/"))
    assert "Refuser et prévenir le demandeur" not in first
    words = {"motive": motive.pk, "message": "Il manque la page 2."}
    look = text_of(client.post(f"{page_of(case)}refuser/", words | {"look": "1"}))
    assert stored(case).state == State.UNDER_REVIEW
    assert not OutboxMessage.objects.filter(key__startswith="rejected").exists()
    assert "Refuser et prévenir le demandeur" in look
    client.post(f"{page_of(case)}refuser/", words)
    for message in OutboxMessage.objects.filter(key__startswith="rejected"):
        for line in (message.payload.get("text") or message.payload["body"]).splitlines():
            assert html.escape(line.strip()) in look
    assert "Il manque la page 2." in look
    assert stored(case).state == State.REJECTED


def test_a_look_without_a_motive_asks_for_it(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    answer = signed_in(cast.sena).post(f"{page_of(case)}refuser/", {"look": "1"})
    assert answer.status_code == 422
    assert "Refuser et prévenir le demandeur" not in text_of(answer)


def test_the_document_is_seen_as_it_will_print_before_it_is_accepted(filed_case, signed_in, cast):
    case, client = filed_case(state=State.UNDER_REVIEW), signed_in(cast.sena)
    assert f"{page_of(case)}projet.pdf" in text_of(client.get(f"{page_of(case)}accepter/"))
    answer = client.get(f"{page_of(case)}projet.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    content = specimen.content_of(stored(case))
    workflow.accept(case, by=cast.sena)
    printed = workflow.issue(stored(case), by=cast.rekia)
    frozen = DocumentContent.from_canonical(printed.content)
    assert content.draft.paragraphs == frozen.draft.paragraphs
    assert content.draft.facts == frozen.draft.facts
    assert content.draft.signatory.title == frozen.draft.signatory.title
    assert client.get(f"{page_of(case)}projet.pdf").status_code == 404  # it is printed now
    for user in (cast.fifame, cast.codjo):
        other = filed_case(surname=f"Autre {user.username}".title())
        assert signed_in(user).get(f"{page_of(other)}projet.pdf").status_code == 404


# -- A piece in large ---------------------------------------------------------------------------


def test_a_piece_is_seen_in_large_beside_the_answers_and_turned_by_links(filed_case, signed_in, cast):
    case, client = filed_case(state=State.UNDER_REVIEW), signed_in(cast.sena)
    view = f"{page_of(case)}piece/{case.evidence.get().pk}/voir/"
    assert view in client.get(page_of(case)).text
    page = client.get(view).text
    assert 'class="zoom-1 turn-0"' in page
    assert "Porto-Novo" in page
    assert "style=" not in page
    assert 'class="zoom-3 turn-270"' in client.get(f"{view}?zoom=3&turn=270").text
    assert "Agrandir" not in client.get(f"{view}?zoom=4").text
    for nonsense in ("?zoom=9&turn=45", "?zoom=x&avec=999999", "?turn=%F0"):
        assert 'class="zoom-1 turn-0"' in client.get(view + nonsense).text


def test_two_pieces_are_seen_side_by_side_and_a_pdf_that_cannot_be_drawn_is_saved(filed_case, signed_in, cast):
    case, client = filed_case(state=State.UNDER_REVIEW), signed_in(cast.sena)
    first = case.evidence.get()
    facts = {"piece": "identity", "file": "x.jpg", "size": 1, "case": case}
    second = Evidence.objects.create(original_name="verso.jpg", media_type="image/jpeg", sha256="b" * 64, **facts)
    pdf = Evidence.objects.create(original_name="acte.pdf", media_type="application/pdf", sha256="c" * 64, **facts)
    hidden = Evidence.objects.create(
        original_name="danger.jpg", media_type="image/jpeg", sha256="d" * 64, state="QUARANTINE", **facts
    )
    page = client.get(f"{page_of(case)}piece/{first.pk}/voir/?avec={second.pk}").text
    assert page.count('class="zoom-1 turn-0"') == 2
    assert "Porto-Novo" not in page
    assert "danger.jpg" not in page
    assert "Enregistrer le PDF" in client.get(f"{page_of(case)}piece/{pdf.pk}/voir/").text
    assert client.get(f"{page_of(case)}piece/{hidden.pk}/voir/").status_code == 404
    assert signed_in(cast.codjo).get(f"{page_of(case)}piece/{first.pk}/voir/").status_code == 404


# -- Notes --------------------------------------------------------------------------------------


def test_a_note_is_kept_and_the_citizen_never_reads_it(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.sena)
    client.post(f"{page_of(case)}note/", {"body": "Voir avec le chef."})
    note = Message.objects.get(case=case)
    assert (note.internal, note.author, note.body) == (True, cast.sena, "Voir avec le chef.")
    assert "Voir avec le chef." in client.get(page_of(case)).text
    assert JournalEntry.objects.filter(obj=case.obj, act="case.note", by=cast.sena).count() == 1
    client.post(f"{page_of(case)}note/", {"body": "  "})
    assert Message.objects.filter(case=case).count() == 1
    assert signed_in(cast.codjo).post(f"{page_of(case)}note/", {"body": "x"}).status_code == 404


# -- A long history -----------------------------------------------------------------------------


def test_a_long_history_is_read_thirty_lines_at_a_time(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)  # filed and taken: 2 lines
    client = signed_in(cast.sena)
    short = client.get(page_of(case)).content.decode()
    assert "?avant=" not in short
    for _ in range(65):
        journal.record("case.note", obj=case.obj, by=cast.sena, office=cast.first)
    seen, address = [], page_of(case)
    for _page in range(3):
        page = client.get(address).content.decode()
        seen.append(len(re.findall(r"<li><time", page.split('class="log"')[1].split("</ol>")[0])))
        older = re.search(r'href="(\?avant=\d+)#historique"', page)
        address = page_of(case) + (older[1] if older else "")
    assert seen == [30, 30, 7]
    assert older is None
    assert str(TRANSITIONS["submit"].label) in page.split('class="log"')[1]  # the oldest line is on the last page
    assert "Le plus récent" in page


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "٣"])
def test_a_place_that_makes_no_sense_shows_a_page(filed_case, signed_in, cast, before):
    case = filed_case(state=State.UNDER_REVIEW)
    assert signed_in(cast.sena).get(page_of(case), {"avant": before}).status_code == 200
