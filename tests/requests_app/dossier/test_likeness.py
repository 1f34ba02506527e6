"""Requests alike: seen side by side, said the same or not, closed."""

import datetime

import pytest
from django.utils import timezone

from arrondissements.models import JournalEntry, OutboxMessage
from requests_app import workflow
from requests_app.dossier import likeness
from requests_app.models import (
    DuplicateVerdict,
    ServiceRequest,
)
from requests_app.moving import Refused
from requests_app.states import State
from tests.requests_app.desk import text_of
from tests.requests_app.dossier.looking import page_of, readings, stored

pytestmark = pytest.mark.django_db


# -- Requests alike -----------------------------------------------------------------------------


def test_the_same_names_heard_or_the_same_phone_are_alike(filed_case):
    case = filed_case(name="Koffi Houngbédji", phone="+22901950000001")
    heard = filed_case(name="Coffi HOUNBEDJI", phone="+22901950000002")
    phone = filed_case(name="Afi Dossou", phone="+22901950000001")
    other = filed_case(name="Kossi Houngbédji", phone="+22901950000003")
    service = filed_case("permis-inhumer", name="Koffi Houngbédji", phone="+22901950000001")
    assert set(likeness.alike(case)) == {heard, phone}
    ServiceRequest.objects.filter(pk=heard.pk).update(submitted_at=timezone.now() - datetime.timedelta(days=91))
    from requests_app.models import SearchKey

    SearchKey.objects.filter(case=heard).update(submitted_at=timezone.now() - datetime.timedelta(days=91))
    assert set(likeness.alike(case)) == {phone}
    ServiceRequest.objects.filter(pk=phone.pk).update(submitted_at=timezone.now() - datetime.timedelta(days=91))
    assert not likeness.alike(case).exists()
    assert other.pk
    assert service.pk


def test_of_the_requests_of_other_offices_only_the_office_is_said(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    theirs = filed_case(residence="5:Gbéto", surname="AUTRE")
    page = text_of(signed_in(cast.sena).get(page_of(case)))
    assert "Une demande semblable existe ailleurs : Bureau du 5e arrondissement" in page
    assert theirs.shown_reference not in page
    assert signed_in(cast.sena).get(f"{page_of(case)}comparer/{theirs.reference}/").status_code == 404


def test_what_differs_is_marked_and_both_readings_are_written(filed_case, signed_in, cast):
    case, twin = filed_case(state=State.UNDER_REVIEW), filed_case(given_names="Autre Prénom")
    page = text_of(signed_in(cast.sena).get(f"{page_of(case)}comparer/{twin.reference}/"))
    assert "Autre Prénom" in page
    assert page.count('class="differs"') == 1
    assert "le même fichier" in page
    assert readings(case) == readings(twin) == [("sena", "compared")]


def test_a_request_that_is_not_alike_is_not_opened_by_comparing_it(filed_case, signed_in, cast):
    case = filed_case(name="Koffi Houngbédji", phone="+22901950000001", state=State.UNDER_REVIEW)
    stranger = filed_case(name="Afi Dossou", phone="+22901950000002")
    page = signed_in(cast.sena).get(f"{page_of(case)}comparer/{stranger.reference}/")
    assert "Afi Dossou" not in text_of(page)
    assert readings(stranger) == []


def test_the_same_is_said_then_one_is_closed_and_its_applicant_knows_which_goes_on(filed_case, signed_in, cast):
    case, twin = filed_case(state=State.UNDER_REVIEW), filed_case(given_names="Autre Prénom")
    client = signed_in(cast.sena)
    compare = f"{page_of(twin)}comparer/{case.reference}/"
    assert "Classer" not in text_of(client.get(compare))
    client.post(f"{compare}classer/")
    assert stored(twin).state == State.SUBMITTED  # nobody said they are the same
    client.post(f"{compare}verdict/", {"same": "1"})
    verdict = DuplicateVerdict.objects.get()
    assert (verdict.first, verdict.second, verdict.same, verdict.by) == (case, twin, True, cast.sena)
    assert f"La demande {case.shown_reference} continue" in text_of(client.get(compare))
    assert client.post(f"{compare}classer/").url == page_of(case)
    assert (stored(twin).state, stored(case).state) == (State.CLOSED, State.UNDER_REVIEW)
    sms = OutboxMessage.objects.get(kind="sms", key=f"duplicate:{twin.pk}:sms").payload["text"]
    assert case.shown_reference in sms
    assert len(sms) <= 160
    acts = JournalEntry.objects.filter(obj=twin.obj, chain="acts").order_by("seq").values_list("act", flat=True)
    assert list(acts)[-2:] == ["case.duplicate_same", "case.close_duplicate"]


def test_different_is_kept_and_closes_nothing(filed_case, signed_in, cast):
    case, twin = filed_case(state=State.UNDER_REVIEW), filed_case(given_names="Autre Prénom")
    client, compare = signed_in(cast.sena), f"{page_of(case)}comparer/{twin.reference}/"
    client.post(f"{compare}verdict/", {"same": "1"})
    client.post(f"{compare}verdict/", {"same": "0"})
    assert not DuplicateVerdict.objects.get().same
    assert "différente" in text_of(client.get(page_of(case)))
    with pytest.raises(Refused):
        workflow.close_duplicate(stored(twin), by=cast.sena, kept=stored(case))


def test_the_counter_compares_and_judges_nothing(filed_case, signed_in, cast):
    case, twin = filed_case(), filed_case(given_names="Autre Prénom")
    client, compare = signed_in(cast.fifame), f"{page_of(case)}comparer/{twin.reference}/"
    assert client.get(compare).status_code == 200
    assert client.post(f"{compare}verdict/", {"same": "1"}).status_code == 404
    assert not DuplicateVerdict.objects.exists()
