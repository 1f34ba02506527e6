"""Letters both ways about a request: words and files, the mark on the queue, the limits, the end."""

import datetime
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements.models import JournalEntry, OutboxMessage
from portal.demo.cases import picture
from requests_app import letters, workflow
from requests_app.catalogue.models import CannedReply
from requests_app.messaging.sms import segments
from requests_app.models import Evidence, Message, ServiceRequest
from tests.requests_app.citizen import opened
from tests.requests_app.desk import EVERYBODY, read_by, text_of
from tests.requests_app.test_uploads import create, patch, photo

pytestmark = pytest.mark.django_db


def stored(case):
    return ServiceRequest.objects.get(pk=case.pk)


def mine(case):
    return f"/suivi/{case.shown_reference}/ecrire/"


def theirs(case):
    return f"/agent/demande/{case.reference}/ecrire/"


@pytest.fixture
def case(awa, filed_case):
    return opened(awa, filed_case())


# -- The citizen writes -------------------------------------------------------------------------


def test_what_the_citizen_writes_reaches_the_office_with_its_files(awa, case, signed_in, cast):
    page = awa.post(mine(case), {"body": "Quand passer ?", "attached": [picture("a.jpg", "a"), picture("b.jpg", "b")]})
    assert page.url == f"/suivi/{case.shown_reference}/"
    letter = Message.objects.get(case=case)
    assert (letter.from_applicant, letter.body, letter.attachments.count()) == (True, "Quand passer ?", 2)
    assert {file.piece for file in letter.attachments.all()} == {"message"}
    text = text_of(read_by(signed_in(cast.sena), case))
    for words in ("Quand passer ?", "a.jpg", "b.jpg"):
        assert words in text
    assert JournalEntry.objects.filter(obj=case.obj, act="case.letter").count() == 1


def test_a_letter_marks_the_queue_until_it_is_answered_and_changes_no_state(awa, case, signed_in, cast):
    before = stored(case)
    awa.post(mine(case), {"body": "Bonjour."})
    client = signed_in(cast.sena)
    assert re.search(r'class="tag">.{0,300}message</span>', text_of(client.get("/agent/arrondissement-1/")))
    assert case.reference in text_of(client.get("/agent/arrondissement-1/?group=UNREAD"))
    client.post(theirs(case), {"body": "Demain.", "send": "1"})
    assert case.reference not in text_of(client.get("/agent/arrondissement-1/?group=UNREAD"))
    after = stored(case)
    assert (after.state, after.due_on, after.updated_at) == (before.state, before.due_on, before.updated_at)


def test_a_letter_read_without_an_answer_leaves_the_queue_and_the_journal_says_by_whom(awa, case, signed_in, cast):
    awa.post(mine(case), {"body": "Merci !"})
    for _twice in range(2):
        signed_in(cast.sena).post(f"/agent/demande/{case.reference}/lu/")
    assert not stored(case).unread
    assert JournalEntry.objects.get(obj=case.obj, act="case.letter_read").by == cast.sena


def test_whoever_did_not_open_the_case_does_not_write(client, awa, filed_case):
    other = filed_case(surname="AUTRE")
    assert client.post(mine(other), {"body": "Bonjour"}).status_code == 404
    opened(awa, filed_case(surname="MIENNE", phone="+2290197000055"))
    assert awa.post(mine(other), {"body": "Bonjour"}).status_code == 404
    assert not Message.objects.exists()


def test_more_than_three_files_are_refused_and_the_words_stay(awa, case):
    files = [picture(f"{n}.jpg", str(n)) for n in range(4)]
    page = awa.post(mine(case), {"body": "Voici mes papiers.", "attached": files})
    assert page.status_code == 422
    assert "Joignez 3 fichiers au plus." in page.text
    assert "Voici mes papiers." in page.text
    assert not Evidence.objects.filter(piece="message").exists()


def test_a_disguised_file_is_refused_by_name_and_nothing_is_kept(awa, case):
    files = [picture("bonne.jpg", "x"), SimpleUploadedFile("virus.jpg", b"MZ" * 100)]
    page = awa.post(mine(case), {"body": "Voici.", "attached": files})
    assert page.status_code == 422
    assert "virus.jpg : " in page.text
    assert not Message.objects.exists()


def test_the_eleventh_letter_of_a_day_is_refused_and_tomorrow_s_is_not(awa, case):
    for number in range(letters.MOST_A_DAY):
        awa.post(mine(case), {"body": f"Message {number}"})
    refused = awa.post(mine(case), {"body": "Encore un"})
    assert refused.status_code == 422
    assert "Appelez le bureau" in refused.text
    assert "Encore un" in refused.text
    Message.objects.update(at=timezone.now() - datetime.timedelta(days=1, minutes=1))
    assert awa.post(mine(case), {"body": "Encore un"}).status_code == 303


def test_a_closed_case_is_read_only(awa, case, signed_in, cast):
    awa.post(mine(case), {"body": "Avant la fin."})
    workflow.withdraw(stored(case))
    for ask in (awa.get, awa.post):
        page = ask(mine(case), {"body": "Après"}, follow=True)
        assert "n’y écrit plus" in page.text
        assert "Avant la fin." in page.text
    refused = signed_in(cast.sena).post(theirs(case), {"body": "Après", "send": "1"})
    assert "n’y écrit plus" in text_of(refused)
    assert Message.objects.count() == 1


def test_the_files_of_letters_are_not_pieces(awa, case, signed_in, cast):
    awa.post(mine(case), {"body": "Voici.", "attached": [picture("plan.jpg", "plan")]})
    text = text_of(awa.get(f"/suivi/{case.shown_reference}/"))
    assert text.count("plan.jpg") == 1
    workflow.take(stored(case), by=cast.sena)
    marking = text_of(signed_in(cast.sena).get(f"/agent/demande/{case.reference}/demander-un-complement/"))
    assert "plan.jpg" not in marking


def test_the_same_file_may_come_with_two_letters(awa, case):
    for words in ("Un", "Deux"):
        awa.post(mine(case), {"body": words, "attached": [picture("plan.jpg", "plan")]})
    assert Evidence.objects.filter(case=case, piece="message").count() == 2


# -- Files that come ahead, over a bad line ------------------------------------------------------


def ahead(client, case, content, name="plan.jpg", **headers):
    """Send a whole file ahead of the letter; the answer to the last chunk."""
    address = f"/suivi/{case.shown_reference}/envois/"
    begun = create(client, case, len(content), piece="_letter", filename=name, address=address)
    return patch(client, begun["Location"], 0, content) if begun.status_code == 201 else begun


def test_a_file_that_came_ahead_leaves_with_the_letter_and_is_seen_by_nobody_before(awa, case, signed_in, cast):
    told = ahead(awa, case, photo()).json()
    assert (told["url"], told["label"]) == ("", "reçue : elle part avec le message")
    assert "plan.jpg" in awa.get(mine(case)).text
    assert not Evidence.objects.filter(piece="message").exists()
    assert "plan.jpg" not in text_of(signed_in(cast.sena).get(f"/agent/demande/{case.reference}/"))
    assert awa.post(mine(case), {"body": "Voici.", "attached": [picture("b.jpg", "b")]}).status_code == 303
    names = {file.original_name for file in Message.objects.get(case=case).attachments.all()}
    assert names == {"plan.jpg", "b.jpg"}
    assert "plan.jpg" not in awa.get(mine(case)).text


def test_a_file_cut_on_its_way_does_not_leave_with_the_letter(awa, case):
    content = photo()
    address = f"/suivi/{case.shown_reference}/envois/"
    url = create(awa, case, len(content), piece="_letter", address=address)["Location"]
    patch(awa, url, 0, content[: len(content) * 7 // 10])
    awa.post(mine(case), {"body": "Sans la photo."})
    assert not Message.objects.get(case=case).attachments.exists()
    assert patch(awa, url, len(content) * 7 // 10, content[len(content) * 7 // 10 :]).status_code == 200
    awa.post(mine(case), {"body": "Avec la photo."})
    assert Evidence.objects.filter(piece="message").count() == 1


def test_a_letter_sent_again_because_its_answer_was_lost_is_one(awa, case):
    ahead(awa, case, photo())
    for _twice in range(2):
        assert awa.post(mine(case), {"body": "Voici."}, headers={"X-Portal-Quiet": "send"}).json()["next"]
    assert Message.objects.filter(case=case).count() == 1
    ahead(awa, case, photo(8))
    awa.post(mine(case), {"body": "Voici."})  # the same words with another file are another letter
    assert Message.objects.filter(case=case).count() == 2


def test_a_file_that_came_ahead_is_removed_and_the_words_stay(awa, case):
    told = ahead(awa, case, photo()).json()
    page = awa.post(mine(case), {"body": "Je réfléchis.", "remove": told["evidence"]})
    assert "Je réfléchis." in page.text
    assert "plan.jpg" not in page.text
    assert not Message.objects.exists()
    assert awa.post(mine(case), {"body": "Je réfléchis.", "remove": "x"}).status_code == 200


def test_what_is_no_paper_is_refused_as_soon_as_it_came(awa, case):
    answer = ahead(awa, case, b"MZ" * 400)
    assert answer.status_code == 422
    assert answer.json()["sentence"]
    assert letters.files_ahead(case) == []


def test_three_files_at_most_come_ahead(awa, case):
    for seed in range(3):
        assert ahead(awa, case, photo(seed)).status_code == 200
    refused = ahead(awa, case, photo(9))
    assert (refused.status_code, refused.json()["sentence"]) == (422, "Joignez 3 fichiers au plus.")


def test_only_whoever_opened_the_case_sends_a_file_for_its_letter(awa, case, client, draft):
    assert ahead(client, case, photo()).status_code == 404
    other = draft("certificat-vie", surname="AUTRE")
    assert create(client, other, 100, piece="_letter").status_code == 422  # a draft writes no letter
    workflow.withdraw(stored(case))
    assert ahead(awa, case, photo()).status_code == 422


def test_the_link_of_a_correction_sends_no_file_for_a_letter(awa, case, client, cast):
    workflow.take(stored(case), by=cast.sena)
    workflow.ask_information(stored(case), by=cast.sena, message="La photo.", fields=["birth_place"], pieces=[])
    token = stored(case).information_requests.get().token
    answer = create(client, case, 100, piece="_letter", address=f"/completer/{token}/envois/")
    assert answer.status_code == 422


# -- The office writes --------------------------------------------------------------------------


@pytest.mark.parametrize("login", EVERYBODY)
def test_only_those_who_instruct_in_the_office_write_to_the_citizen(filed_case, signed_in, cast, login):
    case = filed_case()
    answer = signed_in(getattr(cast, login)).post(theirs(case), {"body": "Bonjour.", "send": "1"})
    may = login in {"sena", "other_clerk", "mahugnon", "rekia"}
    assert (answer.status_code, Message.objects.filter(case=case).count()) == ((302, 1) if may else (404, 0))


def test_the_citizen_is_told_without_the_words(awa, case, signed_in, cast):
    signed_in(cast.sena).post(theirs(case), {"body": "Votre père est décédé le 3.", "send": "1"})
    letter = Message.objects.get(case=case)
    told = [row.payload for row in OutboxMessage.objects.filter(key__startswith=f"letter:{letter.pk}:")]
    assert len(told) == 2
    assert all("décédé" not in str(payload) for payload in told)
    sms = next(payload["text"] for payload in told if "text" in payload)
    assert "vous avez un message" in sms
    assert segments(sms) == 1
    assert "décédé" in awa.get(f"/suivi/{case.shown_reference}/").text
    assert b"d\xc3\xa9c" not in bytes(JournalEntry.objects.get(obj=case.obj, act="case.write").body)


def test_a_ready_reply_is_inserted_under_what_is_typed_and_nothing_leaves(case, signed_in, cast):
    reply = CannedReply.objects.get(code="bring-originals")
    page = signed_in(cast.sena).post(theirs(case), {"body": "Chère Awa,", "ready": reply.code, "insert": "1"})
    assert "Chère Awa," in page.text
    assert reply.body_fr.split("\n")[1][:40] in page.text
    assert not Message.objects.exists()


def test_a_ready_reply_comes_in_the_language_of_the_request(filed_case, signed_in, cast):
    case = filed_case(language="en")
    page = signed_in(cast.sena).post(theirs(case), {"ready": "bring-originals", "insert": "1"})
    assert "Please come to the office" in page.text


def test_loading_the_catalogue_again_leaves_a_reply_the_town_hall_rewrote(catalogue):
    CannedReply.objects.filter(code="bring-originals").update(body_fr="Nos mots à nous.")
    call_command("load_catalogue", stdout=io.StringIO())
    assert CannedReply.objects.get(code="bring-originals").body_fr == "Nos mots à nous."
    assert 6 <= CannedReply.objects.count() <= 10
    assert all(reply.body_en and reply.body_fr for reply in CannedReply.objects.all())


def test_a_file_from_the_office_is_downloaded_by_its_citizen_and_by_nobody_else(awa, case, signed_in, cast, client):
    files = {"body": "Le formulaire.", "send": "1", "attached": [picture("formulaire.jpg", "f")]}
    signed_in(cast.sena).post(theirs(case), files)
    file = Message.objects.get(case=case).attachments.get()
    assert awa.get(f"/suivi/{case.shown_reference}/pieces/{file.pk}/").status_code == 200
    assert client.get(f"/suivi/{case.shown_reference}/pieces/{file.pk}/").status_code == 404
    assert signed_in(cast.codjo).get(f"/agent/demande/{case.reference}/piece/{file.pk}/").status_code == 404


@pytest.mark.parametrize("address", ["/suivi/{0.shown_reference}/", "/agent/demande/{0.reference}/"])
def test_reading_letters_costs_the_same_however_many(awa, case, signed_in, cast, address):
    client = awa if address.startswith("/suivi") else signed_in(cast.sena)
    counts = []
    for turn in range(2):
        letters.receive(case, body=f"Lettre {turn}", files=[picture(f"{turn}.jpg", str(turn))])
        client.get(address.format(case))
        with CaptureQueriesContext(connection) as queries:
            client.get(address.format(case))
        counts.append(len(queries))
    assert counts[0] == counts[1]
