"""What waits in an office: counted once, in the order of the promises, page after page, out to a spreadsheet."""

import csv
import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements.models import Delegation, JournalEntry
from requests_app import indexing, queues
from requests_app.catalogue.models import RejectionMotive, Service
from requests_app.models import ServiceRequest
from requests_app.queues import Group, Looked, Place
from requests_app.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def waiting(cast):
    """`waiting(office, due_on, …)`: a case as the list sees it, without the acts that led there."""
    version = Service.objects.get(slug="certificat-vie").current
    made = iter(range(1, 10_000))

    def _waiting(office, due_on=TODAY, state=State.SUBMITTED, **facts):
        defaults = {"applicant_name": "Awa Dossou", "phone": "+2290197000000"}
        case = ServiceRequest.objects.create(
            version=version,
            reference=f"{next(made):09d}",
            office=office,
            state=state,
            due_on=due_on,
            submitted_at=timezone.now(),
            **(defaults | facts),
        )
        indexing.index(case)
        return case

    return _waiting


def days(count):
    return TODAY + datetime.timedelta(days=count)


def listed(office, user, **looked):
    return list(queues.cases_of(office, Looked(**looked), user))


# -- Groups and counters ------------------------------------------------------------------------


def test_each_case_is_counted_where_it_belongs(waiting, cast):
    waiting(cast.first, days(-1))
    waiting(cast.first, days(0), State.UNDER_REVIEW, returned=True)
    waiting(cast.first, None)
    waiting(cast.first, days(3), State.ACCEPTED, instructed_by=cast.sena)
    waiting(cast.first, days(-5), State.NEEDS_INFORMATION)
    waiting(cast.first, days(-5), State.READY)
    waiting(cast.first, days(-5), State.DELIVERED)
    waiting(cast.fifth, days(-1))
    counted = queues.counts([cast.first], cast.rekia)[cast.first.pk]
    assert counted == {
        Group.OPEN: 4, Group.LATE: 1, Group.TODAY: 1, Group.NEW: 2, Group.RETURNED: 1,
        Group.MINE: 0, Group.ACCEPTED: 1, Group.TO_SIGN: 1, Group.WAITING: 1, Group.READY: 1, Group.UNREAD: 0,
    }  # fmt: skip


def test_the_counters_agree_with_the_lists(waiting, cast):
    for state in State:
        for shift in (-2, 0, 2):
            waiting(cast.first, days(shift), state, **({"motive_id": _motive()} if state == State.REJECTED else {}))
    counted = queues.counts([cast.first], cast.rekia)[cast.first.pk]
    assert counted == {group: len(listed(cast.first, cast.rekia, group=group)) for group in queues.COUNTED}


def _motive():
    return RejectionMotive.objects.first().pk


def test_an_office_without_cases_is_counted_too(cast):
    assert set(queues.counts([cast.fifth], cast.codjo)[cast.fifth.pk].values()) == {0}


def test_all_offices_are_counted_in_one_query(waiting, cast, django_assert_num_queries):
    waiting(cast.first)
    with django_assert_num_queries(3):  # 1 for the counters, 2 for the powers to sign
        queues.counts([cast.first, cast.fifth, cast.funerals], cast.rekia)


def test_only_what_one_may_sign_today_awaits_ones_signature(waiting, cast):
    mine = waiting(cast.first, state=State.ACCEPTED, instructed_by=cast.sena)
    waiting(cast.first, state=State.ACCEPTED, instructed_by=cast.rekia)  # four eyes
    waiting(cast.fifth, state=State.ACCEPTED, instructed_by=cast.codjo)  # another office
    waiting(cast.first, state=State.UNDER_REVIEW, instructed_by=cast.sena)
    assert list(queues.awaiting_signature(cast.rekia)) == [mine]
    assert not queues.awaiting_signature(cast.sena).exists()


def test_a_delegation_opens_the_list_on_its_days_only(waiting, cast):
    waiting(cast.first, state=State.ACCEPTED, instructed_by=cast.sena)
    delegation = Delegation.objects.create(
        delegate=cast.mahugnon, role="REGISTRAR", office=cast.first, act_number="A-1", signed_on=TODAY,
        starts=TODAY, ends=TODAY,
    )  # fmt: skip
    assert queues.awaiting_signature(cast.mahugnon).count() == 1
    Delegation.objects.filter(pk=delegation.pk).update(starts=days(1), ends=days(9))
    assert not queues.awaiting_signature(cast.mahugnon).exists()


# -- Order and pages ----------------------------------------------------------------------------


def test_the_nearest_promise_comes_first_and_no_promise_last(waiting, cast):
    cases = [waiting(cast.first, due_on) for due_on in (None, days(5), days(-3), None, days(0), days(5))]
    order = [cases[i] for i in (2, 4, 1, 5, 0, 3)]
    assert queues.page(queues.cases_of(cast.first, Looked(), cast.sena)).rows == order


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_page_after_page_shows_every_case_once(waiting, cast, size):
    for due_on in (None, days(1), days(1), days(1), None, days(2), days(0), None):
        waiting(cast.first, due_on)
    cases = queues.cases_of(cast.first, Looked(), cast.sena)
    seen, after = [], None
    for _ in range(20):
        page = queues.page(cases, after, size)
        seen += page.rows
        if not page.following:
            break
        after = Place.read(page.following)
    assert [case.pk for case in seen] == [case.pk for case in queues.page(cases, size=50).rows]
    assert len(seen) == 8


def test_a_case_treated_meanwhile_shifts_no_page(waiting, cast):
    cases = [waiting(cast.first, days(i)) for i in range(6)]
    wanted = queues.cases_of(cast.first, Looked(), cast.sena)
    after = Place.read(queues.page(wanted, size=3).following)
    ServiceRequest.objects.filter(pk=cases[0].pk).update(state=State.REJECTED, motive_id=_motive())
    assert queues.page(wanted, after, 3).rows == cases[3:]


@pytest.mark.parametrize("nonsense", ["", "x", "2026-13-45.1", "2026-11-23", ".", "2026-11-23.x", "'; drop", ".1.2"])
def test_a_place_that_makes_no_sense_is_the_first_page(nonsense):
    assert Place.read(nonsense) is None


@pytest.mark.parametrize("place", [Place(TODAY, 7), Place(None, 7)])
def test_a_place_is_read_back_as_written(place):
    assert Place.read(str(place)) == place


def test_twenty_rows_cost_what_ten_cost(waiting, cast, signed_in):
    client, costs = signed_in(cast.sena), []
    waiting(cast.first, days(3))
    client.get("/agent/")  # what is kept a few minutes is kept
    for _ in range(2):
        for i in range(10):
            waiting(cast.first, days(i), State.UNDER_REVIEW, instructed_by=cast.other_clerk)
        with CaptureQueriesContext(connection) as queries:
            client.get("/agent/")
        costs.append(len(queries))
    assert costs[1] <= costs[0] <= 10


# -- Looking for --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Dossou", "awa dossou", "0197000000", "01 97 00 00 00", "97 00 00 00", "+229 01 97 00 00 00", "0022901 97000000"],
)
def test_a_name_or_a_phone_finds_the_case_whatever_its_state(waiting, cast, text):
    case = waiting(cast.first, state=State.DELIVERED)
    waiting(cast.first, applicant_name="Koffi Agossa", phone="+2290195000000")
    assert listed(cast.first, cast.sena, text=text) == [case]


def test_a_reference_finds_its_case_however_it_is_typed(filed_case, cast):
    case = filed_case()
    filed_case(surname="Autre")
    typed = case.shown_reference.lower().replace("-", " ")
    assert listed(cast.first, cast.sena, text=typed) == [case]


def test_the_search_never_leaves_the_office(waiting, cast):
    waiting(cast.fifth)
    assert not listed(cast.first, cast.sena, text="Dossou")


def test_drafts_are_nobodys_business(waiting, cast):
    waiting(cast.first, state=State.DRAFT)
    assert not listed(cast.first, cast.sena, text="Dossou")
    assert not listed(cast.first, cast.sena, state=State.DRAFT)


def test_a_service_and_a_state_narrow_the_list(waiting, cast):
    kept = waiting(cast.first, state=State.REJECTED, motive_id=_motive())
    waiting(cast.first)
    assert listed(cast.first, cast.sena, state=State.REJECTED) == [kept]
    assert len(listed(cast.first, cast.sena, service="certificat-vie")) == 1
    assert not listed(cast.first, cast.sena, service="permis-inhumer")


def test_filters_that_make_no_sense_are_ignored(waiting, cast, signed_in):
    waiting(cast.first)
    page = signed_in(cast.sena).get("/agent/", {"group": "X", "state": "DRAFT", "service": "a b", "after": "??"})
    assert page.status_code == 200
    assert b"Awa Dossou" in page.content


# -- The file for a spreadsheet -----------------------------------------------------------------


def exported(client, office, **looked):
    answer = client.get(f"/agent/{office.code}/export.csv", looked)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))


def test_the_export_holds_the_rows_of_the_filter_in_the_same_order(waiting, cast, signed_in):
    for due_on in (None, days(2), days(-1)):
        waiting(cast.first, due_on)
    rows = exported(signed_in(cast.sena), cast.first)
    assert [row["Promise pour le"] for row in rows] == [days(-1).isoformat(), days(2).isoformat(), ""]
    assert len(exported(signed_in(cast.sena), cast.first, group="LATE")) == 1


@pytest.mark.parametrize("formula", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_a_name_never_becomes_a_formula(waiting, cast, signed_in, formula):
    waiting(cast.first, applicant_name=formula)
    assert exported(signed_in(cast.sena), cast.first)[0]["Demandeur"].startswith("'")


def test_a_plain_name_is_left_alone(waiting, cast, signed_in):
    waiting(cast.first, applicant_name="Awa Dossou-Yovo")
    assert exported(signed_in(cast.sena), cast.first)[0]["Demandeur"] == "Awa Dossou-Yovo"


def test_taking_names_away_is_written_in_the_journal(waiting, cast, signed_in):
    waiting(cast.first)
    exported(signed_in(cast.sena), cast.first)
    entry = JournalEntry.objects.get(obj="queue:arrondissement-1")
    assert (entry.by, entry.chain, entry.reason) == (cast.sena, "reads", "export")


def test_the_counter_and_other_offices_take_no_names_away(cast, signed_in):
    for user in (cast.fifame, cast.codjo, cast.ines):
        assert signed_in(user).get("/agent/arrondissement-1/export.csv").status_code == 404


def test_a_big_export_costs_no_more_queries(waiting, cast, signed_in):
    client, costs = signed_in(cast.sena), []
    exported(client, cast.first)  # the first line of a chain costs more
    for _ in range(2):
        for _ in range(10):
            waiting(cast.first, state=State.UNDER_REVIEW, instructed_by=cast.sena)
        with CaptureQueriesContext(connection) as queries:
            exported(client, cast.first)
        costs.append(len(queries))
    assert costs[1] <= costs[0]
