"""What a correction by the office changes beside the answer: the fee, the office of the rules; one item of a group."""

import copy
import re

import pytest
from django.utils import timezone

from arrondissements.models import JournalEntry, OutboxMessage
from requests_app import filing, workflow
from requests_app.catalogue.models import Service
from requests_app.catalogue.publishing import new_version, publish
from requests_app.dossier import amending, consequences
from requests_app.models import Correction
from requests_app.states import State
from tests.requests_app.catalogue.conftest import DEFINITION, field, text
from tests.requests_app.desk import text_of
from tests.requests_app.dossier.looking import page_of, stored

pytestmark = pytest.mark.django_db
FORM = [
    field("surname", "name"),
    field("given_names", "name"),
    field("home", "quartier"),
    field("copies", "integer"),
    field("minors", "group", min_items=1, fields=[field("full_name", "name"), field("birth", "date", limit="past")]),
]
COPY = {
    "key": "copy",
    "kind": "per_copy",
    "label": text("Copie"),
    "amount": 500,
    "quantity": "copies",
    "legal_basis": text("Arrêté d’essai"),
    "from": "2020-01-01",
}
MINORS = [{"full_name": "Sènan Dossou", "birth": "2015-05-03"}, {"full_name": "Rosine Dossou", "birth": "2017-01-01"}]
ANSWERS = {"surname": "Dossou", "given_names": "Awa", "home": "1:Dandji", "copies": 2, "minors": MINORS}
WHY = "L’acte joint le dit."


@pytest.fixture
def outing(catalogue, private_files):
    definition = copy.deepcopy(DEFINITION) | {
        "mode": "PREPARED_HERE",
        "document": {},
        "document_template": "",
        "signatory_role": "",
        "evidence": [],
        "fees": [COPY],
        "form": {"steps": [{"title": text("x"), "fields": FORM}]},
    }
    service = Service.objects.create(slug="sortie-de-mineurs", life_event="PAPERS")
    publish(new_version(service, definition))
    return Service.objects.select_related("current").get(pk=service.pk)


@pytest.fixture
def case(outing, cast):
    """A request of two copies (1 000 F), in the hands of Sèna."""
    case = filing.start(outing, language="fr")
    filing.save_step(case, 0, ANSWERS)
    filing.save_contact(case, name="Awa Dossou", phone="+2290197000001", email="awa@example.org")
    workflow.submit(case)
    workflow.take(case, by=cast.sena)
    return stored(case)


def born(year):
    """A first of January, as the boxes of the form send it."""
    return {"birth_day": "1", "birth_month": "1", "birth_year": str(year)}


def francs(words):
    return re.sub(r"[\u00a0\u202f]", " ", words)


def test_the_fee_follows_and_is_said_before_and_in_the_notice(case, signed_in, cast):
    assert case.quote.total == 1000
    client, page = signed_in(cast.sena), f"{page_of(case)}corriger/copies/"
    typed = {"copies": "3", "amended_because": WHY}
    look = francs(text_of(client.post(page, typed)))
    assert re.search(r"<del>1 000 F CFA.*</del>.*<ins>1 500 F CFA", look)
    assert stored(case).quote.total == 1000  # not confirmed yet
    assert client.post(page, typed | {"confirm": "1"}).url == page_of(case)
    assert stored(case).quote.total == 1500
    sms, letter = [OutboxMessage.objects.get(kind=kind, key__startswith="amended").payload for kind in ("sms", "email")]
    assert "1 500 F CFA" in francs(sms["text"])
    assert len(sms["text"]) <= 160
    assert "1 000 F CFA" in francs(letter["body"])
    assert "1 500 F CFA" in francs(letter["body"])
    assert "1 000 F CFA" in francs(text_of(client.get(page_of(case))))  # what it was stays readable


def test_what_costs_the_same_says_nothing_of_the_fee(case, cast):
    amending.amend(case, by=cast.sena, given={"surname": "Dossa"}, reason=WHY)
    assert [row.field for row in Correction.objects.all()] == ["surname"]
    assert "F CFA" not in OutboxMessage.objects.get(kind="sms", key__startswith="amended").payload["text"]


def test_another_office_is_offered_and_the_request_stays(case, signed_in, cast):
    client, page = signed_in(cast.sena), f"{page_of(case)}corriger/home/"
    typed = {"home": "5:Gbéto", "amended_because": WHY}
    look = text_of(client.post(page, typed))
    assert "Un autre bureau devient compétent" in look
    assert "5e arrondissement" in look
    done = text_of(client.post(page, typed | {"confirm": "1"}, follow=True))
    assert "La demande n’a pas bougé" in done
    assert stored(case).office == cast.first
    transfer = f"{page_of(case)}transmettre/?vers=arrondissement-5"
    assert transfer in done
    offered = client.get(transfer).content.decode()
    assert f'value="{cast.fifth.pk}" selected' in offered
    workflow.transfer(stored(case), by=cast.sena, to=cast.fifth, reason="Règle.")
    assert consequences.office_to_offer(stored(case)) is None


def test_the_same_office_offers_nothing(case, signed_in, cast):
    amending.amend(case, by=cast.sena, given={"surname": "Dossa"}, reason=WHY)
    page = text_of(signed_in(cast.sena).get(page_of(case)))
    assert "autre bureau est devenu compétent" not in page


def test_a_request_sent_by_hand_to_another_office_is_not_sent_back_by_a_correction(case, cast):
    workflow.transfer(case, by=cast.sena, to=cast.fifth, reason="Le dossier est au 5e.")
    here = stored(case)
    result = amending.amend(here, by=cast.codjo, given={"surname": "Dossa"}, reason=WHY)
    assert result.office is None
    assert consequences.office_to_offer(stored(case)) is None


def test_one_item_of_a_group_is_corrected_alone(case, signed_in, cast):
    client, page = signed_in(cast.sena), f"{page_of(case)}corriger/minors/2/"
    assert f"{page_of(case)}corriger/minors/2/" in text_of(client.get(page_of(case)))
    shown = client.get(page).content.decode()
    assert "Rosine Dossou" in shown
    typed = {"full_name": "Rosine Dossa", **born(2017), "amended_because": WHY}
    look = text_of(client.post(page, typed))
    assert re.search(r"<ins>.*Rosine Dossa.*</ins>", look)
    assert "Sènan" not in look  # only what differs
    assert client.post(page, typed | {"confirm": "1"}).url == page_of(case)
    assert stored(case).answers["minors"] == [MINORS[0], {"full_name": "Rosine Dossa", "birth": "2017-01-01"}]
    row = Correction.objects.get()
    assert (row.field, row.before) == ("minors", MINORS)
    line = JournalEntry.objects.get(obj=case.obj, act="case.amend")
    assert b"Rosine" not in bytes(line.body)


@pytest.mark.parametrize("address", ["minors", "minors/0", "minors/3", "surname/1", "nom/1"])
def test_what_is_no_item_is_not_there(case, signed_in, cast, address):
    assert signed_in(cast.sena).get(f"{page_of(case)}corriger/{address}/").status_code == 404


@pytest.mark.parametrize(("login", "status"), [("other_clerk", 200), ("fifame", 404), ("codjo", 404), ("koffi", 404)])
def test_an_item_is_corrected_by_who_instructs_here(case, signed_in, cast, login, status):
    answer = signed_in(getattr(cast, login)).get(f"{page_of(case)}corriger/minors/2/")
    assert answer.status_code == status


def test_an_item_that_is_wrong_is_refused(case, signed_in, cast):
    typed = {"full_name": "Rosine Dossa", **born(timezone.localdate().year + 1), "amended_because": WHY}
    answer = signed_in(cast.sena).post(f"{page_of(case)}corriger/minors/2/", typed | {"confirm": "1"})
    assert answer.status_code == 422
    assert stored(case).answers["minors"] == MINORS


def test_a_file_is_asked_of_the_citizen_already_ticked(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    client, link = signed_in(cast.sena), f"{page_of(case)}demander-un-complement/?marque=identity"
    assert link in text_of(client.get(page_of(case)))
    marked = client.get(link).content.decode()
    assert re.search(r'name="wrong-identity"[^>]* checked', marked)
    assert not re.search(r'name="wrong-birth_place"[^>]* checked', marked)
    assert "?marque=" not in text_of(signed_in(cast.fifame).get(page_of(case)))
