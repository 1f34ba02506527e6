"""The rules played over the journal itself, and what the auditor, and nobody else, does with what they find."""

import csv
import datetime
import io

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arrondissements import journal
from arrondissements.models import JournalEntry, Posting, Role, User
from requests_app.models import Anomaly, AnomalyState, FiguresMark, ServiceRequest
from requests_app.moving import Refused
from requests_app.oversight import watching
from requests_app.states import State
from tests.requests_app.desk import EVERYBODY, text_of

pytestmark = pytest.mark.django_db

MONDAY = datetime.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel("2026-11-23 10:00+01:00", tick=False):
        yield


def who_audits(cast, login, name):
    user = User.objects.create_user(login, last_name=name)
    office = Posting.objects.get(user=cast.secretary).office
    Posting.objects.create(user=user, office=office, role=Role.AUDITOR, starts=datetime.date(2026, 1, 5))
    return user


@pytest.fixture
def auditor(cast):
    return who_audits(cast, "ablawa", "Sossa")


@pytest.fixture
def another_auditor(cast):
    return who_audits(cast, "aurelle", "Zannou")


@pytest.fixture
def unusual(cast):
    """`unusual(day, person)`: an anomaly to be examined."""
    made = iter(range(1, 1000))

    def _unusual(day=MONDAY, person=None, **facts):
        defaults = {"kind": "TOO_FAST", "office": cast.first, "evidence": {"count": 3, "usual": None, "objects": []}}
        return Anomaly.objects.create(day=day, person=person or cast.sena, key=f"k{next(made)}", **(defaults | facts))

    return _unusual


# -- What the journal says ----------------------------------------------------------------------


def test_a_case_taken_accepted_and_signed_in_seconds_is_found(filed_case, cast):
    case = filed_case(state=State.READY)
    assert watching.look(MONDAY) == 1
    found = Anomaly.objects.get()
    assert (found.kind, found.person, found.office, found.day) == ("TOO_FAST", cast.sena, cast.first, MONDAY)
    assert found.evidence["objects"] == [case.obj]
    assert "Dossou" not in str(found.evidence)


def test_the_same_day_looked_at_twice_finds_nothing_more(filed_case):
    filed_case(state=State.READY)
    watching.look(MONDAY)
    assert watching.look(MONDAY) == 0
    assert Anomaly.objects.count() == 1


def test_a_trial_is_nobodys_fraud(filed_case):
    case = filed_case(state=State.READY)
    ServiceRequest.objects.filter(pk=case.pk).update(is_trial=True)
    assert watching.look(MONDAY) == 0


def test_acts_at_night_are_found_at_the_hour_of_cotonou(filed_case, cast):
    with time_machine.travel("2026-11-23 23:30+01:00", tick=False):
        filed_case(state=State.UNDER_REVIEW)
        watching.look(MONDAY)
    assert Anomaly.objects.get().kind == "AFTER_HOURS"


def test_each_night_the_days_missed_are_looked_at(filed_case):
    filed_case(state=State.READY)
    watching.watch()  # yesterday, when nothing was done
    assert not Anomaly.objects.exists()
    with time_machine.travel("2026-11-26 02:00+01:00", tick=False):
        assert watching.watch() == "1 new"
        assert FiguresMark.objects.get().watched_on == datetime.date(2026, 11, 25)
        assert watching.watch() == "0 new"


# -- The auditor --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/agent/anomalies/", "/agent/anomalies/anomalies.csv", "/agent/anomalies/{pk}/"])
def test_anomalies_are_for_the_auditor_alone(cast, auditor, unusual, signed_in, path):
    path = path.format(pk=unusual().pk)
    assert {signed_in(getattr(cast, name)).get(path).status_code for name in EVERYBODY} == {404}
    assert signed_in(auditor).get(path).status_code == 200


def test_the_menu_leads_the_auditor_there(auditor, unusual, signed_in):
    assert b"/agent/anomalies/" in signed_in(auditor).get("/agent/chiffres/").content


def test_the_list_is_filtered_and_paged(cast, auditor, unusual, signed_in):
    for back in range(30):
        unusual(day=MONDAY - datetime.timedelta(days=back % 7))
    other = unusual(kind="VOLUME", office=cast.fifth, person=cast.codjo)
    client = signed_in(auditor)
    first = client.get("/agent/anomalies/")
    second = client.get(f"/agent/anomalies/{first.context['following']}")
    seen = [row.pk for page in (first, second) for row in page.context["rows"]]
    assert len(seen) == len(set(seen)) == 31
    assert list(client.get("/agent/anomalies/?kind=VOLUME&office=arrondissement-5").context["rows"]) == [other]
    assert len(client.get("/agent/anomalies/?kind=X&after=2026-99-99.1").context["rows"]) == 25


def test_more_anomalies_cost_no_more_queries(auditor, unusual, signed_in):
    client, costs = signed_in(auditor), []
    client.get("/agent/anomalies/")
    for _ in range(2):
        for _ in range(10):
            unusual()
        with CaptureQueriesContext(connection) as queries:
            client.get("/agent/anomalies/")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_conclusion_needs_words_and_is_written_in_the_journal(auditor, unusual, signed_in, filed_case):
    found = unusual(evidence={"count": 1, "usual": None, "objects": [filed_case().obj]})
    client, path = signed_in(auditor), f"/agent/anomalies/{found.pk}/"
    assert client.post(path, {"state": "EXPLAINED", "words": " "}).status_code == 409
    assert client.post(path, {"state": "NEW", "words": "Rien."}).status_code == 409
    assert client.post(path, {"state": "EXPLAINED", "words": "Reprise après une coupure."}).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.judged_by, found.words) == ("EXPLAINED", auditor, "Reprise après une coupure.")
    line = JournalEntry.objects.get(act="anomaly.judge")
    assert (line.by, journal.details_of(line)) == (auditor, {"state": "EXPLAINED"})
    assert "Reprise après une coupure." in text_of(client.get(path))


def test_the_act_itself_refuses_who_is_no_auditor_and_who_is_concerned(cast, auditor, unusual):
    found, own = unusual(), unusual(person=auditor)
    with pytest.raises(PermissionDenied):
        watching.judge(found, by=cast.secretary, state=AnomalyState.EXPLAINED, words="Non.")
    with pytest.raises(Refused, match="un autre auditeur"):
        watching.judge(own, by=auditor, state=AnomalyState.EXPLAINED, words="C’est moi.")
    assert not Anomaly.objects.exclude(state="NEW").exists()


def test_the_file_costs_the_same_for_many_lines(auditor, unusual, signed_in, filed_case):
    client, costs = signed_in(auditor), []
    client.get("/agent/anomalies/anomalies.csv")
    for _ in range(2):
        for _ in range(10):
            unusual(
                evidence={
                    "count": 1,
                    "usual": None,
                    "objects": [filed_case(surname=f"Nom {'abcdefghijklmnopqrstuvwxyz'[Anomaly.objects.count()]}").obj],
                }
            )
        with CaptureQueriesContext(connection) as queries:
            lines = b"".join(client.get("/agent/anomalies/anomalies.csv").streaming_content).decode().splitlines()
        costs.append(len(queries))
    assert len(lines) == 21
    assert costs[0] == costs[1]


def test_the_days_nobody_looked_at_are_said(cast, filed_case):
    FiguresMark.objects.create(pk=1, watched_on=MONDAY - datetime.timedelta(days=20))
    assert watching.watch() == "0 new, 12 day(s) never looked at"
    assert watching.watch() == "0 new"


def test_the_second_conclusion_loses(cast, auditor, another_auditor, unusual):
    found = unusual()
    late = Anomaly.objects.get(pk=found.pk)
    watching.judge(found, by=auditor, state=AnomalyState.CONFIRMED, words="Vérifié.")
    with pytest.raises(watching.AlreadyJudged):
        watching.judge(late, by=another_auditor, state=AnomalyState.EXPLAINED, words="Non.")
    assert JournalEntry.objects.filter(act="anomaly.judge").count() == 1


def test_nobody_judges_himself(auditor, unusual, signed_in):
    found = unusual(person=auditor)
    answer = signed_in(auditor).post(f"/agent/anomalies/{found.pk}/", {"state": "EXPLAINED", "words": "C’est moi."})
    assert answer.status_code == 409
    assert Anomaly.objects.get().state == "NEW"


def test_taking_the_list_away_is_written_in_the_journal(auditor, unusual, signed_in, filed_case):
    case = filed_case()
    unusual(evidence={"count": 1, "usual": None, "objects": [case.obj]})
    answer = signed_in(auditor).get("/agent/anomalies/anomalies.csv")
    text = b"".join(answer.streaming_content).decode().lstrip("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["Objets"], row["Agent"]) == (case.shown_reference, "Sena")
    entry = JournalEntry.objects.get(obj="anomalies")
    assert (entry.by, entry.chain, entry.reason) == (auditor, "reads", "export")


def test_the_auditor_reads_a_case_of_any_office_and_may_do_nothing(auditor, filed_case, signed_in):
    case, client = filed_case(), signed_in(auditor)
    page = client.get(f"/agent/demande/{case.reference}/", follow=True)
    assert page.status_code == 200
    assert client.post(f"/agent/demande/{case.reference}/prendre/").status_code == 404
    assert client.post(f"/agent/demande/{case.reference}/accepter/").status_code == 404
