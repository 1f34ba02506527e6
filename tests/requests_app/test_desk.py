"""The desk: who may open and do what, what is asked before it is done, and what is said when it cannot be."""

import datetime
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements.models import Delegation, JournalEntry, Posting, User
from civil_status.documents.models import IssuedDocument
from requests_app.catalogue.models import RejectionMotive
from requests_app.desk import case as desk_case
from requests_app.models import Message, ServiceRequest
from requests_app.states import State
from tests.requests_app.desk import EVERYBODY, code_now, drawn_signature, read_by, text_of

pytestmark = pytest.mark.django_db

# Act → the state it needs, what is posted, who of the cast may do it, who reads why he may not. The others: 404.
INSTRUCTORS = ["sena", "other_clerk", "mahugnon", "rekia"]
MATRIX = {
    "prendre": (State.SUBMITTED, {}, INSTRUCTORS, []),
    "accepter": (State.UNDER_REVIEW, {}, INSTRUCTORS, []),
    "refuser": (State.UNDER_REVIEW, {"motive": "first"}, INSTRUCTORS, []),
    "demander-un-complement": (
        State.UNDER_REVIEW, {"wrong-birth_place": "on", "own-birth_place": "Lieu illisible."}, INSTRUCTORS, [],
    ),
    "transmettre": (State.UNDER_REVIEW, {"to": "fifth", "reason": "Elle habite le 5e."}, INSTRUCTORS, []),
    "signer": (State.ACCEPTED, {"code": "now"}, ["rekia"], ["sena", "other_clerk", "mahugnon", "fifame"]),
    "renvoyer": (
        State.ACCEPTED, {"reason": "Prénom à revoir."}, ["rekia"], ["sena", "other_clerk", "mahugnon", "fifame"],
    ),
    "remettre": (
        State.READY, {"recipient": "Awa Dossou-Yovo", "identity": "CIP", "signature_drawn": drawn_signature()},
        [*INSTRUCTORS, "fifame"], [],
    ),
    "classer": (State.NEEDS_INFORMATION, {"reason": "Sans réponse."}, INSTRUCTORS, []),
}  # fmt: skip


@pytest.fixture
def posted(cast):
    """`posted("refuser")`: what the form of this act sends."""

    def _posted(act):
        words = dict(MATRIX[act][1])
        if "motive" in words:
            words["motive"] = RejectionMotive.objects.first().pk
        if "to" in words:
            words["to"] = cast.fifth.pk
        if "code" in words:
            words["code"] = code_now()
        return words

    return _posted


def address(case, act=""):
    return f"/agent/demande/{case.reference}/{act}/" if act else f"/agent/demande/{case.reference}/"


def stored(case):
    return ServiceRequest.objects.select_related("document").get(pk=case.pk)


def acts(case):
    return list(JournalEntry.objects.filter(obj=case.obj, chain="acts").order_by("seq").values_list("act", flat=True))


# -- Who may do what ----------------------------------------------------------------------------


@pytest.mark.parametrize("act", MATRIX)
def test_only_the_right_function_in_the_right_office_performs(filed_case, signed_in, cast, posted, act):
    state, _words, may, may_read_why = MATRIX[act]
    outcome = {}
    for login in EVERYBODY:
        case = filed_case(state=state, surname=f"Nom {login}".replace("_", " "))
        before = (stored(case).state, acts(case))
        answer = signed_in(getattr(cast, login)).post(address(case, act), posted(act))
        outcome[login] = answer.status_code
        changed = (stored(case).state, acts(case)) != before
        assert changed == (login in may), login
    expected = {login: 302 if login in may else 409 if login in may_read_why else 404 for login in EVERYBODY}
    assert outcome == expected


@pytest.mark.parametrize("login", EVERYBODY)
def test_a_case_opens_in_its_office_only(filed_case, signed_in, cast, login):
    case = filed_case()
    answer = signed_in(getattr(cast, login)).get(address(case))
    of_the_office = login in {"sena", "other_clerk", "mahugnon", "fifame", "rekia"}
    assert answer.status_code == (200 if of_the_office else 404)


@pytest.mark.parametrize("reference", ["000000000", "ZZZZZZZZZ", "x", "K7M2-X4TD-B"])
def test_a_mistyped_reference_and_someone_elses_answer_the_same(filed_case, signed_in, cast, reference):
    theirs = filed_case("certificat-vie", residence="5:Gbéto")
    client = signed_in(cast.sena)
    answers = [client.get(f"/agent/demande/{reference}/"), client.get(address(theirs))]
    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = [answer.content.replace(answer.request["PATH_INFO"].encode(), b"") for answer in answers]
    assert bodies[0] == bodies[1]


def test_a_posting_that_has_ended_opens_nothing(filed_case, signed_in, cast):
    case = filed_case()
    Posting.objects.filter(user=cast.sena).update(ends=timezone.localdate() - datetime.timedelta(days=1))
    client = signed_in(cast.sena)
    assert client.get(address(case)).status_code == 404
    assert "Aucun bureau" in text_of(client.get("/agent/"))


def test_the_queue_of_another_office_is_not_there(signed_in, cast):
    assert signed_in(cast.sena).get("/agent/arrondissement-5/").status_code == 404
    assert signed_in(cast.codjo).get("/agent/arrondissement-5/").status_code == 200


def test_the_counter_sees_no_button_that_decides(filed_case, signed_in, cast):
    page = text_of(read_by(signed_in(cast.fifame), filed_case(state=State.UNDER_REVIEW)))
    assert "accepter/" not in page
    assert "attend un instructeur" in page


def test_the_instructor_cannot_sign_even_with_the_power_to(filed_case, signed_in, cast):
    Posting.objects.create(user=cast.sena, office=cast.first, role="REGISTRAR", starts=timezone.localdate())
    case = filed_case(state=State.ACCEPTED)
    answer = signed_in(cast.sena).post(address(case, "signer"), {"code": code_now()})
    assert answer.status_code == 409
    assert "Vous avez instruit cette demande" in text_of(answer)
    assert stored(case).document is None


def test_the_database_itself_refuses_the_instructor_as_signatory(filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    with pytest.raises(IntegrityError, match="signatory_is_not_the_instructor"), transaction.atomic():
        ServiceRequest.objects.filter(pk=case.pk).update(signed_by=cast.sena)
    ServiceRequest.objects.filter(pk=case.pk).update(signed_by=cast.rekia)  # negative control


@pytest.mark.parametrize(("first_day", "last_day", "status"), [(0, 0, 302), (-9, -1, 409), (1, 9, 409)])
def test_a_delegation_signs_on_its_days_only(filed_case, signed_in, cast, first_day, last_day, status):
    today = timezone.localdate()
    Delegation.objects.create(
        delegate=cast.mahugnon,
        role="REGISTRAR",
        office=cast.first,
        act_number="2026-014",
        signed_on=today,
        starts=today + datetime.timedelta(days=first_day),
        ends=today + datetime.timedelta(days=last_day),
    )
    case = filed_case(state=State.ACCEPTED)
    answer = signed_in(cast.mahugnon).post(address(case, "signer"), {"code": code_now()})
    assert answer.status_code == status
    assert (stored(case).document is not None) == (status == 302)


# -- The case page ------------------------------------------------------------------------------


def test_the_case_shows_answers_evidence_deadline_and_history(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    page = text_of(signed_in(cast.sena).get(address(case)))
    for words in ("Porto-Novo", "identity", "jours ouvrés", "Demande déposée", "Demande prise en charge", "Sena"):
        assert words in page


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("2026-11-24 10:00+01:00", "dans 1 jour ouvré"),
        ("2026-11-25 10:00+01:00", "à rendre aujourd’hui"),
        ("2026-11-26 10:00+01:00", "en retard de 1 jour ouvré"),
        ("2026-11-30 10:00+01:00", "en retard de 3 jours ouvrés"),
    ],
)
def test_the_deadline_counts_working_days(filed_case, signed_in, cast, when, words):
    import time_machine

    case = filed_case()
    ServiceRequest.objects.filter(pk=case.pk).update(due_on=datetime.date(2026, 11, 25))
    with time_machine.travel(when, tick=False):
        assert words in text_of(read_by(signed_in(cast.sena), case))


def test_opening_a_case_is_journaled_once_a_day_for_each_person(filed_case, signed_in, cast):
    case = filed_case()
    for user in (cast.sena, cast.sena, cast.rekia):
        read_by(signed_in(user), case)
    readers = JournalEntry.objects.filter(obj=case.obj, chain="reads").values_list("by__username", flat=True)
    assert sorted(readers) == ["rekia", "sena"]


def test_a_case_that_was_refused_to_someone_was_not_read(filed_case, signed_in, cast):
    case = filed_case()
    signed_in(cast.codjo).get(address(case))
    assert not JournalEntry.objects.filter(obj=case.obj, chain="reads").exists()


def test_the_cost_of_a_case_does_not_grow_with_its_life(filed_case, signed_in, cast):
    case, client, costs = filed_case(state=State.UNDER_REVIEW), signed_in(cast.sena), []
    client.get(address(case))
    for _ in range(2):
        for i in range(10):
            Message.objects.create(case=case, author=cast.rekia, body=f"mot {i}", internal=True)
        with CaptureQueriesContext(connection) as queries:
            client.get(address(case))
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


def test_a_picture_is_shown_and_guessed_by_no_browser(filed_case, signed_in, cast):
    case = filed_case()
    evidence = case.evidence.get(piece="identity")
    client = signed_in(cast.sena)
    read_by(client, case)
    answer = client.get(f"{address(case)}piece/{evidence.pk}/")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "attachment" not in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content)[:2] == b"\xff\xd8"
    assert JournalEntry.objects.filter(obj=f"evidence:{evidence.pk}", by=cast.sena, chain="reads").count() == 1


def test_anything_but_a_picture_is_saved_and_never_opened_here(filed_case, signed_in, cast):
    case = filed_case()
    case.evidence.update(media_type="application/pdf", piece="other")  # an identity paper would be marked first
    client = signed_in(cast.sena)
    read_by(client, case)
    answer = client.get(f"{address(case)}piece/{case.evidence.get().pk}/")
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_piece_of_another_case_is_not_there(filed_case, signed_in, cast):
    mine, other = filed_case(), filed_case(surname="Autre")
    client = signed_in(cast.sena)
    assert client.get(f"{address(mine)}piece/{other.evidence.get().pk}/").status_code == 404
    theirs = filed_case(residence="5:Gbéto")
    assert client.get(f"{address(theirs)}piece/{theirs.evidence.get().pk}/").status_code == 404


# -- Acts ---------------------------------------------------------------------------------------


def test_looking_at_an_act_does_nothing(filed_case, signed_in, cast):
    case, client = filed_case(state=State.UNDER_REVIEW), signed_in(cast.sena)
    for act in ("accepter", "refuser", "transmettre", "demander-un-complement", "prendre"):
        assert client.get(address(case, act)).status_code == 200
    assert stored(case).state == State.UNDER_REVIEW


def test_a_rejection_without_a_motive_keeps_what_was_typed(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    answer = signed_in(cast.sena).post(address(case, "refuser"), {"message": "Dossier vide, hélas."})
    assert answer.status_code == 422
    assert "Dossier vide, hélas." in text_of(answer)
    assert "Choisissez une réponse" in text_of(answer)


def test_the_motives_are_shown_with_their_remedies(filed_case, signed_in, cast):
    page = text_of(signed_in(cast.sena).get(address(filed_case(state=State.UNDER_REVIEW), "refuser")))
    for motive in RejectionMotive.objects.filter(is_active=True):
        assert motive.label in page
        assert motive.remedy in page


@pytest.mark.parametrize("words", ["é" * 2001, "x" * 200_000])
def test_too_many_words_are_refused_in_words(filed_case, signed_in, cast, words):
    case = filed_case(state=State.UNDER_REVIEW)
    answer = signed_in(cast.sena).post(address(case, "accepter"), {"note": words})
    assert answer.status_code == 422
    assert "2000" in text_of(answer)


def test_a_decision_on_a_page_that_has_aged_is_not_taken(filed_case, signed_in, cast):
    case, client = filed_case(state=State.UNDER_REVIEW), signed_in(cast.sena)
    seen = re.search(r'name="seen" value="([^"]+)"', text_of(client.get(address(case, "accepter"))))[1]
    ServiceRequest.objects.filter(pk=case.pk).update(updated_at=timezone.now())  # the citizen answered meanwhile
    answer = client.post(address(case, "accepter"), {"seen": seen, "note": "Vu avec le chef."})
    assert answer.status_code == 409
    assert "a changé entre-temps" in text_of(answer)
    assert "Vu avec le chef." in text_of(answer)
    assert stored(case).state == State.UNDER_REVIEW
    seen = re.search(r'name="seen" value="([^"]+)"', text_of(client.get(address(case, "accepter"))))[1]
    assert client.post(address(case, "accepter"), {"seen": seen}).status_code == 302


def test_the_second_click_reads_who_was_first(filed_case, signed_in, cast):
    case = filed_case()
    assert signed_in(cast.rekia).post(address(case, "prendre")).status_code == 302
    answer = signed_in(cast.sena).post(address(case, "prendre"))
    assert answer.status_code == 409
    assert "en instruction" in text_of(answer)
    assert "Rekia" in text_of(answer)
    assert stored(case).instructed_by == cast.rekia


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_clerks_click_at_once_and_one_reads_a_clear_sentence(filed_case, signed_in, cast):
    case = filed_case()
    clients = [signed_in(cast.sena), signed_in(cast.other_clerk)]
    gate = threading.Barrier(2)

    def take(client):
        gate.wait()
        try:
            return client.post(address(case, "prendre"))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take, clients), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [302, 409]
    assert "a changé entre-temps" in text_of(answers[1])
    assert acts(case).count("case.take") == 1


def test_a_transferred_case_leaves_the_desk_and_the_clerk_goes_back_to_the_queue(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    words = {"to": cast.fifth.pk, "reason": "Elle habite le 5e."}
    assert signed_in(cast.sena).post(address(case, "transmettre"), words).url == "/agent/"
    assert signed_in(cast.sena).get(address(case)).status_code == 404
    assert "Elle habite le 5e." in text_of(read_by(signed_in(cast.codjo), case))


# -- Signing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "sentence"), [("", "sans lui, rien n’est signé"), ("000000", "Rien n’est signé")])
def test_nothing_is_signed_without_the_code_of_the_moment(filed_case, signed_in, cast, code, sentence):
    case = filed_case(state=State.ACCEPTED)
    client = signed_in(cast.rekia)
    answer = client.post(address(case, "signer"), {"code": code})
    assert (answer.status_code, stored(case).document) == (422, None)
    page = text_of(answer)
    assert sentence in page
    assert case.answers["surname"] in page  # the paper is still there to read
    if code:  # the next one must wait, the right one too
        assert client.post(address(case, "signer"), {"code": code_now()}).status_code == 422
        assert stored(case).document is None


def test_the_code_of_a_signature_serves_once(filed_case, signed_in, cast):
    first, second = filed_case(state=State.ACCEPTED), filed_case(state=State.ACCEPTED, surname="Zinsou")
    client, code = signed_in(cast.rekia), code_now()
    assert client.post(address(first, "signer"), {"code": code}).status_code == 302
    assert client.post(address(second, "signer"), {"code": code}).status_code == 422
    assert stored(first).document is not None
    assert stored(second).document is None


def test_what_is_refused_anyway_costs_no_code(filed_case, signed_in, cast):
    case = filed_case(state=State.ACCEPTED)
    client, code = signed_in(cast.rekia), code_now()
    stale = {"code": code, "seen": "2026-01-01T00:00:00+00:00"}
    assert client.post(address(case, "signer"), stale).status_code == 409
    assert client.post(address(case, "signer"), {"code": code}).status_code == 302


def test_the_signatory_reads_exactly_what_will_be_printed(filed_case, signed_in, cast):
    case = filed_case(state=State.ACCEPTED)
    client = signed_in(cast.rekia)
    page = text_of(client.get(address(case, "signer")))
    client.post(address(case, "signer"), {"code": code_now()})
    printed = stored(case).document
    from civil_status.documents.content import DocumentContent

    draft = DocumentContent.from_canonical(printed.content).draft
    for words in [draft.title, *draft.paragraphs, *[value for _label, value in draft.facts], draft.signatory.name]:
        assert words in page.replace("&#x27;", "'")


def test_the_specimen_is_a_pdf_without_a_number(filed_case, signed_in, cast):
    case = filed_case(state=State.ACCEPTED)
    answer = signed_in(cast.rekia).get(f"{address(case)}specimen.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert not IssuedDocument.objects.exists()


def test_no_specimen_for_whoever_cannot_sign(filed_case, signed_in, cast):
    case = filed_case(state=State.ACCEPTED)
    for user in (cast.sena, cast.afiavi):
        assert signed_in(user).get(f"{address(case)}specimen.pdf").status_code == 404


def test_the_list_to_sign_costs_the_same_for_twenty(filed_case, signed_in, cast):
    client, costs = signed_in(cast.rekia), []
    filed_case(state=State.ACCEPTED, surname="Première")
    client.get("/agent/signature/")  # what is kept a few minutes is read once
    for turn in range(2):
        for i in range(5):
            filed_case(state=State.ACCEPTED, surname=f"Nom {'abcdefghij'[turn * 5 + i]}")
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/agent/signature/")
        costs.append(len(queries))
    assert page.content.count(b'type="checkbox"') == 11
    assert costs[0] == costs[1] <= 10


def test_the_signatory_who_serves_nowhere_goes_straight_to_his_list(signed_in, cast):
    user = User.objects.create_user("delegue")
    today = timezone.localdate()
    Delegation.objects.create(delegate=user, role="REGISTRAR", act_number="A-2", signed_on=today, starts=today)
    assert signed_in(user).get("/agent/").url == "/agent/signature/"


def test_every_act_of_the_journal_has_words_in_the_history():
    """No clerk reads "evidence.reused": whatever the code writes about a case has a label."""
    sources = Path(desk_case.__file__).parent.parent.rglob("*.py")
    written = {
        act
        for source in sources
        for act in re.findall(r'journal\.record\(\s*"((?:case|evidence)\.[a-z_]+)"', source.read_text())
    }
    # Nobody reads the history of what was erased whole.
    written -= {"case.erase_draft", "case.forget_draft", "case.forget_trial"}
    assert {"case.letter", "evidence.reused", "case.transfer"} <= written
    assert [act for act in sorted(written) if desk_case.label_of(act) == act] == []
