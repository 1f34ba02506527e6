"""Up to a hundred signatures: each paper read, the second factor once, powers judged at the minute, no number lost."""

import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice

from arrondissements.models import Delegation, JournalEntry, Posting, Role, User
from civil_status.documents.models import IssuedDocument, NumberSeries
from requests_app import workflow
from requests_app.models import Batch, BatchAct, RowState, ServiceRequest
from requests_app.states import State
from requests_app.teamwork import batches
from tests.cast import deliver_all
from tests.requests_app.desk import code_now, text_of

pytestmark = pytest.mark.django_db
LOT = "/agent/signature/lot/"


@pytest.fixture
def accepted(filed_case):
    """`accepted(3)`: as many cases of the 1st that wait for a registrar, of people who are never the same."""
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    return lambda count, **more: [
        filed_case(state=State.ACCEPTED, surname=f"Nom {next(letters)}", **more) for _ in range(count)
    ]


def stored(case):
    return ServiceRequest.objects.select_related("document", "version__service", "office").get(pk=case.pk)


def listed(page):
    return re.findall(r'name="listed" value="([^"]+)"', page.content.decode())


def boxes(page):
    return re.findall(r'name="case"[^>]*value="([^"|]+)\|[^"]*"( checked)?', page.content.decode())


def confirmed(page, ticked=None, code=None):
    """What the page of specimens sends: everything it lists, the boxes left ticked, the code."""
    values = listed(page)
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode()).group(1)
    chosen = values if ticked is None else [value for value in values if value.split("|")[0] in ticked]
    return {"confirmed": "1", "key": key, "listed": values, "case": chosen, "code": code or code_now()}


def order(cases, by):
    rows = [(case.pk, stored(case).updated_at.isoformat()) for case in cases]
    return batches.order(BatchAct.ISSUE, rows, by=by, confirmed=True)


def results(batch):
    return [(row.state, row.words) for row in batch.rows.all()]


# -- Reading, unticking, the code -------------------------------------------------------------------------------------


def test_each_paper_is_shown_as_it_will_print_and_its_reading_written(accepted, signed_in, cast):
    cases = accepted(2)
    page = signed_in(cast.rekia).post(LOT, {"case": [case.reference for case in cases]})
    assert page.content.decode().count('class="paper"') == 2
    for case in cases:
        assert stored(case).answers["surname"] in text_of(page)
        assert f"/agent/demande/{case.reference}/specimen.pdf" in page.content.decode()
    assert JournalEntry.objects.filter(chain="reads", by=cast.rekia).count() == 2
    assert not IssuedDocument.objects.exists()


def test_what_is_unticked_stays_and_the_rest_is_signed_with_one_code(accepted, signed_in, cast):
    cases, client = accepted(3), signed_in(cast.rekia)
    page = client.post(LOT, {"case": [case.reference for case in cases]})
    answer = client.post(LOT, confirmed(page, ticked=[cases[0].reference, cases[2].reference]))
    assert answer.url.startswith("/agent/lots/")
    assert not IssuedDocument.objects.exists()  # the worker signs
    deliver_all()
    assert [stored(case).document is not None for case in cases] == [True, False, True]
    assert sorted(IssuedDocument.objects.values_list("seq", flat=True)) == [1, 2]
    assert {stored(case).state for case in (cases[0], cases[2])} == {State.READY}
    assert stored(cases[0]).document.number in text_of(client.get(answer.url))


def test_a_wrong_code_signs_nothing_and_keeps_what_was_ticked(accepted, signed_in, cast):
    cases, client = accepted(2), signed_in(cast.rekia)
    page = client.post(LOT, {"case": [case.reference for case in cases]})
    again = client.post(LOT, confirmed(page, ticked=[cases[0].reference], code="000000"))
    assert again.status_code == 422
    assert "Rien n’est signé" in text_of(again)
    assert boxes(again) == [(cases[0].reference, " checked"), (cases[1].reference, "")]
    assert not Batch.objects.exists()


def test_the_code_serves_once(accepted, signed_in, cast):
    cases, client = accepted(2), signed_in(cast.rekia)
    first, second = [client.post(LOT, {"case": [case.reference]}) for case in cases]
    code = code_now()
    assert client.post(LOT, confirmed(first, code=code)).status_code == 302
    assert client.post(LOT, confirmed(second, code=code)).status_code == 422


def test_the_form_sent_twice_is_one_batch_and_nobody_reads_that_nothing_was_signed(accepted, signed_in, cast):
    [case], client = accepted(1), signed_in(cast.rekia)
    posted = confirmed(client.post(LOT, {"case": [case.reference]}))
    first, again = client.post(LOT, posted), client.post(LOT, posted)
    assert again.url == first.url
    assert Batch.objects.count() == 1


def test_the_batch_of_somebody_else_is_not_opened_by_its_key(accepted, signed_in, cast):
    """The near miss."""
    [case], rekia, secretary = accepted(1), signed_in(cast.rekia), signed_in(cast.secretary)
    posted = confirmed(rekia.post(LOT, {"case": [case.reference]}))
    rekia.post(LOT, posted)
    answer = secretary.post(LOT, posted | {"code": "000000"})
    assert "/agent/lots/" not in answer.headers.get("Location", "")


def test_a_recovery_code_signs_and_is_spent(accepted, signed_in, cast):
    device = StaticDevice.objects.create(user=cast.rekia, name="recovery", confirmed=True)
    device.token_set.create(token="abcd2345")
    client = signed_in(cast.rekia)
    page = client.post(LOT, {"case": [accepted(1)[0].reference]})
    assert client.post(LOT, confirmed(page, code="ABCD-2345")).status_code == 302
    assert not device.token_set.exists()


def test_the_code_of_somebody_else_signs_nothing(accepted, signed_in, cast):
    signed_in(cast.afiavi)
    device = StaticDevice.objects.create(user=cast.afiavi, name="recovery", confirmed=True)
    device.token_set.create(token="abcd2345")
    client = signed_in(cast.rekia)
    page = client.post(LOT, {"case": [accepted(1)[0].reference]})
    assert client.post(LOT, confirmed(page, code="abcd2345")).status_code == 422


def test_nothing_ticked_signs_nothing_and_costs_no_code(accepted, signed_in, cast):
    client = signed_in(cast.rekia)
    assert client.post(LOT).url == "/agent/signature/"
    page = client.post(LOT, {"case": [accepted(1)[0].reference]})
    code = code_now()
    empty = client.post(LOT, confirmed(page, ticked=[], code=code))
    assert "Cochez au moins un document" in text_of(empty)
    assert client.post(LOT, confirmed(page, code=code)).status_code == 302


def test_papers_of_another_office_are_not_there(accepted, signed_in, cast):
    theirs = accepted(1, residence="5:Gbéto")[0]
    mine = accepted(1)[0]
    page = signed_in(cast.rekia).post(LOT, {"case": [theirs.reference, mine.reference, "ZZZZZZZZZ"]})
    assert [value.split("|")[0] for value in listed(page)] == [mine.reference]


def test_the_page_of_specimens_costs_the_same_for_eight(accepted, signed_in, cast):
    client, costs = signed_in(cast.rekia), []
    cases = accepted(8)
    for count in (2, 8):
        posted = {"case": [case.reference for case in cases[:count]]}
        client.post(LOT, posted)  # the first reading of the day is written
        with CaptureQueriesContext(connection) as queries:
            client.post(LOT, posted)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


# -- Powers at the minute ---------------------------------------------------------------------------------------------


@pytest.fixture
def delegate(cast):
    """A member of the 1st who signs for the registrar by an act."""
    today = timezone.localdate()
    facts = {"delegate": cast.mahugnon, "role": Role.REGISTRAR, "office": cast.first, "act_number": "N°7/2026"}
    return Delegation.objects.create(signed_on=today, starts=today, **facts)


def test_a_delegation_revoked_meanwhile_signs_nothing_and_its_act_is_named(accepted, delegate, cast):
    batch = order(accepted(2), cast.mahugnon)
    Delegation.objects.update(
        starts=timezone.localdate() - datetime.timedelta(days=9),
        ends=timezone.localdate() - datetime.timedelta(days=1),
    )
    deliver_all()
    assert [state for state, _words in results(batch)] == [RowState.REFUSED] * 2
    assert "N°7/2026" in results(batch)[0][1]
    assert "a pris fin" in results(batch)[0][1]
    assert not IssuedDocument.objects.exists()


def test_the_same_delegation_in_force_signs(accepted, delegate, cast):
    batch = order(accepted(1), cast.mahugnon)
    deliver_all()
    assert [state for state, _words in results(batch)] == [RowState.DONE]


def test_a_delegation_that_has_not_begun_is_named_with_its_day(accepted, delegate, cast):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    Delegation.objects.update(starts=tomorrow)
    batch = order(accepted(1), cast.mahugnon)
    deliver_all()
    [(state, words)] = results(batch)
    assert (state, "ne commence que le" in words) == (RowState.REFUSED, True)


def test_a_delegation_for_another_office_is_refused_by_name(accepted, delegate, cast):
    Delegation.objects.update(office=cast.fifth)
    batch = order(accepted(1), cast.mahugnon)
    deliver_all()
    [(state, words)] = results(batch)
    assert state == RowState.REFUSED
    assert "N°7/2026" in words
    assert "ne couvre pas ce bureau" in words


def test_the_wrong_function_reads_which_one_and_by_which_article(accepted, cast):
    batch = order(accepted(1), cast.other_clerk)
    deliver_all()
    [(state, words)] = results(batch)
    assert state == RowState.REFUSED
    assert "officier de l’état civil" in words
    assert "article 180" in words


def test_a_function_that_ended_is_named_with_its_day(accepted, cast):
    batch = order(accepted(1), cast.rekia)
    Posting.objects.filter(user=cast.rekia).update(ends=timezone.localdate() - datetime.timedelta(days=1))
    deliver_all()
    [(state, words)] = results(batch)
    assert (state, "a pris fin le" in words) == (RowState.REFUSED, True)


def test_who_prepared_never_signs_even_when_somebody_else_accepted(filed_case, signed_in, cast):
    case = filed_case()
    workflow.take(case, by=cast.rekia)
    workflow.accept(case, by=cast.sena)  # `instructed_by` is now Sèna
    page = signed_in(cast.rekia).post(LOT, {"case": [case.reference]})
    assert "Vous avez instruit cette demande" in text_of(page)
    assert boxes(page) == []
    batch = order([case], cast.rekia)
    deliver_all()
    [(state, words)] = results(batch)
    assert (state, "Vous avez instruit" in words) == (RowState.REFUSED, True)


def test_a_code_of_yesterday_signs_nothing_today(accepted, cast):
    batch = order(accepted(1), cast.rekia)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=2), tick=True):
        batches.work({"batch": str(batch.pk)})
    [(state, words)] = results(batch)
    assert (state, "plus d’une heure" in words) == (RowState.REFUSED, True)


def test_refused_rows_take_no_number(accepted, cast):
    cases = accepted(5)
    batch = order(cases, cast.rekia)
    for case in (cases[1], cases[3]):
        workflow.return_to_clerk(stored(case), by=cast.rekia, reason="À revoir.")
    deliver_all()
    assert [state for state, _words in results(batch)] == ["DONE", "REFUSED", "DONE", "REFUSED", "DONE"]
    assert sorted(IssuedDocument.objects.values_list("seq", flat=True)) == [1, 2, 3]
    assert NumberSeries.objects.get().last == 3


def test_a_delegate_who_serves_nowhere_reads_and_signs(accepted, signed_in, cast):
    user = User.objects.create_user("delegue")
    today = timezone.localdate()
    Delegation.objects.create(delegate=user, role=Role.REGISTRAR, act_number="A-2", signed_on=today, starts=today)
    client = signed_in(user)
    case = accepted(1)[0]
    page = client.post(LOT, {"case": [case.reference]})
    client.post(LOT, confirmed(page))
    deliver_all()
    assert stored(case).document.number
