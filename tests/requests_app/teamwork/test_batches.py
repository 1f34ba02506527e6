"""One act on many cases: said before, done row by row as that person at that minute, never half, never twice."""

import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements import outbox
from arrondissements.models import JournalEntry, OutboxMessage, OutboxState, Posting
from requests_app import workflow
from requests_app.dossier import amending
from requests_app.models import Batch, BatchAct, RowState, ServiceRequest
from requests_app.states import State
from requests_app.teamwork import batches, row_acts
from tests.cast import deliver_all
from tests.requests_app.desk import text_of

pytestmark = pytest.mark.django_db
LOT = "/agent/arrondissement-1/lot/"


@pytest.fixture
def several(filed_case):
    """`several(3, state=…)`: as many cases of the 1st, of people who are never the same."""
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    return lambda count, **options: [filed_case(surname=f"Nom {next(letters)}", **options) for _ in range(count)]


def seen(cases):
    return [(case.pk, stored(case).updated_at.isoformat()) for case in cases]


def stored(case):
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)


def results(batch):
    return [(row.state, row.words) for row in batch.rows.all()]


# -- Ordering -------------------------------------------------------------------------------------------------


def test_the_page_says_what_will_be_done_and_does_nothing(several, signed_in, cast):
    cases = several(2, state=State.UNDER_REVIEW)
    late = several(1)[0]
    page = signed_in(cast.sena).post(LOT, {"act": "accept", "case": [case.reference for case in [*cases, late]]})
    words = text_of(page)
    assert "3 demandes" in words
    assert "1 demande n’est pas dans l’état voulu" in words
    assert "Rien n’est encore envoyé" in words
    assert not Batch.objects.exists()
    assert {stored(case).state for case in cases} == {State.UNDER_REVIEW}


def test_a_message_says_how_many_sms_and_letters_leave(several, signed_in, cast):
    page = signed_in(cast.sena).post(LOT, {"act": "write", "case": [case.reference for case in several(3)]})
    assert "SMS : 3. Courriels : 3." in text_of(page)


def test_confirmed_the_worker_does_it_and_the_page_follows(several, signed_in, cast):
    cases, client = several(3), signed_in(cast.sena)
    page = client.post(LOT, {"act": "take", "case": [case.reference for case in cases]})
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode()).group(1)
    values = re.findall(r'name="case" value="([^"]+)"', page.content.decode())
    answer = client.post(LOT, {"act": "take", "confirmed": "1", "key": key, "case": values[:2], "listed": values})
    assert answer.url == f"/agent/lots/{key}/"
    waiting = client.get(answer.url)
    assert 'max="2" value="0"' in waiting.content.decode()
    assert 'content="3"' in waiting.content.decode()
    deliver_all()
    over = client.get(answer.url)
    assert "C’est fini" in text_of(over)
    assert 'content="3"' not in over.content.decode()
    assert [stored(case).state for case in cases] == [State.UNDER_REVIEW, State.UNDER_REVIEW, State.SUBMITTED]
    assert stored(cases[0]).assigned_to == cast.sena


def test_the_same_form_sent_twice_is_one_order(several, signed_in, cast):
    cases, client = several(2), signed_in(cast.sena)
    posted = {"act": "take", "confirmed": "1", "key": str(uuid.uuid4()), "case": [case.reference for case in cases]}
    assert client.post(LOT, posted).url == client.post(LOT, posted).url
    assert (Batch.objects.count(), OutboxMessage.objects.filter(kind="batch").count()) == (1, 1)


def test_the_whole_filter_is_taken_and_nothing_of_another_office(several, filed_case, signed_in, cast):
    several(3)
    filed_case(residence="5:Gbéto")
    page = signed_in(cast.sena).post(LOT, {"act": "take", "whole": "1", "query": "group=NEW"})
    assert page.content.decode().count('name="case"') == 3


def test_a_line_of_another_office_is_not_there(filed_case, signed_in, cast):
    theirs = filed_case(residence="5:Gbéto")
    page = signed_in(cast.sena).post(LOT, {"act": "take", "case": [theirs.reference, "ZZZZZZZZZ"]})
    assert "Aucune demande cochée" in text_of(page)


@pytest.mark.parametrize("login", ["fifame", "codjo", "secretary", "ines"])
def test_only_who_instructs_in_the_office_orders(signed_in, cast, login):
    assert signed_in(getattr(cast, login)).post(LOT, {"act": "take"}).status_code == 404


def test_the_progress_is_for_who_ordered(several, signed_in, cast):
    batch = batches.order(BatchAct.TAKE, seen(several(1)), by=cast.sena, office=cast.first)
    assert signed_in(cast.sena).get(f"/agent/lots/{batch.pk}/").status_code == 200
    for stranger in (cast.other_clerk, cast.mahugnon, cast.codjo):
        assert signed_in(stranger).get(f"/agent/lots/{batch.pk}/").status_code == 404
    with pytest.raises(PermissionDenied):
        batches.order(BatchAct.TAKE, seen(several(1)), by=cast.other_clerk, office=cast.first, key=batch.pk)


def test_an_order_holds_so_many_cases_and_at_least_one(cast):
    with pytest.raises(workflow.Refused, match="500"):
        batches.order(BatchAct.TAKE, [(pk, "") for pk in range(501)], by=cast.sena)
    with pytest.raises(workflow.Refused, match="100"):
        batches.order(BatchAct.ISSUE, [(pk, "") for pk in range(101)], by=cast.rekia)
    with pytest.raises(workflow.Refused, match="Cochez"):
        batches.order(BatchAct.TAKE, [], by=cast.sena)


# -- Doing ------------------------------------------------------------------------------------------------------


def test_each_act_of_a_batch_leaves_the_line_of_the_single_act(several, cast):
    cases = several(2)
    batches.order(BatchAct.TAKE, seen(cases), by=cast.sena, office=cast.first)
    deliver_all()
    batches.order(BatchAct.ACCEPT, seen(cases), by=cast.sena, office=cast.first, params={"note": "Vu."})
    deliver_all()
    assert {stored(case).state for case in cases} == {State.ACCEPTED}
    for act in ("case.take", "case.accept"):
        assert JournalEntry.objects.filter(act=act, by=cast.sena).count() == 2
    assert [message.body for message in cases[0].messages.filter(internal=True)] == ["Vu."]


def test_cases_given_together_are_given_with_one_reason(several, signed_in, cast):
    cases, client = several(2), signed_in(cast.sena)
    page = client.post(LOT, {"act": "assign", "case": [case.reference for case in cases]})
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode()).group(1)
    posted = {"act": "assign", "confirmed": "1", "key": key, "to": cast.other_clerk.pk}
    posted |= {"case": re.findall(r'name="case" value="([^"]+)"', page.content.decode())}
    refused = client.post(LOT, posted)
    assert refused.status_code == 422
    assert "votre collègue le lira" in text_of(refused)
    assert not Batch.objects.exists()
    assert client.post(LOT, posted | {"reason": "Il parle fon."}).status_code == 302
    deliver_all()
    assert {stored(case).assigned_to for case in cases} == {cast.other_clerk}
    assert all("Il parle fon." in case.messages.get().body for case in cases)


def test_a_case_that_changed_meanwhile_is_refused_with_its_sentence(several, cast):
    cases = several(2)
    batch = batches.order(BatchAct.TAKE, seen(cases), by=cast.sena, office=cast.first)
    workflow.take(stored(cases[0]), by=cast.other_clerk)
    deliver_all()
    [(first, words), (second, _none)] = results(batch)
    assert (first, second) == (RowState.REFUSED, RowState.DONE)
    assert "changé entre-temps" in words
    assert stored(cases[0]).assigned_to == cast.other_clerk


def test_a_case_corrected_meanwhile_is_refused_though_its_state_is_the_same(several, cast):
    """What would be accepted is no longer what was read."""
    read, corrected = several(2, state=State.UNDER_REVIEW)
    batch = batches.order(BatchAct.ACCEPT, seen([read, corrected]), by=cast.sena, office=cast.first)
    amending.amend(stored(corrected), by=cast.mahugnon, given={"birth_place": "Ouidah"}, reason="L’acte joint le dit.")
    deliver_all()
    assert [stored(case).state for case in (read, corrected)] == [State.ACCEPTED, State.UNDER_REVIEW]
    assert "changé entre-temps" in results(batch)[1][1]


def test_who_lost_his_function_meanwhile_does_nothing(several, cast):
    cases = several(2)
    batch = batches.order(BatchAct.TAKE, seen(cases), by=cast.sena, office=cast.first)
    Posting.objects.filter(user=cast.sena).delete()
    deliver_all()
    assert [state for state, _words in results(batch)] == [RowState.REFUSED] * 2
    assert "Votre fonction" in results(batch)[0][1]


def test_whose_account_was_closed_meanwhile_does_nothing(several, cast):
    batch = batches.order(BatchAct.TAKE, seen(several(1)), by=cast.sena, office=cast.first)
    type(cast.sena).objects.filter(pk=cast.sena.pk).update(is_active=False)
    deliver_all()
    assert [state for state, _words in results(batch)] == [RowState.REFUSED]


def test_a_message_leaves_once_to_each(several, cast):
    cases = several(2)
    batches.order(BatchAct.WRITE, seen(cases), by=cast.sena, office=cast.first, params={"body": "Nous fermons lundi."})
    deliver_all()
    assert [case.messages.get(internal=False).body for case in cases] == ["Nous fermons lundi."] * 2
    assert OutboxMessage.objects.filter(kind="sms", key__startswith="letter:").count() == 2


def test_a_row_that_nobody_foresaw_holds_no_other_back(several, cast, monkeypatch):
    cases = several(2)
    batch = batches.order(BatchAct.TAKE, seen(cases), by=cast.sena, office=cast.first)
    take = row_acts.ROW_ACTS[BatchAct.TAKE].perform

    def breaks(case, batch):
        take(case, batch)
        if case.pk == cases[0].pk:
            raise RuntimeError

    broken = {BatchAct.TAKE: row_acts.RowAct("", "", breaks)}
    monkeypatch.setattr(batches, "ROW_ACTS", row_acts.ROW_ACTS | broken)
    deliver_all()
    assert [state for state, _words in results(batch)] == [RowState.REFUSED, RowState.DONE]
    assert stored(cases[0]).state == State.SUBMITTED  # not half done
    assert not JournalEntry.objects.filter(act="case.take", obj=cases[0].obj).exists()


class Killed(BaseException):
    """As if the machine stopped there."""


def test_a_killed_worker_is_continued_where_it_was(several, cast, monkeypatch):
    cases = several(4)
    batch = batches.order(BatchAct.TAKE, seen(cases), by=cast.sena, office=cast.first)
    take, done = row_acts.ROW_ACTS[BatchAct.TAKE].perform, []

    def dies_on_the_third(case, batch):
        take(case, batch)
        done.append(case.pk)
        if len(done) == 3:
            raise Killed

    monkeypatch.setattr(
        batches, "ROW_ACTS", row_acts.ROW_ACTS | {BatchAct.TAKE: row_acts.RowAct("", "", dies_on_the_third)}
    )
    with pytest.raises(Killed):
        deliver_all()
    assert [state for state, _words in results(batch)] == ["DONE", "DONE", "WAITING", "WAITING"]
    assert stored(cases[2]).state == State.SUBMITTED
    assert outbox.deliver_due() == 0  # its lease still runs
    OutboxMessage.objects.filter(state=OutboxState.SENDING).update(lease_until=timezone.now())
    deliver_all()
    assert [state for state, _words in results(batch)] == ["DONE"] * 4
    assert JournalEntry.objects.filter(act="case.take").count() == 4


def test_a_long_batch_leaves_its_place_after_a_while(several, cast, monkeypatch):
    cases = several(3)
    batch = batches.order(BatchAct.TAKE, seen(cases), by=cast.sena, office=cast.first)
    monkeypatch.setattr(batches, "SLICE_SECONDS", -1.0)
    batches.work({"batch": str(batch.pk)})
    assert batches.progress(batch).seen == 0
    assert OutboxMessage.objects.filter(kind="batch").count() == 2
    monkeypatch.setattr(batches, "SLICE_SECONDS", 60.0)
    deliver_all()
    batch.refresh_from_db()
    assert batch.ended_at
    assert batches.progress(batch).done == 3


# -- Afterwards ---------------------------------------------------------------------------------------------------


def test_what_was_not_done_is_exported_without_names_and_tried_again(several, signed_in, cast):
    cases, client = several(2), signed_in(cast.sena)
    batch = batches.order(BatchAct.TAKE, seen(cases), by=cast.sena, office=cast.first)
    workflow.take(stored(cases[0]), by=cast.other_clerk)
    deliver_all()
    file = client.get(f"/agent/lots/{batch.pk}/non-faites.csv").content.decode("utf-8-sig")
    assert cases[0].shown_reference in file
    assert cases[1].shown_reference not in file
    assert cases[0].applicant_name not in file
    page = client.get(f"/agent/lots/{batch.pk}/").content.decode()
    assert re.findall(r'name="case" value="([^"]+)"', page) == [cases[0].reference]


def test_the_progress_page_costs_the_same_for_many_rows(several, signed_in, cast):
    client, costs = signed_in(cast.sena), []
    client.get("/agent/")
    for count in (2, 6):
        batch = batches.order(
            BatchAct.WRITE, seen(several(count)), by=cast.sena, office=cast.first, params={"body": "A"}
        )
        deliver_all()
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/agent/lots/{batch.pk}/")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 11
