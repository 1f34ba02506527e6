"""The pages of figures: who may see which, what they say, and that every drawing has its table."""

import csv
import datetime
import io
import re
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements import calendar
from arrondissements.models import Posting, Role
from requests_app.desk.overview import city, office, periods
from requests_app.models import DayFigures, DayShare
from requests_app.oversight import charts, counting, figures
from requests_app.states import State
from tests.requests_app.desk import EVERYBODY, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel("2026-11-23 14:05+01:00", tick=False):
        yield


@pytest.fixture
def auditor(cast):
    """Posted at the executive secretariat, to read everywhere."""
    user = type(cast.sena).objects.create_user("ablawa", last_name="Sossa")
    day = datetime.date(2026, 1, 5)
    central = Posting.objects.get(user=cast.secretary).office
    Posting.objects.create(user=user, office=central, role=Role.AUDITOR, starts=day)
    return user


# -- Who ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "seen_by"),
    [
        ("/agent/chiffres/arrondissement-1/", {"mahugnon", "secretary"}),
        ("/agent/chiffres/arrondissement-1/chiffres.csv", {"mahugnon", "secretary"}),
        ("/agent/chiffres/arrondissement-5/", {"secretary"}),
        ("/agent/chiffres/ville.csv", {"secretary"}),
        ("/agent/chiffres/inconnu/", set()),
    ],
)
def test_figures_are_for_the_head_of_the_office_and_for_the_secretary(cast, signed_in, path, seen_by):
    answers = {name: signed_in(getattr(cast, name)).get(path).status_code for name in EVERYBODY}
    assert answers == {name: 200 if name in seen_by else 404 for name in EVERYBODY}


def test_the_auditor_sees_every_office(auditor, signed_in):
    client = signed_in(auditor)
    for path in ("/agent/chiffres/", "/agent/chiffres/arrondissement-1/", "/agent/chiffres/arrondissement-13/"):
        assert client.get(path).status_code == 200


def test_a_head_of_office_is_led_to_his_own(cast, signed_in):
    answer = signed_in(cast.mahugnon).get("/agent/chiffres/")
    assert (answer.status_code, answer["Location"]) == (302, "/agent/chiffres/arrondissement-1/")
    assert signed_in(cast.sena).get("/agent/chiffres/").status_code == 404


def test_the_menu_shows_the_figures_to_whom_they_concern(cast, signed_in):
    assert b"/agent/chiffres/" in signed_in(cast.mahugnon).get("/agent/").content
    assert b"/agent/chiffres/" not in signed_in(cast.sena).get("/agent/").content


def test_a_posting_that_is_over_opens_nothing(cast, signed_in):
    Posting.objects.filter(user=cast.mahugnon).update(ends=datetime.date(2026, 11, 22))
    assert signed_in(cast.mahugnon).get("/agent/chiffres/arrondissement-1/").status_code == 404


# -- What ---------------------------------------------------------------------------------------


def test_the_page_says_how_fresh_it_is(filed_case, cast, signed_in):
    client = signed_in(cast.mahugnon)
    assert "pas encore été comptée" in text_of(client.get("/agent/chiffres/arrondissement-1/"))
    filed_case(state=State.ACCEPTED)
    counting.refresh()
    page = text_of(client.get("/agent/chiffres/arrondissement-1/"))
    assert "chiffres du 23 novembre à 14 h 05" in page


def test_figures_counted_again_are_shown_at_once(filed_case, cast, signed_in):
    client = signed_in(cast.mahugnon)
    counting.refresh()
    assert client.get("/agent/chiffres/arrondissement-1/").context["totals"].received == 0
    filed_case()
    with time_machine.travel("2026-11-23 14:10+01:00", tick=False):
        counting.refresh()
        assert client.get("/agent/chiffres/arrondissement-1/").context["totals"].received == 1


def test_each_figure_that_can_leads_to_its_queue(filed_case, cast, signed_in):
    filed_case()
    page = text_of(signed_in(cast.mahugnon).get("/agent/chiffres/arrondissement-1/"))
    assert 'href="/agent/arrondissement-1/?group=LATE"' in page
    assert 'href="/agent/arrondissement-1/?assigned=nobody"' in page
    # Who does not serve there is shown no link that would answer 404.
    assert "/agent/arrondissement-1/" not in text_of(signed_in(cast.secretary).get("/agent/chiffres/arrondissement-1/"))


def test_the_offices_are_sorted_by_the_column_asked_for(filed_case, cast, signed_in):
    filed_case(residence="5:Gbéto")
    client = signed_in(cast.secretary)

    def codes(query):
        return [line.office.code for line in client.get(f"/agent/chiffres/{query}").context["lines"]]

    assert codes("")[0] == "arrondissement-1"
    assert codes("?sort=-open")[0] == "arrondissement-5"
    assert codes("?sort=open")[-1] == "arrondissement-5"
    assert codes("?sort=nonsense") == codes("")
    assert b'aria-sort="descending"' in client.get("/agent/chiffres/?sort=-open").content


def test_an_office_without_figures_comes_last_whichever_the_way(cast):
    lines = [city.Line(cast.first, city.Standing(), figures.Totals(promised=2, in_time=1)),
             city.Line(cast.fifth, city.Standing(), figures.Totals())]  # fmt: skip
    for sort in ("in-time", "-in-time"):
        assert [line.office for line in city.in_order(lines, sort)] == [cast.first, cast.fifth]


def test_the_schema_says_that_it_is_no_map(cast, signed_in):
    page = signed_in(cast.secretary).get("/agent/chiffres/")
    assert "schéma, pas une carte" in text_of(page)
    assert len(page.context["schema"].rows) == 13


@pytest.mark.parametrize(("share", "level"), [(None, 0), (0, 1), (69, 1), (70, 2), (85, 3), (94, 3), (95, 4), (100, 4)])
def test_a_level_for_each_share(share, level):
    assert city.level(share) == level


@pytest.mark.parametrize(
    ("asked", "days", "first"),
    [
        ({}, 30, "2026-10-25"),
        ({"days": "7"}, 7, "2026-11-17"),
        ({"days": "8"}, 30, "2026-10-25"),
        ({"since": "2026-11-02", "until": "2026-11-03"}, None, "2026-11-02"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, 30, "2026-10-25"),
        ({"since": "x"}, 30, "2026-10-25"),
        ({"since": "9999-01-01", "until": "9999-12-31"}, None, "9999-01-01"),
    ],
)
def test_a_period_is_chosen(asked, days, first):
    chosen = periods.chosen(asked)
    assert (chosen.days, chosen.period.first.isoformat()) == (days, first)
    assert periods.chosen(dict(pair.split("=") for pair in chosen.query.split("&"))) == chosen


def test_the_sheet_holds_the_figures_and_no_name(filed_case, cast, signed_in):
    filed_case(state=State.ACCEPTED)
    counting.refresh()
    answer = signed_in(cast.mahugnon).get("/agent/chiffres/arrondissement-1/chiffres.csv")
    text = b"".join(answer.streaming_content).decode().lstrip("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["Reçues"], row["Décidées"], row["Dans le délai"]) == ("1", "1", "1")
    assert "Dossou" not in text
    whole = b"".join(signed_in(cast.secretary).get("/agent/chiffres/ville.csv").streaming_content).decode()
    assert len(whole.strip().splitlines()) == 1 + 17


def test_more_figures_cost_no_more_queries(filed_case, cast, signed_in):
    client, costs = signed_in(cast.secretary), []
    case = filed_case(state=State.ACCEPTED)
    client.get("/agent/chiffres/")
    for turn in range(2):
        for number in range(20):
            day = timezone.localdate() - datetime.timedelta(days=turn * 20 + number + 1)
            facts = {"office": cast.first, "service": case.version.service, "day": day}
            DayFigures.objects.create(**facts, received=5, decided=4, promised=4, in_time=3)
            DayShare.objects.create(**facts, kind="DELAY", key=str(number), count=4)
        counting.FiguresMark.objects.update_or_create(pk=1, defaults={"counted_at": timezone.now(), "seq": turn})
        with time_machine.travel(f"2026-11-23 14:05:{turn + 10}+01:00", tick=False):
            counting.FiguresMark.objects.update(counted_at=timezone.now())
            calendar.is_working_day(timezone.localdate())  # what is kept a few minutes is kept
            for path in ("/agent/chiffres/?days=90", "/agent/chiffres/arrondissement-1/?days=90"):
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(path).status_code == 200
                costs.append(len(queries))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 17


# -- Drawings -----------------------------------------------------------------------------------


def drawings():
    weeks = [
        figures.Week(datetime.date(2026, 9, 7) + datetime.timedelta(weeks=i), i * 7, i * 5, 4, 3) for i in range(12)
    ]
    totals = figures.Totals(refused=4)
    totals.refusals.update({"A": 3, "B": 1})
    return [
        office.trend(weeks),
        office.ages([4, 0, 2, 9]),
        office.refusals(totals, {"A": "Pièce illisible <b>", "B": "Hors compétence de la commune de Cotonou"}),
        charts.tiles("t", "d", [charts.Tile(str(i), f"{i} %", i % 5) for i in range(13)], ["a", "b"]),
    ]


def test_a_drawing_has_a_title_a_description_words_and_its_table():
    for chart in drawings():
        drawn = ET.fromstring(str(chart.svg))
        title, description = drawn[0], drawn[1]
        assert (title.tag, description.tag) == ("title", "desc")
        assert title.text == chart.title
        assert description.text
        assert drawn.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert all(len(row) == len(chart.headings) for row in chart.rows)
        words = {text.text for text in drawn.iter("text")}
        assert len(words) >= 2


def test_a_drawing_stays_within_its_frame():
    for chart in drawings():
        drawn = ET.fromstring(str(chart.svg))
        _x, _y, width, height = map(float, drawn.get("viewBox").split())
        for part in drawn.iter():
            x, y = float(part.get("x", 0)), float(part.get("y", 0))
            assert 0 <= x <= width
            assert 0 <= y <= height
            assert x + float(part.get("width", 0)) <= width
            if points := part.get("points"):
                for point in points.split():
                    px, py = map(float, point.split(","))
                    assert 0 <= px <= width
                    assert 0 <= py <= height


def test_a_drawing_runs_nothing_and_carries_no_style():
    for chart in drawings():
        assert not re.search(r"<script|style=|onload|href", str(chart.svg))
        assert "<b>" not in str(chart.svg)


def test_two_drawings_of_a_page_share_no_name():
    names = re.findall(r' id="([^"]+)"', "".join(str(chart.svg) for chart in drawings()))
    assert len(names) == len(set(names))


def test_a_drawing_of_nothing_is_drawn():
    assert "Âge" in str(office.ages([0, 0, 0, 0]).title)
    assert office.refusals(figures.Totals(), {}) is None
    empty = [figures.Week(datetime.date(2026, 9, 7) + datetime.timedelta(weeks=i), 0, 0, 0, 0) for i in range(12)]
    ET.fromstring(str(office.trend(empty).svg))
