"""A draft is kept ninety days after its last change, recalled once, then forgotten with its files."""

import datetime
import threading
from contextlib import contextmanager

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from arrondissements import chores
from arrondissements.models import JournalEntry, OutboxMessage
from requests_app import drafts, filing, workflow
from requests_app.evidence.standing import arrived_files
from requests_app.messaging.sms import segments
from requests_app.models import Evidence, ServiceRequest
from requests_app.states import State
from tests.requests_app.citizen import page, proved, texts_to

pytestmark = pytest.mark.django_db
PHONE = "+2290196000002"
LIFE = "certificat-vie"


def days_later(days):
    return time_machine.travel(timezone.now() + datetime.timedelta(days=days), tick=False)


def exists(case):
    return ServiceRequest.objects.filter(pk=case.pk).exists()


# -- Forgotten ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "stays"), [(89, True), (91, False)])
def test_a_draft_is_forgotten_after_ninety_days_with_its_files(draft, django_capture_on_commit_callbacks, days, stays):
    case = draft(LIFE)
    file = case.evidence.get().file
    with days_later(days), django_capture_on_commit_callbacks(execute=True):
        drafts.forget_due()
    assert exists(case) is stays
    assert file.storage.exists(file.name) is stays
    assert Evidence.objects.filter(case=case.pk).exists() is stays


def test_a_filed_request_is_never_forgotten_as_a_draft(filed_case):
    case = filed_case()
    with days_later(400):
        assert drafts.forget_due() == 0
    assert exists(case)


def test_a_change_gives_ninety_days_more(draft):
    case = draft(LIFE)
    with days_later(80):
        filing.save_step(case, 0, {"surname": "DOSSOU"})
    with days_later(120):
        drafts.forget_due()
    assert exists(case)
    with days_later(171):
        drafts.forget_due()
    assert not exists(case)


def test_forgetting_twice_forgets_once_and_leaves_a_line_without_a_name(draft):
    case = draft(LIFE)
    with days_later(91):
        assert drafts.forget_due() == 1
        assert drafts.forget_due() == 0
    line = JournalEntry.objects.get(act="case.forget_draft")
    assert line.obj == case.obj
    assert "Dossou" not in bytes(line.body).decode()


def test_the_days_are_a_setting(draft, settings):
    settings.DRAFT_DAYS = 30
    case = draft(LIFE)
    with days_later(31):
        drafts.forget_due()
    assert not exists(case)


def test_the_chore_recalls_and_forgets(draft):
    case = draft(LIFE)
    with days_later(81):
        assert chores.run_now("tend-drafts")
    assert "sera effacé" in texts_to(PHONE)[-1]
    with days_later(92):
        assert chores.run_now("tend-drafts")
    assert not exists(case)


def test_forgetting_many_costs_the_same_for_each(draft):
    costs = []
    for count in (2, 4):
        for _ in range(count):
            draft(LIFE)
        with days_later(91), CaptureQueriesContext(connection) as queries:
            assert drafts.forget_due() == count
        costs.append((len(queries) - 1) / count)
    assert costs[0] == costs[1]


# -- Recalled -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "recalled"), [(79, 0), (81, 1), (91, 0)])
def test_a_draft_is_recalled_ten_days_before_its_end(draft, days, recalled):
    draft(LIFE)
    with days_later(days):
        assert drafts.remind_due() == recalled


def test_the_recall_goes_by_sms_and_electronic_mail_once(draft):
    case = draft(LIFE)
    with days_later(81):
        last_day = drafts.kept_until(case)
        assert [drafts.remind_due(), drafts.remind_due()] == [1, 0]
    with days_later(85):
        assert drafts.remind_due() == 0
    sms, email = OutboxMessage.objects.filter(key__startswith="draft:").order_by("-kind")
    assert f"{last_day:%d/%m/%Y}" in sms.payload["text"]
    assert reverse("requests:space") in sms.payload["text"]
    assert segments(sms.payload["text"]) == 1
    assert case.version.title in email.payload["body"]
    assert "suivi :" not in email.payload["body"]  # it has no number yet
    assert str(case.token) not in sms.payload["text"] + email.payload["body"]


def test_whoever_comes_back_is_recalled_again_the_next_time(draft):
    case = draft(LIFE)
    with days_later(81):
        assert drafts.remind_due() == 1
    with days_later(82):
        filing.save_step(case, 0, {"surname": "DOSSOU"})
    with days_later(163):
        assert drafts.remind_due() == 1


def test_a_draft_without_phone_or_address_is_not_recalled(awa):
    awa.post(reverse("requests:start", args=[LIFE]))
    with days_later(81):
        assert drafts.remind_due() == 0


# -- Erased, and everybody at once --------------------------------------------------------------


def test_the_holder_of_the_phone_erases_a_draft_after_a_page_that_says_it(awa, draft):
    case = draft(LIFE)
    proved(awa, PHONE)
    address = reverse("requests:erase-draft", args=[case.token])
    assert "définitif" in awa.get(address).text
    assert exists(case)
    assert awa.post(address).url == reverse("requests:space")
    assert not exists(case)
    assert awa.get(page(case, "step", 1)).status_code == 404


def test_nobody_else_erases_it(awa, draft, filed_case):
    case = draft(LIFE)
    filed = filed_case(LIFE, phone="+2290197999999", surname="AUTRE")
    proved(awa, filed.phone)
    for token in (case.token, filed.token):
        assert awa.post(reverse("requests:erase-draft", args=[token])).status_code == 404
    assert exists(case)
    assert exists(filed)


def test_a_page_of_an_erased_draft_says_so_instead_of_failing(draft):
    case = draft(LIFE)
    drafts.erase(case)
    with pytest.raises(workflow.Refused, match="effacé"):
        filing.save_step(case, 0, {"surname": "DOSSOU"})
    with pytest.raises(workflow.Refused, match="effacé"):
        workflow._file(case, {}, None, None, {})
    with pytest.raises(workflow.Refused):
        workflow.submit(case)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_draft_touched_while_drafts_are_forgotten_stays(draft):
    """Somebody holds the row when the chore comes, and saves."""
    case = draft(LIFE)
    ServiceRequest.objects.filter(pk=case.pk).update(updated_at=timezone.now() - datetime.timedelta(days=91))
    held, swept = threading.Event(), threading.Event()

    def save_slowly():
        with transaction.atomic():
            filing.save_step(case, 0, {"surname": "DOSSOU"})
            held.set()
            swept.wait(10)
        connections.close_all()

    writer = threading.Thread(target=save_slowly)
    writer.start()
    assert held.wait(10)
    assert drafts.forget_due() == 0
    swept.set()
    writer.join()
    assert drafts.forget_due() == 0
    assert exists(case)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_draft_chosen_before_it_was_touched_stays(draft):
    """Its number was read, then its holder saved, then its turn came: it is read again under the lock."""
    case = draft(LIFE)
    limit = timezone.now() - drafts.lifetime()
    ServiceRequest.objects.filter(pk=case.pk).update(updated_at=limit - datetime.timedelta(days=1))
    assert list(drafts._old(limit))
    filing.save_step(case, 0, {"surname": "DOSSOU"})
    assert not drafts._forget(case.pk, limit)
    assert exists(case)


@contextmanager
def being_filed(case):
    """The citizen files an old draft in another thread, which holds the row until the block ends; then it commits."""
    ServiceRequest.objects.filter(pk=case.pk).update(updated_at=timezone.now() - datetime.timedelta(days=91))
    held, done = threading.Event(), threading.Event()

    def file_slowly():
        try:
            with transaction.atomic():
                workflow.submit(ServiceRequest.objects.select_related("version__service").get(pk=case.pk))
                held.set()
                done.wait(10)
        finally:
            connections.close_all()

    citizen = threading.Thread(target=file_slowly)
    citizen.start()
    assert held.wait(10)
    try:
        yield
    finally:
        done.set()
        citizen.join()


def started(act):
    """`act()` in another thread, which waits for the lock of the row; its answer comes in the list."""
    answers = []

    def run():
        try:
            answers.append(act())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, answers


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_filed_while_drafts_are_forgotten_stays_with_its_files(draft):
    case = draft(LIFE)
    with being_filed(case):
        assert drafts.forget_due() == 0
    assert drafts.forget_due() == 0
    case.refresh_from_db()
    assert case.state == State.SUBMITTED
    assert case.evidence.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_filed_while_its_holder_erases_it_stays_with_its_files(draft):
    case = draft(LIFE)
    with being_filed(case):
        eraser, erased = started(lambda: drafts.erase(case))
    eraser.join()
    assert erased == [False]
    case.refresh_from_db()
    assert case.state == State.SUBMITTED
    assert case.evidence.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_second_look_a_request_just_filed_would_be_forgotten(draft):
    """Negative control: the same race; the chore deletes what it chose, and does not read it again under the lock."""
    case = draft(LIFE)
    chosen = ServiceRequest.objects.get(pk=case.pk)
    with being_filed(case):
        chore, _answers = started(lambda: drafts._delete(chosen))
    chore.join()
    assert not exists(case), "a request that was filed is gone: this is what the lock is for"
    assert JournalEntry.objects.filter(obj=case.obj, act="case.submit").exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_forgotten_while_it_is_filed_says_so(draft):
    """The chore came first: the citizen waits for its lock and reads what happened."""
    case = draft(LIFE)
    seen = ServiceRequest.objects.select_related("version__service").get(pk=case.pk)
    facts = workflow._filing_facts(seen, arrived_files(seen), timezone.now())  # it was whole when it was read
    with transaction.atomic():
        assert drafts.erase(case)
        citizen, told = started(lambda: _refusal_of(seen, facts))
    citizen.join()
    assert "effacé" in told[0]
    assert not JournalEntry.objects.filter(obj=f"case:{seen.pk}", act="case.submit").exists()


def _refusal_of(case, facts):
    try:
        return workflow._file(case, facts, None, None, {})
    except workflow.Refused as refusal:
        return str(refusal)


def test_the_state_is_read_again_too(draft):
    case = draft(LIFE)
    workflow.submit(case)
    assert not drafts.erase(ServiceRequest(pk=case.pk, state=State.DRAFT))
    assert exists(case)


# -- The first page -----------------------------------------------------------------------------


def test_a_phone_left_on_the_first_page_finds_the_draft_on_another_device(awa, client):
    answer = awa.post(reverse("requests:start", args=[LIFE]), {"phone": "96 00 00 02"})
    case = ServiceRequest.objects.get()
    assert case.phone == PHONE
    proved(client, PHONE)
    assert f'href="{reverse("requests:resume", args=[case.token])}"' in client.get(reverse("requests:space")).text
    assert client.get(reverse("requests:resume", args=[case.token])).url == answer.url
    assert "01\u00a096\u00a000\u00a000\u00a002" in client.get(page(case, "contact")).text


def test_the_phone_of_the_first_page_is_optional_and_a_wrong_one_begins_nothing(awa):
    start = reverse("requests:start", args=[LIFE])
    answer = awa.post(start, {"phone": "12"})
    assert answer.status_code == 422
    assert "n’existe pas" in answer.text
    assert not ServiceRequest.objects.exists()
    assert awa.post(start, {"phone": ""}).status_code == 302
