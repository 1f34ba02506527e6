"""A request handed to the office that is competent: off every desk, its citizen told where, its old office too."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arrondissements.models import OutboxMessage
from requests_app import labelling, workflow
from requests_app.models import Label, ServiceRequest
from requests_app.states import State
from tests.requests_app.desk import text_of

pytestmark = pytest.mark.django_db
SENT = "/agent/arrondissement-1/transmises/"


@pytest.fixture
def transferred(filed_case, cast):
    letters = iter("abcdefghijklmnop")

    def _transferred():
        case = filed_case(state=State.UNDER_REVIEW, surname=f"Nom {next(letters)}")
        workflow.transfer(case, by=cast.sena, to=cast.fifth, reason="Elle habite le 5e.")
        return case

    return _transferred


def test_the_citizen_reads_the_name_of_the_new_office(transferred, cast):
    case = transferred()
    messages = OutboxMessage.objects.filter(key__startswith=f"transferred:{case.pk}:")
    words = [message.payload.get("text") or message.payload["body"] for message in messages]
    assert len(words) == 2
    assert all("Bureau du 5e arrondissement" in text for text in words)


def test_the_labels_of_the_old_office_stay_behind_and_those_of_all_go_along(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    own = labelling.create(cast.first, by=cast.mahugnon, name="À rappeler")
    common = Label.objects.create(name="Personne âgée")
    for label in (own, common):
        labelling.put(case, label, by=cast.sena)
    workflow.transfer(case, by=cast.sena, to=cast.fifth, reason="Elle habite le 5e.")
    assert [worn.label for worn in case.case_labels.all()] == [common]


def test_the_old_office_sees_where_it_went_and_nothing_more(transferred, signed_in, cast):
    case = transferred()
    page = text_of(signed_in(cast.fifame).get(SENT))
    for words in (case.shown_reference, "Bureau du 5e arrondissement", "Elle habite le 5e.", "Déposée"):
        assert words in page
    for hidden in (case.applicant_name, case.answers["surname"], f"/agent/demande/{case.reference}/"):
        assert hidden not in page
    assert case.shown_reference not in text_of(signed_in(cast.codjo).get("/agent/arrondissement-5/transmises/"))


def test_what_another_office_handed_on_is_not_there(signed_in, cast):
    assert signed_in(cast.codjo).get(SENT).status_code == 404
    assert signed_in(cast.ines).get(SENT).status_code == 404


def test_the_new_office_has_it_on_nobodys_desk(transferred, signed_in, cast):
    case = ServiceRequest.objects.get(pk=transferred().pk)
    assert (case.office, case.state, case.assigned_to, case.instructed_by) == (cast.fifth, State.SUBMITTED, None, None)
    assert case.shown_reference in text_of(signed_in(cast.codjo).get("/agent/?assigned=nobody"))


def test_the_list_costs_the_same_for_many(transferred, signed_in, cast):
    client, costs = signed_in(cast.sena), []
    client.get(SENT)
    for _turn in range(2):
        transferred(), transferred()
        with CaptureQueriesContext(connection) as queries:
            client.get(SENT)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 9
