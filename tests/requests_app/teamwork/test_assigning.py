"""On whose desk a case lies: taken, given, given back, spread over who is present; and who stands in for whom."""

import datetime
import re

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements.models import Absence, JournalEntry, Posting, Role, User
from requests_app import permissions, workflow
from requests_app.models import ServiceRequest
from requests_app.states import State
from requests_app.teamwork import absences, assigning, balancing
from tests.cast import deliver_all
from tests.requests_app.desk import text_of
from tests.together import all_at_once

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
WHY = "Il parle fon."


@pytest.fixture
def several(filed_case):
    """`several(3)`: as many cases of the 1st, of people who are never the same."""
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    return lambda count, **options: [filed_case(surname=f"Nom {next(letters)}", **options) for _ in range(count)]


@pytest.fixture
def away(cast):
    """`away(cast.sena, substitute=…)`: noted by the head of the 1st, from today for three days unless said."""

    def _away(user, substitute=None, starts=0, days=3):
        first = timezone.localdate() + starts * DAY
        facts = {"starts": first, "ends": first + (days - 1) * DAY, "substitute": substitute, "reason": "LEAVE"}
        return absences.note(user, by=cast.mahugnon, office=cast.first, **facts)

    return _away


def stored(case):
    return ServiceRequest.objects.select_related("version__service", "office", "assigned_to").get(pk=case.pk)


# -- Taking, giving, giving back -----------------------------------------------------------------------------------


def test_who_takes_a_case_has_it_on_his_desk(filed_case, cast):
    case = filed_case()
    workflow.take(case, by=cast.sena)
    assert (stored(case).assigned_to, stored(case).instructed_by) == (cast.sena, cast.sena)
    assert stored(case).assigned_at


def test_a_case_is_given_to_a_colleague_who_did_not_thereby_instruct_it(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    assigning.assign(stored(case), by=cast.sena, to=cast.other_clerk, reason=WHY)
    assert (stored(case).assigned_to, stored(case).instructed_by) == (cast.other_clerk, cast.sena)
    line = JournalEntry.objects.get(act="case.assign")
    assert (line.obj, line.by, line.office) == (case.obj, cast.sena, cast.first)


def test_giving_says_why_and_taking_need_not(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    with pytest.raises(workflow.Refused, match="Dites pourquoi"):
        assigning.assign(stored(case), by=cast.sena, to=cast.other_clerk, reason="  ")
    with pytest.raises(workflow.Refused, match="Dites pourquoi"):
        assigning.give_back(stored(case), by=cast.sena, reason="")
    assert stored(case).assigned_to == cast.sena
    assigning.assign(stored(case), by=cast.sena, to=cast.other_clerk, reason=WHY)
    note = case.messages.get()
    assert (note.internal, note.author) == (True, cast.sena)
    assert WHY in note.body
    assigning.give_back(stored(case), by=cast.other_clerk, reason="Absent demain.")
    assigning.assign(stored(case), by=cast.sena, to=cast.sena)
    assert [note.body for note in case.messages.all()][1:] == ["Rendue à la pile : Absent demain."]


def test_the_page_asks_why_and_keeps_the_choice(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    client, address = signed_in(cast.sena), f"/agent/demande/{case.reference}/attribuer/"
    answer = client.post(address, {"to": cast.other_clerk.pk})
    assert answer.status_code == 422
    assert "votre collègue le lira" in text_of(answer)
    assert f'value="{cast.other_clerk.pk}" selected' in answer.content.decode()
    assert stored(case).assigned_to == cast.sena


def test_who_has_just_given_a_case_takes_it_back_by_himself(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    page = f"/agent/demande/{case.reference}/"
    client = signed_in(cast.sena)
    assert f"{page}reprendre/" not in text_of(client.get(page))
    client.post(f"{page}attribuer/", {"to": cast.other_clerk.pk, "reason": WHY})
    client.post(f"{page}ouvrir/", {"reason": "check"})
    assert f"{page}reprendre/" in text_of(client.get(page))
    assert f"{page}reprendre/" not in text_of(signed_in(cast.other_clerk).get(page))
    client.post(f"{page}reprendre/")
    assert stored(case).assigned_to == cast.sena
    assert JournalEntry.objects.filter(obj=case.obj, act="case.assign").count() == 2
    assert signed_in(cast.codjo).post(f"{page}reprendre/").status_code == 404


def test_it_is_not_taken_back_later_nor_by_another_nor_once_somebody_worked_on_it(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    assigning.assign(stored(case), by=cast.sena, to=cast.other_clerk, reason=WHY)
    with pytest.raises(workflow.Refused, match="demandez-la"):
        assigning.take_back(stored(case), by=cast.rekia)
    with (
        time_machine.travel(timezone.now() + datetime.timedelta(minutes=11), tick=False),
        pytest.raises(workflow.Refused, match="demandez-la"),
    ):
        assigning.take_back(stored(case), by=cast.sena)
    workflow.accept(stored(case), by=cast.other_clerk)
    with pytest.raises(workflow.Refused, match="demandez-la"):
        assigning.take_back(stored(case), by=cast.sena)
    assert stored(case).assigned_to == cast.other_clerk


def test_what_lies_on_a_colleagues_desk_is_given_by_him_or_the_head_only(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    with pytest.raises(PermissionDenied):
        assigning.assign(stored(case), by=cast.other_clerk, to=cast.other_clerk)
    with pytest.raises(PermissionDenied):
        assigning.give_back(stored(case), by=cast.other_clerk, reason=WHY)
    assigning.assign(stored(case), by=cast.mahugnon, to=cast.other_clerk, reason=WHY)
    assert stored(case).assigned_to == cast.other_clerk


@pytest.mark.parametrize("login", ["codjo", "fifame", "koffi", "secretary", "ines"])
def test_nobody_else_says_on_whose_desk_it_lies(filed_case, cast, login):
    with pytest.raises(PermissionDenied):
        assigning.assign(filed_case(), by=getattr(cast, login), to=cast.sena, reason=WHY)


@pytest.mark.parametrize("login", ["codjo", "fifame", "ines"])
def test_it_is_given_to_who_instructs_in_the_office_only(filed_case, cast, login):
    with pytest.raises(workflow.Refused, match="n’instruit pas"):
        assigning.assign(filed_case(), by=cast.mahugnon, to=getattr(cast, login), reason=WHY)


def test_given_back_it_is_in_the_pile_and_stays_with_who_instructed_for_the_signature(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    assigning.give_back(stored(case), by=cast.sena, reason=WHY)
    assert (stored(case).assigned_to, stored(case).instructed_by) == (None, cast.sena)
    with pytest.raises(workflow.Refused, match="personne"):
        assigning.give_back(stored(case), by=cast.sena, reason=WHY)


def test_the_second_of_two_who_give_reads_that_it_is_too_late(filed_case, cast):
    case = filed_case()
    seen = stored(case)
    assigning.assign(stored(case), by=cast.mahugnon, to=cast.sena, reason=WHY)
    with pytest.raises(workflow.TooLate):
        assigning.assign(seen, by=cast.mahugnon, to=cast.other_clerk, reason=WHY)
    assert stored(case).assigned_to == cast.sena


def test_a_finished_case_lies_on_nobodys_desk_to_give(filed_case, cast):
    case = filed_case(state=State.READY)
    with pytest.raises(PermissionDenied):
        assigning.assign(stored(case), by=cast.mahugnon, to=cast.other_clerk, reason=WHY)


def test_a_case_sent_to_another_office_leaves_the_desk(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    workflow.transfer(stored(case), by=cast.sena, to=cast.fifth, reason="Elle habite le 5e.")
    assert (stored(case).assigned_to, stored(case).assigned_at) == (None, None)


def test_the_page_of_a_case_offers_it_to_who_may(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    address = f"/agent/demande/{case.reference}/"
    assert f"{address}attribuer/" in signed_in(cast.sena).get(address).content.decode()
    assert f"{address}attribuer/" not in signed_in(cast.other_clerk).get(address).content.decode()
    assert signed_in(cast.other_clerk).get(f"{address}attribuer/").status_code == 404
    answer = signed_in(cast.sena).post(f"{address}attribuer/", {"to": cast.other_clerk.pk, "reason": WHY})
    assert answer.url == address
    assert stored(case).assigned_to == cast.other_clerk
    signed_in(cast.other_clerk).post(f"{address}rendre-a-la-pile/", {"reason": WHY})
    assert stored(case).assigned_to is None


# -- The balance ----------------------------------------------------------------------------------------------------


def test_the_pile_goes_to_who_has_the_least_to_do(several, cast):
    for case in several(2):
        assigning.assign(case, by=cast.mahugnon, to=cast.sena, reason=WHY)
    several(4)
    plan = balancing.plan(cast.first)
    assert {share.clerk: (share.load, len(share.gets)) for share in plan.shares} == {
        cast.sena: (2, 1),
        cast.other_clerk: (0, 3),
    }


def test_who_is_away_gets_nothing_of_the_pile(several, away, cast):
    several(2)
    away(cast.sena)
    assert [share.clerk for share in balancing.plan(cast.first).shares] == [cast.other_clerk]


def test_what_another_office_helps_with_is_in_nobodys_pile(several, cast):
    mine, helped = several(2)
    ServiceRequest.objects.filter(pk=helped.pk).update(helping_office=cast.fifth)
    plan = balancing.plan(cast.first)
    assert [case.pk for share in plan.shares for case in share.gets] == [mine.pk]


def test_what_is_done_is_what_was_shown(several, signed_in, cast):
    cases = several(3)
    client = signed_in(cast.mahugnon)
    page = client.get("/agent/arrondissement-1/repartir/")
    mark = re.search(r'name="mark" value="([^"]+)"', page.content.decode()).group(1)
    more = several(1)[0]
    changed = client.post("/agent/arrondissement-1/repartir/", {"mark": mark})
    assert changed.status_code == 409
    assert "La pile a changé" in text_of(changed)
    assert stored(cases[0]).assigned_to is None
    mark = re.search(r'name="mark" value="([^"]+)"', changed.content.decode()).group(1)
    answer = client.post("/agent/arrondissement-1/repartir/", {"mark": mark})
    assert answer.url.startswith("/agent/lots/")
    deliver_all()
    owners = [stored(case).assigned_to for case in [*cases, more]]
    assert sorted(owner.username for owner in owners) == ["other_clerk", "other_clerk", "sena", "sena"]


@pytest.mark.parametrize("login", ["sena", "rekia", "fifame", "codjo", "ines"])
def test_only_the_head_of_the_office_spreads_the_pile_and_sees_the_team(signed_in, cast, login):
    client = signed_in(getattr(cast, login))
    assert client.get("/agent/arrondissement-1/repartir/").status_code == 404
    assert client.get("/agent/arrondissement-1/equipe/").status_code == 404
    assert signed_in(cast.mahugnon).get("/agent/arrondissement-5/equipe/").status_code == 404


def test_the_balance_costs_the_same_for_a_tall_pile(several, cast):
    costs = []
    for _turn in range(2):
        several(4)
        with CaptureQueriesContext(connection) as queries:
            balancing.plan(cast.first)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 4


# -- Absence and substitution -----------------------------------------------------------------------------------------


def test_what_lies_on_the_desk_of_who_is_away_goes_to_the_substitute_at_once(several, away, cast):
    cases = several(2, state=State.UNDER_REVIEW)
    away(cast.sena, substitute=cast.other_clerk)
    assert [stored(case).assigned_to for case in cases] == [cast.other_clerk] * 2
    assert JournalEntry.objects.filter(act="case.stand_in").count() == 2


def test_without_a_substitute_it_returns_to_the_pile(several, away, cast):
    cases = several(1, state=State.UNDER_REVIEW)
    away(cast.sena)
    assert stored(cases[0]).assigned_to is None


def test_a_substitute_of_one_office_gets_nothing_of_the_other_office_of_who_is_away(filed_case, several, away, cast):
    Posting.objects.create(user=cast.sena, office=cast.fifth, role=Role.CLERK, starts=timezone.localdate())
    [here] = several(1)
    there = filed_case(residence="5:Gbéto")
    for case in (here, there):
        assigning.put_on_desk(case, cast.sena)
    away(cast.sena, substitute=cast.other_clerk)
    assert (stored(here).assigned_to, stored(there).assigned_to) == (cast.other_clerk, None)


def test_an_absence_to_come_empties_the_desk_on_its_first_day_and_once(several, away, cast):
    [case] = several(1, state=State.UNDER_REVIEW)
    away(cast.sena, substitute=cast.other_clerk, starts=2)
    assert (absences.begin(), stored(case).assigned_to) == (0, cast.sena)
    with time_machine.travel(timezone.now() + 2 * DAY, tick=False):
        assert (absences.begin(), absences.begin()) == (1, 0)
    assert stored(case).assigned_to == cast.other_clerk


def test_what_is_given_to_who_is_away_goes_to_the_substitute(filed_case, away, cast):
    away(cast.sena, substitute=cast.other_clerk)
    case = filed_case()
    assert assigning.assign(case, by=cast.mahugnon, to=cast.sena, reason=WHY) == cast.other_clerk
    assert stored(case).assigned_to == cast.other_clerk


def test_what_is_given_to_who_is_away_without_a_substitute_is_refused(filed_case, away, cast):
    away(cast.sena)
    with pytest.raises(workflow.Refused, match="absence"):
        assigning.assign(filed_case(), by=cast.mahugnon, to=cast.sena, reason=WHY)


def test_the_work_comes_back_to_who_is_back(filed_case, away, cast):
    absence = away(cast.sena, substitute=cast.other_clerk)
    absences.cancel(absence, by=cast.mahugnon, office=cast.first)
    assert not Absence.objects.on(timezone.localdate()).exists()
    case = filed_case()
    assert assigning.assign(case, by=cast.mahugnon, to=cast.sena, reason=WHY) == cast.sena


@pytest.mark.parametrize("login", ["codjo", "fifame", "secretary"])
def test_a_substitute_instructs_in_the_same_office(away, cast, login):
    with pytest.raises(workflow.Refused, match="même bureau"):
        away(cast.sena, substitute=getattr(cast, login))


def test_nobody_replaces_himself_nor_while_away_nor_twice(away, cast):
    with pytest.raises(workflow.Refused, match="elle-même"):
        away(cast.sena, substitute=cast.sena)
    away(cast.other_clerk)
    with pytest.raises(workflow.Refused, match="en absence"):
        away(cast.sena, substitute=cast.other_clerk)
    with pytest.raises(workflow.Refused, match="déjà notée"):
        away(cast.other_clerk)


def test_only_the_head_of_the_office_notes_an_absence(cast):
    today = timezone.localdate()
    for stranger in (cast.sena, cast.rekia, cast.codjo):
        with pytest.raises(PermissionDenied):
            absences.note(cast.sena, by=stranger, office=cast.first, starts=today, ends=today, reason="SICK")


def test_standing_in_for_a_signatory_gives_no_power_to_sign(filed_case, away, cast):
    case = filed_case(state=State.ACCEPTED)
    away(cast.rekia, substitute=cast.other_clerk)
    assert permissions.signing_power(cast.other_clerk, case) is None
    with pytest.raises(workflow.Refused, match="article 180"):
        workflow.issue(case, by=cast.other_clerk)


def test_the_head_notes_and_lifts_an_absence_on_the_page(several, signed_in, cast):
    [case] = several(1, state=State.UNDER_REVIEW)
    client, today = signed_in(cast.mahugnon), timezone.localdate()
    posted = {
        "user": cast.sena.pk,
        "starts": today.isoformat(),
        "ends": (today + DAY).isoformat(),
        "reason": "TRAINING",
        "substitute": cast.other_clerk.pk,
    }
    assert client.post("/agent/arrondissement-1/equipe/", posted).url == "/agent/arrondissement-1/equipe/"
    assert stored(case).assigned_to == cast.other_clerk
    assert "en absence" in text_of(client.get("/agent/arrondissement-1/equipe/"))
    absence = Absence.objects.get()
    client.post(f"/agent/arrondissement-1/equipe/absences/{absence.pk}/lever/")
    assert not Absence.objects.exists()


def test_the_journal_names_the_absence_that_is_lifted_and_the_second_head_reads_that_it_is_over(away, cast):
    absence = away(cast.sena)
    obj, seen_by_another = f"absence:{absence.pk}", Absence.objects.get(pk=absence.pk)
    absences.cancel(absence, by=cast.mahugnon, office=cast.first)
    assert JournalEntry.objects.filter(act="absence.cancel", obj=obj).count() == 1
    with pytest.raises(workflow.Refused, match="déjà finie"):
        absences.cancel(seen_by_another, by=cast.mahugnon, office=cast.first)
    assert JournalEntry.objects.filter(act="absence.cancel").count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_absence_noted_by_two_heads_at_once_is_noted_once(away, cast):
    answers = all_at_once(2, lambda _: away(cast.sena))
    assert Absence.objects.count() == 1
    assert sorted(type(one).__name__ for one in answers) == ["Absence", "Refused"]


def test_the_team_page_costs_the_same_for_a_large_team(signed_in, cast):
    client, costs = signed_in(cast.mahugnon), []
    client.get("/agent/arrondissement-1/equipe/")
    for turn in range(2):
        for i in range(3):
            user = User.objects.create_user(f"agent{turn}{i}")
            Posting.objects.create(user=user, office=cast.first, role=Role.CLERK, starts=timezone.localdate())
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/agent/arrondissement-1/equipe/").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 14
