"""The town of people who do not exist: as good as filed by hand, the same for the same seed, never by accident."""

import datetime
import itertools

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Q, Sum
from django.utils import timezone

from arrondissements import journal
from arrondissements.codes import clean_code
from arrondissements.models import JournalEntry, Office, Posting, Role, User
from arrondissements.spelling import fold
from portal.town import filling
from requests_app import indexing
from requests_app.catalogue.forms import clean_answers
from requests_app.catalogue.models import Service
from requests_app.models import REFERENCE_SYMBOLS, DayFigures, Evidence, InformationRequest, ServiceRequest
from requests_app.states import FINAL_STATES, HELD_STATES, State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]

CASES = 400


@pytest.fixture
def town(catalogue, private_files):
    """Four hundred cases, and what was said of them."""
    return load()


def load(seed=1, **options):
    call_command("load_cases", cases=CASES, seed=seed, **options)
    return ServiceRequest.objects.order_by("pk")


def essence(cases):
    return list(cases.values_list("applicant_name", "phone", "state", "office", "version", "due_on"))


def test_the_cases_are_spread_over_thirteen_offices_and_over_the_states(town):
    assert town.count() == CASES
    assert town.values("office").distinct().count() > 10
    assert {State.DELIVERED, State.REJECTED, State.SUBMITTED} <= set(town.values_list("state", flat=True))
    assert town.filter(state__in=HELD_STATES).count() > CASES / 50


def test_each_office_has_ten_people_whom_no_password_lets_in(town):
    assert User.objects.count() == 130
    assert not any(user.has_usable_password() for user in User.objects.all())
    for office in Office.objects.filter(kind="BOROUGH"):
        roles = list(Posting.objects.filter(office=office).values_list("role", flat=True))
        assert len(roles) == 10
        assert {Role.CLERK, Role.SUPERVISOR, Role.REGISTRAR, Role.COUNTER} == set(roles)


def test_a_case_reads_like_one_that_was_filed(town):
    for case in town.select_related("version")[:: CASES // 40]:
        assert clean_code(case.reference, REFERENCE_SYMBOLS) == case.reference
        assert case.applicant_key == fold(case.applicant_name)
        assert clean_answers(case.version, case.answers)
        assert case.applicant_name.upper().endswith(case.answers[surname_of(case)])


def test_it_is_found_by_what_a_filing_would_have_kept(town):
    for case in town.select_related("version")[:: CASES // 40]:
        kept = set(case.search_keys.values_list("key", flat=True))
        assert kept == set(indexing.keys_of(case))
    assert town.filter(search_keys__key__contains="/").exists()


def test_the_offices_see_their_figures_at_once(town):
    assert DayFigures.objects.aggregate(Sum("received"))["received__sum"] == CASES
    refused = town.filter(state=State.REJECTED).count()
    assert DayFigures.objects.aggregate(Sum("refused"))["refused__sum"] == refused > 0


def surname_of(case):
    return next(key for key in case.answers if key.endswith("surname"))


def test_its_moments_follow_one_another_and_are_past(town):
    now = timezone.now()
    clocks = ("created_at", "submitted_at", "decided_at", "ready_at", "updated_at")
    for earlier, later in itertools.pairwise(clocks):
        assert not town.filter(**{f"{later}__lt": F(earlier)}).exists(), (earlier, later)
    assert not town.filter(updated_at__gt=now).exists()
    assert not town.filter(Q(state__in=FINAL_STATES) & Q(ended_at=None)).exists()
    assert not InformationRequest.objects.filter(answered_at__lt=F("asked_at")).exists()
    assert town.first().submitted_at < now - datetime.timedelta(days=900)


def test_who_waits_was_asked_and_who_was_asked_is_told_why(town):
    waiting = town.filter(state=State.NEEDS_INFORMATION)
    assert waiting.exists()
    for case in waiting:
        assert case.information_requests.get(answered_at=None).pieces
        assert case.pauses.get(ended_at=None)


def test_its_journal_holds_and_tells_every_act(town):
    lines, fault = journal.verify(journal.ACTS)
    assert fault is None
    assert lines > 4 * CASES
    assert JournalEntry.objects.filter(act="case.submit").count() == CASES
    delivered = town.filter(state=State.DELIVERED).first()
    acts = list(JournalEntry.objects.filter(obj=delivered.obj).order_by("seq").values_list("act", flat=True))
    assert acts[0] == "case.submit"
    assert acts[-1] == "case.deliver"
    journal.record("case.write", obj=delivered.obj, by=None)
    assert journal.verify(journal.ACTS) == (lines + 1, None)


def test_the_same_seed_makes_the_same_town_and_another_seed_another(town):
    first = essence(town)
    load(seed=2, yes=True)
    assert essence(town)[:CASES] == first
    assert essence(town)[CASES:] != first
    again = load(yes=True)
    assert essence(again)[2 * CASES :] == first
    assert again.values("reference").distinct().count() == 3 * CASES


def test_nobody_can_be_written_to_by_mistake(town):
    assert not town.exclude(phone__startswith="+2290100").exists()
    assert not town.exclude(Q(email="") | Q(email__endswith="@example.org")).exists()


def test_a_clerk_opens_the_queue_and_the_cases_of_the_town(town, signed_in):
    case = town.filter(state=State.UNDER_REVIEW).first()
    client = signed_in(case.instructed_by)
    assert client.get(f"/agent/{case.office.code}/").status_code == 200
    page = client.get(f"/agent/demande/{case.reference}/").content.decode()
    assert case.applicant_name in page
    assert "Demande prise en charge" in page


def test_its_papers_can_be_looked_at_until_they_are_erased(town):
    kept = Evidence.objects.filter(state="AVAILABLE").first()
    assert kept.file.size == kept.size
    erased = Evidence.objects.filter(state="PURGED").first()
    assert erased.file.name == ""
    assert erased.purged_at >= erased.case.ended_at


def test_a_database_that_holds_requests_is_left_alone_unless_one_insists(filed_case):
    filed_case()
    with pytest.raises(CommandError, match="contient déjà 1 demandes"):
        load()
    assert ServiceRequest.objects.count() == 1
    load(yes=True)
    assert ServiceRequest.objects.count() == CASES + 1


def test_a_site_in_service_is_left_alone_even_when_it_is_empty(catalogue, settings):
    settings.HTTPS = True
    with pytest.raises(CommandError, match="site en service"):
        load()
    assert not ServiceRequest.objects.exists()


def test_without_services_a_sentence_says_what_to_load(catalogue, private_files):
    Service.objects.update(current=None)
    with pytest.raises(filling.NotThere, match="load_catalogue"):
        filling.fill(10, seed=1)
