"""How what is ready reaches the citizen, by appointment or not, and who may complete what he accepted."""

import copy

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse

from requests_app import access, workflow
from requests_app.catalogue.models import Service
from requests_app.catalogue.publishing import definition_of, publish_definition
from requests_app.messaging.notices import notices
from requests_app.messaging.sms import segments
from requests_app.models import ServiceRequest
from requests_app.states import State
from tests.cast import HANDED
from tests.requests_app.citizen import LIFE, opened
from tests.requests_app.desk import read_by

pytestmark = pytest.mark.django_db
PREPARED = "attestation-recasement"


@pytest.fixture
def with_flow(catalogue):
    """`with_flow(flow, service)`: the service published anew with this circuit."""

    def _with_flow(flow, slug=LIFE):
        service = Service.objects.select_related("current").get(slug=slug)
        definition = copy.deepcopy(definition_of(service.current))
        return publish_definition(service, definition | {"flow": flow}) if flow else service.current

    return _with_flow


def fresh(case):
    return ServiceRequest.objects.select_related("version__service", "office", "document").get(pk=case.pk)


def sms_of(case):
    return next(payload["text"] for kind, payload, _key in notices(case, "ready", key="x") if kind == "sms")


# -- Delivery ---------------------------------------------------------------------------------------


def test_what_is_only_handed_over_is_not_downloaded(with_flow, filed_case, awa, cast):
    with_flow({"delivery": ["counter"]})
    case = filed_case(state=State.READY)
    opened(awa, case)
    page = awa.get(reverse("requests:case", args=[case.shown_reference]))
    assert "Il ne se télécharge pas" in page.text
    assert "document.pdf" not in page.text
    assert awa.get(reverse("requests:download", args=[case.shown_reference])).status_code == 404
    with pytest.raises(workflow.Refused, match="se retire au bureau"):
        workflow.download(fresh(case))
    assert fresh(case).state == State.READY
    workflow.deliver(fresh(case), by=cast.fifame, handed=HANDED)
    assert fresh(case).state == State.DELIVERED


def test_what_is_only_downloaded_is_not_handed_over(with_flow, filed_case, awa, cast, signed_in):
    with_flow({"delivery": ["download"]})
    case = filed_case(state=State.READY)
    with pytest.raises(workflow.Refused, match="le télécharge"):
        workflow.deliver(case, by=cast.fifame, handed=HANDED)
    assert "deliver" not in workflow.possible_acts(fresh(case), cast.fifame)
    opened(awa, case)
    assert "Il ne se retire pas au bureau" in awa.get(reverse("requests:case", args=[case.shown_reference])).text
    assert awa.get(reverse("requests:download", args=[case.shown_reference])).status_code == 200
    assert fresh(case).state == State.DELIVERED


def test_both_ways_when_nothing_is_said(filed_case, cast):
    """The near miss."""
    case = filed_case(state=State.READY)
    assert "deliver" in workflow.possible_acts(case, cast.fifame)
    workflow.download(case)
    assert fresh(case).state == State.DELIVERED


@pytest.mark.parametrize("delivery", [["download"], ["counter"], ["download", "counter"]])
def test_the_sms_says_the_way_in_one_segment(with_flow, filed_case, delivery):
    with_flow({"delivery": delivery})
    text = sms_of(filed_case())
    assert segments(text) == 1
    assert ("bureau" in text, "http" in text) == ("counter" in delivery, "download" in delivery)


# -- Appointment --------------------------------------------------------------------------------------


def test_an_appointment_is_told_before_on_the_receipt_and_on_the_case(with_flow, filed_case, awa):
    note = {"fr": "Appelez le bureau le matin.", "en": "Call the office in the morning."}
    start = reverse("requests:start", args=[LIFE])
    assert "rendez-vous est nécessaire" not in awa.get(start).text
    with_flow({"appointment": True, "appointment_note": note})
    case = filed_case()
    opened(awa, case)
    for address in (
        start,
        reverse("requests:receipt", args=[case.token]),
        reverse("requests:case", args=[case.shown_reference]),
    ):
        text = awa.get(address).text
        assert "rendez-vous est nécessaire" in text
        assert "Appelez le bureau le matin." in text


# -- Four eyes without a document -----------------------------------------------------------------------


@pytest.fixture
def accepted(with_flow, draft, cast):
    """`accepted(flow)`: a prepared request, accepted by the clerk of its office, with a colleague there."""
    from arrondissements.models import Posting, Role, User
    from tests.cast import SINCE

    def _accepted(flow):
        with_flow(flow, PREPARED)
        case = workflow.submit(draft(PREPARED))
        people = []
        for login in ("first_pair", "second_pair"):
            user = User.objects.create_user(login, last_name=login)
            Posting.objects.create(user=user, office=case.office, role=Role.CLERK, starts=SINCE)
            people.append(user)
        workflow.take(case, by=people[0])
        workflow.accept(case, by=people[0])
        return case, *people

    return _accepted


def test_who_accepts_does_not_complete_and_a_colleague_does(accepted, cast):
    case, first, second = accepted({"four_eyes": True})
    with pytest.raises(workflow.Refused, match="une autre personne"):
        workflow.complete(fresh(case), by=first)
    assert "complete" not in workflow.possible_acts(fresh(case), first)
    assert "complete" in workflow.possible_acts(fresh(case), second)
    with pytest.raises(PermissionDenied):
        workflow.complete(fresh(case), by=cast.codjo)
    workflow.complete(fresh(case), by=second)
    assert (fresh(case).state, fresh(case).signed_by) == (State.READY, second)


def test_the_database_keeps_four_eyes_too(accepted):
    case, first, _second = accepted({"four_eyes": True})
    with pytest.raises(IntegrityError, match="signatory_is_not_the_instructor"), transaction.atomic():
        ServiceRequest.objects.filter(pk=case.pk).update(signed_by=first)


def test_without_the_rule_one_person_does_both(accepted):
    """The near miss."""
    case, first, _second = accepted({})
    workflow.complete(fresh(case), by=first)
    assert fresh(case).state == State.READY


def test_the_case_page_says_who_must_complete(accepted, signed_in, site):
    case, first, second = accepted({"four_eyes": True})
    address = reverse("desk:case", args=[case.reference])
    assert "une autre personne de votre bureau" in signed_in(first).get(address).text
    assert "une autre personne de votre bureau" not in read_by(signed_in(second), case).text


def test_another_office_sees_404(accepted, cast):
    case, _first, _second = accepted({"four_eyes": True})
    with pytest.raises(Http404):
        access.workable(cast.codjo, case.reference, "complete")
