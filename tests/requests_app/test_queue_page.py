"""The screen of the day: sorted, filtered, kept as a view, taken away; the auditor looks and touches nothing."""

import datetime
import io
import re
import zipfile
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements import sheets
from arrondissements.models import JournalEntry, Posting, User
from requests_app import labelling, queues
from requests_app.catalogue.models import Service
from requests_app.desk import queue_lists
from requests_app.models import Channel, Label, SavedView, ServiceRequest
from requests_app.queues import ORDERS, Looked, Place, order_named
from requests_app.states import State
from tests.requests_app.desk import read_by, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def waiting(cast):
    """`waiting("Awa Dossou", …)`: a case on the desk of the 1st arrondissement."""
    made = iter(range(1, 10_000))

    def _waiting(name="Awa Dossou", days_ago=0, service="certificat-vie", **facts):
        defaults = {"office": cast.first, "state": State.SUBMITTED, "due_on": TODAY, "applicant_key": name.lower()}
        return ServiceRequest.objects.create(
            version=Service.objects.get(slug=service).current,
            reference=f"{next(made):09d}",
            applicant_name=name,
            submitted_at=timezone.now() - datetime.timedelta(days_ago),
            **(defaults | facts),
        )

    return _waiting


@pytest.fixture
def auditor(cast):
    """Ablawa reads every office; she is posted at the general secretariat."""
    user = User.objects.create_user("ablawa", last_name="Ablawa")
    office = Posting.objects.get(user=cast.secretary).office
    Posting.objects.create(user=user, office=office, role="AUDITOR", starts=TODAY)
    return user


def listed(cast, **looked):
    return list(queues.cases_of(cast.first, Looked(**looked), cast.sena))


# -- Filters ------------------------------------------------------------------------------------


def test_age_channel_and_person_narrow_the_queue(waiting, cast):
    old = waiting(days_ago=10)
    counter = waiting(channel=Channel.COUNTER)
    mine = waiting(assigned_to=cast.sena)
    hers = waiting(assigned_to=cast.other_clerk)
    assert listed(cast, days=9) == [old]
    assert listed(cast, days=10) == []  # ten days is not more than ten days
    assert listed(cast, channel="COUNTER") == [counter]
    assert listed(cast, assigned="me") == [mine]
    assert listed(cast, assigned="nobody") == [old, counter]
    assert listed(cast, assigned="other_clerk") == [hers]
    assert listed(cast, assigned="nobody-of-that-name") == []
    assert listed(cast, group="MINE") == [mine]


def test_the_page_shows_what_was_filtered_and_lets_it_be_changed(waiting, cast, signed_in):
    waiting("Awa Dossou", days_ago=10)
    waiting("Koffi Agossa")
    page = signed_in(cast.sena).get("/agent/", {"days": "5", "assigned": "nobody"})
    assert "Awa Dossou" in text_of(page)
    assert "Koffi Agossa" not in text_of(page)
    assert '<option value="nobody" selected>' in page.content.decode()
    assert '<details class="more" open>' in page.content.decode()


@pytest.mark.parametrize("nonsense", [{"days": "-1"}, {"days": "x"}, {"label": "0"}, {"channel": "X"}, {"sort": "x"}])
def test_a_filter_that_makes_no_sense_is_ignored(waiting, cast, signed_in, nonsense):
    waiting()
    assert "Awa Dossou" in text_of(signed_in(cast.sena).get("/agent/", nonsense))


# -- Sorting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["", "-"])
@pytest.mark.parametrize("column", ORDERS)
@pytest.mark.parametrize("size", [1, 3])
def test_each_sort_shows_each_case_once_page_after_page(waiting, cast, column, way, size):
    names = ["Awa", "Koffi", "Awa", "Zinsou", "Ablawa", "Koffi", "Codjo"]
    for rank, name in enumerate(names):
        waiting(
            name, rank % 3, "certificat-vie" if rank % 2 else "attestation-souche",
            state=[State.SUBMITTED, State.UNDER_REVIEW, State.ACCEPTED][rank % 3],
            due_on=None if rank in (1, 4) else TODAY + datetime.timedelta(rank % 2),
            assigned_to=[None, cast.sena, cast.other_clerk][rank % 3],
        )  # fmt: skip
    cases = queues.cases_of(cast.first, Looked(), cast.sena)
    order, seen, after = order_named(way + column, cases), [], None
    for _ in range(20):
        page = queues.page(cases, after, size, order)
        seen += page.rows
        if not page.following:
            break
        after = Place.read(page.following, order)
    whole = queues.page(cases, size=50, order=order).rows
    assert [case.pk for case in seen] == [case.pk for case in whole]
    assert sorted(case.pk for case in seen) == sorted(ServiceRequest.objects.values_list("pk", flat=True))


def test_a_column_sorts_one_way_then_the_other(waiting, cast, signed_in):
    for name in ("Koffi", "Awa", "Zinsou"):
        waiting(name)
    client = signed_in(cast.sena)

    def shown(sort):
        page = client.get("/agent/", {"sort": sort}).content.decode()
        return re.findall(r"<td data-label=\"Demandeur\"><span>(\w+)", page), page

    names, page = shown("name")
    assert names == ["Awa", "Koffi", "Zinsou"]
    assert page.count('aria-sort="ascending"') == 1
    assert "sort=-name" in page
    assert shown("-name")[0] == ["Zinsou", "Koffi", "Awa"]


def test_those_without_a_promise_come_last_both_ways(waiting, cast):
    promised, without = waiting(), waiting(due_on=None)
    cases = queues.cases_of(cast.first, Looked(), cast.sena)
    for sort in ("due", "-due"):
        assert queues.page(cases, order=order_named(sort, cases)).rows == [promised, without]


def test_a_name_never_stands_in_the_address_of_a_page(waiting, cast):
    for name in ("Awa", "Koffi", "Zinsou"):
        waiting(name)
    cases = queues.cases_of(cast.first, Looked(), cast.sena)
    following = queues.page(cases, size=1, order=order_named("name", cases)).following
    assert following == f".{ServiceRequest.objects.get(applicant_name='Awa').pk}"


# -- Views --------------------------------------------------------------------------------------


def test_a_view_is_kept_opened_renamed_and_erased(waiting, cast, signed_in):
    waiting("Awa Dossou", days_ago=10)
    waiting("Koffi Agossa")
    client = signed_in(cast.sena)
    answer = client.post("/agent/vues/garder/", {"name": " Les  vieilles ", "query": "days=5&evil=1&after=x.1"})
    view = SavedView.objects.get()
    assert (view.user, view.name, view.query) == (cast.sena, "Les vieilles", "days=5")
    assert answer.url == "/agent/?days=5"
    page = client.get(answer.url)
    assert "Les vieilles" in text_of(page)
    assert "Koffi Agossa" not in text_of(page)
    client.post(f"/agent/vues/{view.pk}/renommer/", {"name": "Anciennes"})
    assert "Anciennes" in text_of(client.get("/agent/vues/"))
    assert "Anciennes" in text_of(client.get("/agent/"))
    client.post(f"/agent/vues/{view.pk}/effacer/", follow=True)
    assert not SavedView.objects.exists()
    assert "Anciennes" not in text_of(client.get("/agent/"))
    assert ServiceRequest.objects.count() == 2


def test_a_view_without_a_name_or_with_a_name_taken_is_refused(cast, signed_in):
    client = signed_in(cast.sena)
    answer = client.post("/agent/vues/garder/", {"name": "  ", "query": "days=5"}, follow=True)
    assert "Donnez un nom à cette vue." in text_of(answer)
    for name in ("Une", "Deux"):
        client.post("/agent/vues/garder/", {"name": name, "query": "days=5"})
    two = SavedView.objects.get(name="Deux")
    answer = client.post(f"/agent/vues/{two.pk}/renommer/", {"name": "Une"}, follow=True)
    assert "Vous avez déjà une vue de ce nom." in text_of(answer)


def test_nobody_sees_or_touches_the_views_of_somebody_else(cast, signed_in):
    view = SavedView.objects.create(user=cast.sena, name="Secrète", query="days=5")
    client = signed_in(cast.other_clerk)
    assert "Secrète" not in text_of(client.get("/agent/")) + text_of(client.get("/agent/vues/"))
    assert client.post(f"/agent/vues/{view.pk}/renommer/", {"name": "À moi"}).status_code == 404
    assert client.post(f"/agent/vues/{view.pk}/effacer/").status_code == 404
    assert SavedView.objects.get().name == "Secrète"


# -- Labels -------------------------------------------------------------------------------------


@pytest.fixture
def urgent(cast):
    return labelling.create(cast.first, by=cast.mahugnon, name="Urgent", tone="red")


def test_a_label_is_put_shown_looked_for_and_taken_off(filed_case, cast, signed_in, urgent):
    case, client = filed_case(), signed_in(cast.sena)
    filed_case(surname="Autre")
    address = f"/agent/demande/{case.reference}/"
    for _ in range(2):  # twice is once
        client.post(f"{address}etiqueter/", {"label": urgent.pk})
    assert 'label-red">Urgent' in client.get("/agent/").content.decode()
    assert listed(cast, label=urgent.pk) == [case]
    assert "Urgent" in text_of(read_by(client, case))
    client.post(f"{address}etiquette/{urgent.pk}/retirer/")
    assert listed(cast, label=urgent.pk) == []
    acts = JournalEntry.objects.filter(obj=case.obj, act__in=["case.label", "case.unlabel"]).order_by("seq")
    assert [(entry.act, entry.by) for entry in acts] == [("case.label", cast.sena), ("case.unlabel", cast.sena)]


def test_only_those_of_the_office_label_its_cases(filed_case, cast, signed_in, auditor, urgent):
    case = filed_case()
    for user in (cast.codjo, cast.ines, auditor):
        answer = signed_in(user).post(f"/agent/demande/{case.reference}/etiqueter/", {"label": urgent.pk})
        assert answer.status_code == 404
    assert not case.case_labels.exists()
    signed_in(cast.fifame).post(f"/agent/demande/{case.reference}/etiqueter/", {"label": urgent.pk})
    assert case.case_labels.count() == 1


def test_the_label_of_another_office_is_not_there(filed_case, cast, signed_in):
    theirs = Label.objects.create(name="Du 5e", office=cast.fifth)
    everywhere = Label.objects.create(name="De la mairie")
    case, client = filed_case(), signed_in(cast.sena)
    address = f"/agent/demande/{case.reference}/etiqueter/"
    assert client.post(address, {"label": theirs.pk}).status_code == 404
    assert client.post(address, {"label": "x"}).status_code == 404
    assert client.post(address, {"label": everywhere.pk}).status_code == 302


def test_the_head_of_the_office_creates_renames_and_retires(filed_case, cast, signed_in, urgent):
    case, client = filed_case(), signed_in(cast.mahugnon)
    labelling.put(case, urgent, by=cast.sena)
    client.post("/agent/etiquettes/arrondissement-1/nouvelle/", {"name": "Sensible", "tone": "blue"})
    assert Label.objects.get(name="Sensible").office == cast.first
    client.post(f"/agent/etiquettes/{urgent.pk}/changer/", {"name": "Pressé", "tone": "amber"})
    assert "Pressé" in text_of(client.get("/agent/etiquettes/"))
    client.post(f"/agent/etiquettes/{urgent.pk}/changer/", {"retire": "1"})
    assert not labelling.offered(cast.first).filter(name="Pressé").exists()
    assert "Pressé" in text_of(client.get("/agent/"))  # the case that bears it keeps it
    answer = client.post("/agent/etiquettes/arrondissement-1/nouvelle/", {"name": "pressé", "tone": "x"}, follow=True)
    assert "Cette étiquette existe déjà." in text_of(answer)


def test_nobody_but_the_head_manages_labels(cast, signed_in, urgent):
    for user in (cast.sena, cast.fifame, cast.codjo, cast.secretary):
        client = signed_in(user)
        assert client.get("/agent/etiquettes/").status_code == 404
        assert client.post("/agent/etiquettes/arrondissement-1/nouvelle/", {"name": "X"}).status_code == 404
        assert client.post(f"/agent/etiquettes/{urgent.pk}/changer/", {"name": "X"}).status_code == 404
    theirs = Label.objects.create(name="Du 5e", office=cast.fifth)
    assert signed_in(cast.mahugnon).post(f"/agent/etiquettes/{theirs.pk}/changer/", {"name": "X"}).status_code == 404
    assert set(Label.objects.values_list("name", flat=True)) == {"Urgent", "Du 5e"}


def test_many_labels_cost_no_more_queries(waiting, cast, signed_in):
    client, costs = signed_in(cast.sena), []
    client.get("/agent/")  # what is kept a few minutes is kept
    for turn in range(2):
        for rank in range(6):
            label = labelling.create(cast.first, by=cast.mahugnon, name=f"Étiquette {turn} {rank}")
            labelling.put(waiting(), label, by=cast.sena)
        queue_lists.forget_labels(cast.first)
        client.get("/agent/")
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/agent/")
        costs.append(len(queries))
        assert f"Étiquette {turn} 5" in text_of(page)
    assert costs[1] <= costs[0] <= 10


# -- The auditor --------------------------------------------------------------------------------


def test_the_auditor_looks_at_every_office_and_takes_nothing(filed_case, signed_in, auditor):
    case = filed_case()
    client = signed_in(auditor)
    page = text_of(client.get("/agent/arrondissement-1/"))
    assert case.applicant_name in page
    assert "Nouvelle demande" not in page
    assert "Exporter" not in page
    assert client.get("/agent/arrondissement-5/").status_code == 200
    assert client.get(f"/agent/demande/{case.reference}/").status_code == 200
    for path in ("export.csv", "export.xlsx"):
        assert client.get(f"/agent/arrondissement-1/{path}").status_code == 404
    assert client.post(f"/agent/demande/{case.reference}/prendre/").status_code == 404


def test_yesterdays_auditor_looks_at_nothing(filed_case, signed_in, auditor):
    Posting.objects.filter(user=auditor).update(
        starts=TODAY - datetime.timedelta(9), ends=TODAY - datetime.timedelta(1)
    )
    assert signed_in(auditor).get("/agent/arrondissement-1/").status_code in (302, 404, 200)
    assert "Aucun bureau" in text_of(signed_in(auditor).get("/agent/"))
    assert signed_in(auditor).get(f"/agent/demande/{filed_case().reference}/").status_code == 404


# -- The file for a spreadsheet -----------------------------------------------------------------


def workbook(client, **looked):
    answer = client.get("/agent/arrondissement-1/export.xlsx", looked)
    assert answer.status_code == 200
    assert answer["Content-Type"] == sheets.XLSX_TYPE
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active


def test_the_workbook_holds_the_rows_of_the_filter_in_their_order(waiting, cast, signed_in, urgent):
    old = waiting("Ƒɛmi «Zoé» & <Awa>", days_ago=10, assigned_to=cast.sena)
    waiting("Koffi")
    labelling.put(old, urgent, by=cast.sena)
    rows = list(workbook(signed_in(cast.sena), sort="-name").iter_rows(values_only=True))
    assert rows[0][:3] == ("Numéro de suivi", "Démarche", "Demandeur")
    assert [row[2] for row in rows[1:]] == ["Ƒɛmi «Zoé» & <Awa>", "Koffi"]
    assert rows[1][6].date() == TODAY - datetime.timedelta(10)
    assert (rows[1][8], rows[1][10]) == ("Sena", "Urgent")
    assert len(list(workbook(signed_in(cast.sena), days="5").iter_rows())) == 2


@pytest.mark.parametrize("formula", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "=cmd|' /C calc'!A0"])
def test_no_text_of_a_workbook_is_a_formula(waiting, cast, signed_in, formula):
    waiting(formula)
    cell = workbook(signed_in(cast.sena)).cell(2, 3)
    assert cell.data_type != "f"
    assert str(cell.value).strip() == formula.strip()


def test_a_workbook_is_sent_while_it_is_made_and_its_memory_stays_flat():
    held = [len(part) for part in sheets.xlsx_bytes("x", ["a"], ([f"{n:064x}{n * 7919:064x}"] for n in range(60_000)))]
    assert len(held) > 5
    assert max(held) < 3 * sheets.CHUNK


def test_what_xml_cannot_say_is_left_out():
    book = io.BytesIO(b"".join(sheets.xlsx_bytes("a/b:c", ["h"], [["x\x00\x0b\ud800y"], [None], [12]])))
    assert zipfile.ZipFile(book).testzip() is None
    sheet = openpyxl.load_workbook(book).active
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["h", "x   y", None, 12]


def test_taking_a_workbook_away_is_written_in_the_journal(waiting, cast, signed_in):
    waiting()
    workbook(signed_in(cast.sena))
    entry = JournalEntry.objects.get(obj="queue:arrondissement-1")
    assert (entry.by, entry.chain, entry.reason) == (cast.sena, "reads", "export")


def test_the_next_page_keeps_filters_and_sort(waiting, cast, signed_in):
    for rank in range(queues.PAGE_ROWS + 2):
        waiting(f"Nom {rank:02d}", days_ago=10)
    client = signed_in(cast.sena)
    page = client.get("/agent/", {"sort": "-filed", "days": "5"}).content.decode()
    link = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    asked = parse_qs(urlsplit(link).query)
    assert (asked["sort"], asked["days"]) == (["-filed"], ["5"])
    assert client.get(f"/agent/{link}").content.decode().count('class="reference"') == 2
