"""Every emergency slip is accounted for: used with its hour, spoiled, lost, or named as missing."""

import datetime
import io
import zipfile

import pikepdf
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements import calendar, journal
from arrondissements.codes import new_code
from arrondissements.models import JournalEntry
from portal.demo import cases
from requests_app import workflow
from requests_app.models import Channel, EmergencySlip, ServiceRequest, SlipState
from requests_app.states import State
from requests_app.walk_ins import slip_sheet, slips
from tests.requests_app.desk import text_of
from tests.requests_app.test_counter import typed
from tests.together import all_at_once

pytestmark = pytest.mark.django_db

LIST = "/agent/bordereaux/arrondissement-1/"


@pytest.fixture
def batch(cast):
    """Six slips printed a week ago, before the power went."""
    printed = slips.print_batch(cast.first, 6, by=cast.mahugnon)
    EmergencySlip.objects.update(printed_at=timezone.now() - datetime.timedelta(days=7))
    return list(EmergencySlip.objects.filter(pk__in=[slip.pk for slip in printed]).select_related("office"))


def yesterday(hour=9, minute=30):
    day = timezone.localdate() - datetime.timedelta(days=1)
    return datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=timezone.get_current_timezone())


def keyed(slip, draft, cast, **options):
    case = draft("certificat-vie", channel=Channel.COUNTER, **options)
    return slips.key_in(slip, case, received_at=yesterday(), by=cast.fifame)


# -- Printed ------------------------------------------------------------------------------------


def test_the_head_of_the_office_prints_a_batch_and_the_numbers_follow_each_other(signed_in, cast):
    head = signed_in(cast.mahugnon)
    for count in (4, 3):
        assert head.post(LIST, {"count": count}).status_code == 302
    assert list(EmergencySlip.objects.order_by("serial").values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6, 7]
    assert EmergencySlip.objects.values("code").distinct().count() == 7
    answer = head.get(f"{LIST}feuille.pdf?first=1&last=7")
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 3
    assert JournalEntry.objects.filter(act__in=["slips.printed", "slips.sheet"]).count() == 3


@pytest.mark.parametrize("count", ["0", "61", "x", ""])
def test_a_batch_has_from_one_to_sixty_slips(signed_in, cast, count):
    assert signed_in(cast.mahugnon).post(LIST, {"count": count}).status_code == 422
    assert not EmergencySlip.objects.exists()


@pytest.mark.parametrize("login", ["sena", "fifame"])
def test_only_the_head_prints(signed_in, cast, login, batch):
    client = signed_in(getattr(cast, login))
    assert client.get(LIST).status_code == 200
    assert client.post(LIST, {"count": 3}).status_code == 404
    assert client.get(f"{LIST}feuille.pdf?first=1&last=6").status_code == 404


def test_another_office_sees_neither_the_list_nor_a_slip(signed_in, cast, batch):
    codjo = signed_in(cast.codjo)
    assert codjo.get(LIST).status_code == 404
    assert codjo.get(f"/agent/bordereau/{batch[0].code}/").status_code == 404
    assert codjo.get(f"/agent/guichet/certificat-vie/?bordereau={batch[0].code}").status_code == 404


def test_the_qr_of_a_slip_opens_its_page(signed_in, cast, batch, settings):
    address = slip_sheet.address_of(batch[0])
    assert address.startswith(settings.SITE_BASE_URL)
    page = text_of(signed_in(cast.fifame).get(address.removeprefix(settings.SITE_BASE_URL)))
    assert "Quelle démarche est écrite dessus" in page
    assert f"?bordereau={batch[0].code}" in page


# -- Keyed in -----------------------------------------------------------------------------------


def test_a_slip_typed_at_the_counter_counts_from_the_hour_written_on_it(
    signed_in, cast, batch, catalogue, private_files
):
    fifame, at = signed_in(cast.fifame), yesterday()
    posted = typed() | {
        "_slip": batch[2].code, "_day": f"{at:%Y-%m-%d}", "_hour": f"{at:%H:%M}", "_seen-identity": "on",
    }  # fmt: skip
    page = fifame.get(f"/agent/guichet/certificat-vie/?bordereau={batch[2].code}")
    assert "Bordereau de secours n° 00003" in text_of(page)
    answer = fifame.post("/agent/guichet/certificat-vie/", posted)
    assert answer.status_code == 302, text_of(answer)
    case = ServiceRequest.objects.get(state=State.SUBMITTED)
    slip = EmergencySlip.objects.get(pk=batch[2].pk)
    assert (slip.state, slip.case, slip.received_at, slip.closed_by) == (SlipState.USED, case, at, cast.fifame)
    assert case.submitted_at == at
    days = case.version.processing_days
    assert case.promised_on == calendar.add_working_days(
        calendar.counted_from(at, case.office_id), days, case.office_id
    )
    line = JournalEntry.objects.get(obj=case.obj, act="case.keyed_in")
    assert journal.details_of(line)["received_at"] == at.isoformat()
    assert line.at > at  # and it says when it was typed


@pytest.mark.parametrize(
    ("moved", "sentence"),
    [
        (datetime.timedelta(hours=2), "n’est pas encore passée"),
        (-datetime.timedelta(days=8), "a été imprimé le"),
    ],
)
def test_an_hour_to_come_or_before_the_paper_was_printed_is_refused(signed_in, cast, batch, catalogue, moved, sentence):
    at = timezone.localtime(timezone.now() + moved)
    posted = typed() | {
        "_slip": batch[0].code, "_day": f"{at:%Y-%m-%d}", "_hour": f"{at:%H:%M}", "_seen-identity": "on",
    }  # fmt: skip
    answer = signed_in(cast.fifame).post("/agent/guichet/certificat-vie/", posted)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not ServiceRequest.objects.exclude(state=State.DRAFT).exists()
    with pytest.raises(IntegrityError), transaction.atomic():  # the row refuses it too
        EmergencySlip.objects.filter(pk=batch[0].pk).update(received_at=timezone.now() - datetime.timedelta(days=30))


def test_a_slip_is_keyed_in_once_and_the_second_request_stays_a_draft(draft, cast, batch):
    keyed(batch[0], draft, cast)
    with pytest.raises(workflow.Refused, match="déjà « saisi »"):
        keyed(batch[0], draft, cast, surname="AUTRE", phone="+2290196000077", name="Autre Personne")
    assert ServiceRequest.objects.filter(state=State.DRAFT).count() == 1


def test_a_lost_slip_that_is_found_again_is_keyed_in_and_a_spoiled_one_is_not(draft, cast, batch):
    slips.put_away(batch[0], SlipState.LOST, "Tombé derrière le meuble", by=cast.fifame)
    keyed(batch[0], draft, cast)
    slips.put_away(batch[1], SlipState.SPOILED, "Encre renversée", by=cast.fifame)
    with pytest.raises(workflow.Refused, match="gâché"):
        keyed(batch[1], draft, cast, surname="AUTRE", phone="+2290196000077", name="Autre Personne")


def test_what_was_spoiled_says_why(signed_in, cast, batch):
    fifame = signed_in(cast.fifame)
    address = f"/agent/bordereau/{batch[0].code}/"
    assert fifame.post(address, {"state": "SPOILED", "note": ""}).status_code == 422
    assert fifame.post(address, {"state": "USED", "note": "x"}).status_code == 422
    assert fifame.post(address, {"state": "SPOILED", "note": "Mouillé"}).status_code == 302
    assert EmergencySlip.objects.get(pk=batch[0].pk).note == "Mouillé"
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencySlip.objects.filter(pk=batch[1].pk).update(state="LOST")


# -- The report ---------------------------------------------------------------------------------


def test_the_report_names_what_is_missing_and_only_that(signed_in, cast, batch, draft):
    slips.put_away(batch[1], SlipState.SPOILED, "Mouillé", by=cast.fifame)
    slips.put_away(batch[2], SlipState.LOST, "Introuvable", by=cast.fifame)
    keyed(batch[3], draft, cast)
    counted = slips.counted(cast.first)
    assert (counted.printed, counted.used, counted.spoiled, counted.lost, counted.blank, counted.missing) == (
        6, 1, 1, 1, 3, 1,
    )  # fmt: skip
    missing = slips.of_office(cast.first, slips.MISSING)
    assert [slip.serial for slip in missing] == [1]  # 5 and 6 wait in the drawer
    page = text_of(signed_in(cast.mahugnon).get(LIST))
    assert page.count("bad-text") == 1


def test_the_export_gives_the_chain_of_who_and_when_and_no_formula(signed_in, cast, batch, draft):
    slips.put_away(batch[0], SlipState.LOST, '=HYPERLINK("http://x")', by=cast.fifame)
    head = signed_in(cast.mahugnon)
    lines = b"".join(head.get(f"{LIST}export.csv").streaming_content).decode().splitlines()
    assert len(lines) == 7
    lost = next(line for line in lines if line.startswith("00001"))
    assert "Fifame" in lost
    assert "Mahugnon" in lost
    assert "'=HYPERLINK" in lost
    book = b"".join(head.get(f"{LIST}export.xlsx?state=LOST").streaming_content)
    with zipfile.ZipFile(io.BytesIO(book)) as file:
        assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")


def test_the_report_asks_no_more_with_more_slips(signed_in, cast, batch):
    head = signed_in(cast.mahugnon)
    head.get(LIST)

    def asked():
        with CaptureQueriesContext(connection) as seen:
            head.get(LIST)
        return len(seen)

    before = asked()
    slips.print_batch(cast.first, 30, by=cast.mahugnon)
    assert asked() == before <= 13


# -- Everybody at once --------------------------------------------------------------------------


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_batches_printed_at_once_share_no_number(cast):
    results = all_at_once(8, lambda _: slips.print_batch(cast.first, 5, by=cast.mahugnon))
    assert all(isinstance(result, list) for result in results)
    assert sorted(EmergencySlip.objects.values_list("serial", flat=True)) == list(range(1, 41))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_batches_would_want_the_same_number(cast):
    """Negative control: the same race, the serial read without the lock of the office."""

    def unlocked(_):
        with transaction.atomic():
            last = EmergencySlip.objects.filter(office=cast.first).aggregate(last=Max("serial"))["last"] or 0
            EmergencySlip.objects.create(
                office=cast.first, serial=last + 1, code=new_code(slips.SYMBOLS), printed_by=cast.mahugnon
            )

    results = all_at_once(8, unlocked)
    assert any(isinstance(result, IntegrityError) for result in results)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_type_the_same_slip_file_one_request(cast, draft):
    slip = slips.print_batch(cast.first, 1, by=cast.mahugnon)[0]
    EmergencySlip.objects.update(printed_at=timezone.now() - datetime.timedelta(days=7))
    people = ["Abla", "Bona", "Codjo", "Dossa"]
    drafts = [
        draft("certificat-vie", name=who, phone=f"+22901960001{rank:02d}", surname=who.upper())
        for rank, who in enumerate(people)
    ]

    def type_it(i):
        same = EmergencySlip.objects.select_related("office").get(pk=slip.pk)
        return slips.key_in(same, ServiceRequest.objects.get(pk=drafts[i].pk), received_at=yesterday(), by=cast.fifame)

    results = all_at_once(4, type_it)
    assert {type(result) for result in results} == {ServiceRequest, workflow.Refused}, results
    assert sum(isinstance(result, ServiceRequest) for result in results) == 1
    assert ServiceRequest.objects.filter(state=State.SUBMITTED).count() == 1
    assert cases.LIFE.service == drafts[0].version.service.slug
