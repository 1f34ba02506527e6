"""What an office can do, measured; the estimate said to the citizen, with its age; nothing said without measures."""

import datetime
import uuid

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from arrondissements.models import Absence, JournalEntry, Outage, Posting, Role
from requests_app import access, workflow
from requests_app.models import Capacity, Handling, Pause, ServiceRequest
from requests_app.moving import Refused
from requests_app.promises import capacity, estimates, measuring, outages
from requests_app.states import State
from tests.requests_app.desk import read_by

pytestmark = pytest.mark.django_db
# A Tuesday, eight in the morning in Cotonou: the office opens.
OPENING = datetime.datetime(2026, 11, 17, 7, 0, tzinfo=datetime.UTC)


@pytest.fixture
def clock(db):
    with time_machine.travel(OPENING, tick=False) as clock:
        yield clock


@pytest.fixture
def measured(clock, cast, filed_case):
    """Twenty certificates were decided in the 1st at `minutes` each; one waits; sena is its only clerk."""

    def _measured(minutes=30, count=estimates.LEAST_MEASURES):
        Posting.objects.filter(user=cast.other_clerk).delete()
        case = filed_case("certificat-vie")
        before = OPENING - datetime.timedelta(days=7)
        Handling.objects.bulk_create(
            Handling(service=case.version.service, office=cast.first, by=cast.sena, act="accept",
                     seconds=minutes * 60, at=before + datetime.timedelta(days=number % 5))
            for number in range(count)
        )  # fmt: skip
        return case

    return _measured


def waiting(case, count):
    """`count` requests like `case` before it."""
    fields = {f.attname: getattr(case, f.attname) for f in ServiceRequest._meta.fields if f.attname != "id"}
    ServiceRequest.objects.bulk_create(
        ServiceRequest(**fields | {"token": uuid.uuid4(), "reference": f"Z{number:08}", "fingerprint": ""})
        for number in range(count)
    )


def days_said(case):
    measuring.measure()
    found = capacity.estimate_at(case.office_id, case.version.service_id)
    return found.days if found else None


# -- The arithmetic -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("work", "ahead", "passing", "expected"),
    [
        (60, [120, 120], [], 0.5),
        (180, [120, 120], [], 1.5),
        (180, [0, 120, 120], [], 2.5),  # an outage today
        (180, [120, 0, 120], [], 2.5),  # everybody is away tomorrow
        (180, [120, 120, 120], [60, 60, 60], 3.0),  # half of each day goes to what is promised before
        (60, [], [], None),
        (1000, [10, 10], [], None),  # beyond what is looked at
    ],
)
def test_days_are_the_work_before_over_what_the_coming_days_give(work, ahead, passing, expected):
    assert estimates.days_until_done(work, ahead, passing) == expected


def test_only_what_has_a_nearer_promise_passes_before():
    arrivals = [(2, 10.0), (5, 7.0), (None, 99.0)]
    assert estimates.passing_before(5, arrivals)[:4] == [10.0, 10.0, 10.0, 0]
    assert estimates.passing_before(2, arrivals)[0] == 0
    assert estimates.passing_before(None, arrivals)[0] == 17.0


def test_what_is_done_today_is_said_in_one_day():
    assert [estimates.shown_days(exact) for exact in (0.2, 1.0, 2.9, None)] == [1, 1, 2, None]
    assert estimates.shown_days(1.5, signing=1) == 2


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({1: 8, 2: 3, 3: 5}, 2),
        ({1: 4, 2: 3}, None),  # one day sooner is not worth moving a request
        ({1: None, 2: 30}, 2),  # at home nobody can say
        ({1: 8, 2: None}, None),
        ({1: 8}, None),
    ],
)
def test_help_comes_from_where_it_is_ready_clearly_sooner(days, expected):
    assert estimates.least_loaded(days, 1, [1, 2, 3]) == expected


# -- The measure --------------------------------------------------------------------------------


def test_with_too_few_measures_nothing_is_said(measured):
    case = measured(count=estimates.LEAST_MEASURES - 1)
    assert days_said(case) is None


def test_with_enough_it_is_said(measured):
    assert days_said(measured()) == 1


def test_a_backlog_makes_it_longer(measured):
    case = measured()  # 30 minutes each, 120 minutes a day
    waiting(case, 16)
    assert days_said(case) == 4


def test_whoever_is_away_does_nothing(measured, cast):
    case = measured()
    waiting(case, 4)
    assert days_said(case) == 1
    Absence.objects.create(user=cast.sena, noted_by=cast.mahugnon, starts="2026-11-17", ends="2026-11-20")
    assert days_said(case) == 5  # back on Monday, in four working days, then a day and a half of work
    assert Capacity.objects.get(office=cast.first).staff == 0


def test_a_second_clerk_halves_it(measured, cast):
    case = measured()
    waiting(case, 16)
    Posting.objects.create(user=cast.other_clerk, office=cast.first, role=Role.CLERK, starts="2026-01-05")
    assert days_said(case) == 2


def test_an_outage_takes_the_day_and_is_said(measured, cast):
    case = measured()
    outages.declare(cast.first, by=cast.mahugnon, kind="POWER")
    assert days_said(case) == 1
    kept = Capacity.objects.get(office=cast.first)
    assert (kept.ahead[0], kept.is_cut) == (0.0, True)
    assert capacity.estimate_at(cast.first.pk, case.version.service_id).is_cut


def test_in_the_afternoon_less_of_the_day_is_left(measured, clock, cast):
    measured()
    clock.move_to(OPENING + datetime.timedelta(hours=6))  # 14:00: three hours and a half of eight are left
    measuring.measure()
    assert Capacity.objects.get(office=cast.first).ahead[0] == pytest.approx(120 * 3.5 / 8, abs=0.1)


def test_old_figures_are_said_to_nobody(measured, clock):
    case = measured()
    assert days_said(case) == 1
    clock.shift(capacity.OLDEST_SHOWN + datetime.timedelta(minutes=1))
    assert capacity.estimates_of(case.version.service_id) == []
    assert capacity.ready_on(case) is None


def test_an_office_that_never_receives_a_service_says_nothing_of_it(measured, cast):
    case = measured()
    measuring.measure()
    assert [one.office for one in capacity.estimates_of(case.version.service_id)] == [cast.first]


def test_a_late_case_is_expected_at_its_own_place(measured):
    case = measured()
    waiting(case, 16)
    ServiceRequest.objects.filter(pk=case.pk).update(due_on=datetime.date(2026, 11, 16))
    measuring.measure()
    case.refresh_from_db()
    assert capacity.ready_on(case) == datetime.date(2026, 11, 18)
    last = ServiceRequest.objects.order_by("-pk").first()
    assert capacity.ready_on(last) == datetime.date(2026, 11, 23)


def test_the_measure_costs_the_same_for_one_case_and_for_many(measured, django_assert_max_num_queries):
    case = measured()
    with django_assert_max_num_queries(20) as few:
        measuring.measure()
    waiting(case, 30)
    with django_assert_max_num_queries(len(few)):
        measuring.measure()


def test_the_pages_read_what_was_kept(measured, django_assert_num_queries):
    case = measured()
    measuring.measure()
    capacity.forget()
    with django_assert_num_queries(1):
        capacity.estimates_of(case.version.service_id)
    with django_assert_num_queries(0):
        capacity.estimate_at(case.office_id, case.version.service_id)


# -- The estimates are judged ---------------------------------------------------------------------


def test_what_was_expected_at_filing_is_kept_and_never_changes(measured, filed_case):
    waiting(measured(), 16)
    measuring.measure()
    case = filed_case("certificat-vie", surname="AUTRE")
    assert case.estimated_on == datetime.date(2026, 11, 23)  # four working days; the promise is two
    assert case.due_on == datetime.date(2026, 11, 19)


def test_filing_costs_no_query_more_once_the_figures_are_kept(measured, draft, django_assert_num_queries):
    case = measured()
    measuring.measure()
    capacity.estimates_of(case.version.service_id)
    with django_assert_num_queries(0):
        assert capacity.expected_on(case.office_id, case.version.service_id, OPENING)


def ready(case, count, *, said, took):
    """`count` requests said to take `said` days and ready in `took`."""
    waiting(case, count)
    rows = ServiceRequest.objects.exclude(pk=case.pk).filter(ready_at=None)
    day = case.submitted_at + datetime.timedelta(days=took)
    rows.update(ready_at=day, estimated_on=(case.submitted_at + datetime.timedelta(days=said)).date(), state="READY")


def test_the_estimates_are_judged_by_what_happened(filed_case, clock):
    case = filed_case("certificat-vie")
    ready(case, estimates.LEAST_MEASURES - 1, said=1, took=2)
    clock.shift(datetime.timedelta(days=3))
    assert capacity.judged(case.office_id) is None
    clock.shift(-datetime.timedelta(days=3))
    ServiceRequest.objects.filter(pk=case.pk).update(ready_at=OPENING + datetime.timedelta(days=2))
    ServiceRequest.objects.filter(pk=case.pk).update(estimated_on=datetime.date(2026, 11, 18), state="READY")
    clock.shift(datetime.timedelta(days=3))
    assert (capacity.judged(case.office_id).count, capacity.judged(case.office_id).percent) == (20, 50)
    Pause.objects.create(case=case)  # what the citizen paused judges nobody
    assert capacity.judged(case.office_id) is None


# -- Minutes are measured at the desk -----------------------------------------------------------


def test_the_minutes_run_from_the_opening_to_the_act(clock, filed_case, cast, signed_in, site, settings):
    settings.LOCK_AFTER_MINUTES = 24 * 60
    case, client = filed_case(), signed_in(cast.sena)
    read_by(client, case)
    clock.shift(datetime.timedelta(minutes=4))
    client.post(reverse("desk:take", args=[case.reference]), {})
    clock.shift(datetime.timedelta(hours=2))  # she left the page open
    client.post(reverse("desk:accept", args=[case.reference]), {})
    rows = Handling.objects.order_by("pk").values_list("act", "seconds", "office", "by")
    assert list(rows) == [
        ("take", 240, cast.first.pk, cast.sena.pk),
        ("accept", measuring.LONGEST_SECONDS, cast.first.pk, cast.sena.pk),
    ]


def test_an_act_refused_or_done_without_opening_measures_nothing(clock, filed_case, cast, signed_in, site):
    case, client = filed_case(), signed_in(cast.sena)
    client.post(reverse("desk:take", args=[case.reference]), {})
    read_by(client, case)
    client.post(reverse("desk:reject", args=[case.reference]), {})
    assert not Handling.objects.exists()


# -- On the pages -------------------------------------------------------------------------------


def test_the_receipt_and_the_tracking_page_say_it_beside_the_promise(measured, client, site):
    case = measured()
    measuring.measure()
    receipt = client.get(reverse("requests:receipt", args=[case.token])).text
    assert "En ce moment : 1 jour ouvré, Bureau du 1er arrondissement" in receipt
    assert "(estimation du 17/11 à 08:00)" in receipt
    client.get(reverse("requests:track"))
    session = client.session
    access.grant(session, case)
    session.save()
    client.cookies["sessionid"] = session.session_key
    assert "Elle devrait être prête le" in client.get(reverse("requests:case", args=[case.shown_reference])).text


def test_without_measures_the_pages_say_only_the_promise(filed_case, client, site):
    case = filed_case()
    measuring.measure()
    receipt = client.get(reverse("requests:receipt", args=[case.token])).text
    assert "Réponse prévue au plus tard" in receipt
    assert "En ce moment" not in receipt


# -- Outages ------------------------------------------------------------------------------------


def test_the_head_declares_and_ends_an_outage_and_it_is_written(cast, signed_in, site):
    client, page = signed_in(cast.mahugnon), reverse("desk:office-now")
    client.post(page, {"office": cast.first.code, "kind": "POWER"})
    outage = Outage.objects.get()
    assert "coupure de courant" in client.get(page).text
    client.post(reverse("desk:end-outage", args=[outage.pk]))
    assert Outage.objects.get().ended_at is not None
    acts = JournalEntry.objects.filter(obj=f"outage:{outage.pk}").order_by("seq").values_list("act", flat=True)
    assert list(acts) == ["outage.declared", "outage.ended"]


def test_two_outages_at_once_are_one(cast):
    outages.declare(cast.first, by=cast.mahugnon, kind="POWER")
    with pytest.raises(Refused):
        outages.declare(cast.first, by=cast.mahugnon, kind="NETWORK")
    assert Outage.objects.count() == 1


def test_nobody_else_declares_an_outage(cast, signed_in, site):
    assert signed_in(cast.sena).get(reverse("desk:office-now")).status_code == 404
    with pytest.raises(PermissionDenied):
        outages.declare(cast.fifth, by=cast.mahugnon, kind="POWER")
    outage = Outage.objects.create(office=cast.fifth, noted_by=cast.codjo)
    assert signed_in(cast.mahugnon).post(reverse("desk:end-outage", args=[outage.pk])).status_code == 404


def test_the_page_of_the_head_shows_what_is_said_to_the_citizens(measured, cast, signed_in, site):
    measured()
    measuring.measure()
    page = signed_in(cast.mahugnon).get(reverse("desk:office-now")).text
    assert "1 personne instruit aujourd’hui" in page
    assert "Certificat de vie" in page


def test_a_decided_case_waits_for_the_signature_only(measured, cast):
    case = measured()
    waiting(case, 16)
    measuring.measure()
    workflow.take(case, by=cast.sena)
    workflow.accept(case, by=cast.sena)
    assert case.state == State.ACCEPTED
    assert capacity.ready_on(case) == datetime.date(2026, 11, 18)
