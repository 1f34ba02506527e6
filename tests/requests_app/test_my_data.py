"""My data: whoever holds the phone reads it, takes it away, and erases what the law allows."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from arrondissements import journal
from arrondissements.models import JournalEntry
from requests_app.models import Message, ServiceRequest
from requests_app.states import State
from tests.requests_app.citizen import proved

pytestmark = pytest.mark.django_db
PHONE = "+2290196000002"
STRANGER = "+2290197999999"
LIFE = "certificat-vie"
ADDRESSES = ["my-data", "export-my-data", "erase-my-data", "erase-addresses"]


def exported(client):
    answer = client.post(reverse("requests:export-my-data"))
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(b"".join(answer.streaming_content))


def stored(case):
    return ServiceRequest.objects.get(pk=case.pk)


def test_without_a_code_every_page_asks_for_the_phone(awa, filed_case):
    case = filed_case()
    for name in ADDRESSES:
        for answer in (awa.get(reverse(f"requests:{name}")), awa.post(reverse(f"requests:{name}"))):
            assert answer.url == reverse("requests:phone")
    assert stored(case).email


def test_the_file_holds_everything_of_this_phone_and_nothing_of_another(awa, draft, filed_case):
    case = filed_case(state=State.NEEDS_INFORMATION)
    Message.objects.create(case=case, body="note interne du bureau", internal=True)
    Message.objects.create(case=case, body="Apportez l’original.")
    draft(LIFE)
    filed_case(LIFE, phone=STRANGER, surname="AUTRE")
    proved(awa, PHONE)
    rows = exported(awa)
    assert [row["reference"] for row in rows] == ["", case.shown_reference]
    text = json.dumps(rows, ensure_ascii=False)
    for words in ("DOSSOU-YOVO", "awa@example.org", "identity.jpg", "Apportez l’original.", "complément demandé"):
        assert words in text
    for words in ("AUTRE", "note interne"):
        assert words not in text


def test_what_is_kept_without_being_asked_any_more_is_told_and_the_rest_is_not(awa, draft):
    case = draft(LIFE)
    ServiceRequest.objects.filter(pk=case.pk).update(answers={"surname": "DOSSOU-YOVO"})
    proved(awa, PHONE)
    (row,) = exported(awa)
    questions = [question for step in row["answers"] for question in step["rows"]]
    assert questions == [{"question": "Nom de famille", "answer": "DOSSOU-YOVO"}]


def test_the_page_says_the_same_in_words(awa, filed_case):
    case = filed_case()
    proved(awa, PHONE)
    text = awa.get(reverse("requests:my-data")).text
    for words in (case.shown_reference, "DOSSOU-YOVO", "awa@example.org", "identity.jpg"):
        assert words in text


def test_taking_the_data_away_is_a_line_of_the_journal_without_the_phone(awa, filed_case):
    case = filed_case()
    proved(awa, PHONE)
    exported(awa)
    line = JournalEntry.objects.get(act="my_data.exported")
    assert journal.details_of(line) == {"cases": [case.pk]}
    assert "96000002" not in bytes(line.body).decode()


def test_drafts_and_addresses_are_erased_and_what_the_law_keeps_is_said_and_kept(awa, draft, filed_case):
    ended, held = filed_case(state=State.DELIVERED), filed_case(LIFE, surname="AUTRE")
    begun, theirs = draft(LIFE), draft(LIFE, phone=STRANGER)
    proved(awa, PHONE)
    text = awa.get(reverse("requests:erase-my-data")).text
    for words in ("1 brouillon", "1 demande en cours", "1 demande terminée", "à confirmer par la mairie"):
        assert words in text
    answer = awa.post(reverse("requests:erase-my-data"), follow=True)
    assert "1 brouillon effacé." in answer.text
    assert not ServiceRequest.objects.filter(pk=begun.pk).exists()
    for case in (ended, held):
        kept = stored(case)
        assert (kept.email, kept.phone, kept.answers) == ("", PHONE, case.answers)
    assert stored(theirs).email
    acts = JournalEntry.objects.filter(act__in=["case.erase_draft", "case.erase_email"])
    assert sorted((line.act, line.obj) for line in acts) == sorted(
        [("case.erase_draft", begun.obj), ("case.erase_email", ended.obj), ("case.erase_email", held.obj)]
    )


def test_the_address_alone_may_be_erased(awa, draft, filed_case):
    case, begun = filed_case(), draft(LIFE)
    proved(awa, PHONE)
    awa.post(reverse("requests:erase-addresses"))
    assert stored(case).email == stored(begun).email == ""
    assert stored(case).phone == PHONE


def test_nothing_is_erased_or_taken_away_by_following_a_link(awa, draft, filed_case):
    case, begun = filed_case(), draft(LIFE)
    proved(awa, PHONE)
    assert awa.get(reverse("requests:erase-addresses")).status_code == 405
    assert awa.get(reverse("requests:export-my-data")).status_code == 405
    awa.get(reverse("requests:erase-my-data"))
    assert stored(case).email
    assert stored(begun)


def test_the_page_and_the_file_cost_the_same_for_many_requests(awa, filed_case):
    filed_case()
    proved(awa, PHONE)
    awa.get(reverse("requests:my-data"))
    counts = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            awa.get(reverse("requests:my-data"))
            exported(awa)
        counts.append(len(queries))
        for number in range(3):
            filed_case(LIFE, surname=f"AUTRE{'ABC'[number]}{'XY'[turn]}")
    assert counts[0] == counts[1]
