"""Typing errors corrected by the office, and motives of refusal."""

import datetime
import re

import pytest
from django.utils import timezone, translation

from arrondissements.models import JournalEntry, OutboxMessage
from requests_app import workflow
from requests_app.catalogue.models import RejectionMotive, Service
from requests_app.dossier import amending
from requests_app.models import (
    Correction,
)
from requests_app.moving import Refused, TooLate
from requests_app.states import State
from tests.requests_app.desk import read_by, text_of
from tests.requests_app.dossier.looking import page_of, stored

pytestmark = pytest.mark.django_db


# -- Typing errors ------------------------------------------------------------------------------


def test_a_typing_error_is_corrected_with_both_values_and_the_citizen_is_told(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW, email="awa@example.org")
    client, page = signed_in(cast.sena), f"{page_of(case)}corriger/birth_place/"
    typed = {"birth_place": "Ouidah", "amended_because": "L’acte joint dit Ouidah."}
    before = stored(case).answers["birth_place"]
    look = text_of(client.post(page, typed))
    assert re.search(rf"<del>{before}</del>.*<ins>Ouidah</ins>", look)
    assert "une réponse de la demande" in look  # the words of the SMS
    assert stored(case).answers["birth_place"] == before
    assert client.post(page, typed | {"confirm": "1"}).url == page_of(case)
    assert stored(case).answers["birth_place"] == "Ouidah"
    row = Correction.objects.get()
    assert (row.before, row.after, row.by, row.reason) == (before, "Ouidah", cast.sena, "L’acte joint dit Ouidah.")
    email = OutboxMessage.objects.get(kind="email", key__startswith="amended").payload["body"]
    for words in (before, "Ouidah", "L’acte joint dit Ouidah.", "pas d’accord"):
        assert words in email
    sms = OutboxMessage.objects.get(kind="sms", key__startswith="amended").payload["text"]
    assert "Ouidah" not in sms
    assert len(sms) <= 160
    line = JournalEntry.objects.get(obj=case.obj, act="case.amend")
    assert b"Ouidah" not in bytes(line.body)


def test_the_name_of_the_applicant_is_corrected_and_found_again(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    words = {"name": "Chabi Gnanvi", "amended_because": "Faute de frappe.", "confirm": "1"}
    signed_in(cast.sena).post(f"{page_of(case)}corriger/nom/", words)
    now = stored(case)
    assert (now.applicant_name, now.applicant_key) == ("Chabi Gnanvi", "chabi gnanvi")
    assert "cabi" in set(now.search_keys.values_list("key", flat=True))
    assert "Chabi Gnanvi" in text_of(signed_in(cast.sena).get(page_of(case)))


def test_a_correction_says_why_and_changes_something(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    client, page = signed_in(cast.sena), f"{page_of(case)}corriger/birth_place/"
    assert client.post(page, {"birth_place": "Ouidah", "confirm": "1"}).status_code == 422
    same = {"birth_place": case.answers["birth_place"], "amended_because": "Rien.", "confirm": "1"}
    assert client.post(page, same).status_code == 409
    assert client.post(page, {"birth_place": "", "amended_because": "Vide.", "confirm": "1"}).status_code == 422
    assert not Correction.objects.exists()


@pytest.mark.parametrize("state", [State.NEEDS_INFORMATION, State.ACCEPTED, State.READY])
def test_nothing_is_corrected_after_the_decision_or_while_the_citizen_answers(filed_case, cast, state):
    case = stored(filed_case(state=state))
    with pytest.raises(Refused):
        amending.amend(case, by=cast.sena, given={"birth_place": "Ouidah"}, reason="Trop tard.")
    assert not Correction.objects.exists()


def test_two_corrections_at_once_do_not_lose_one(filed_case, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    first, second = stored(case), stored(case)
    amending.amend(first, by=cast.sena, given={"birth_place": "Ouidah"}, reason="Une.")
    with pytest.raises(TooLate):
        amending.amend(second, by=cast.rekia, given={"birth_place": "Abomey"}, reason="Deux.")
    assert stored(case).answers["birth_place"] == "Ouidah"


def test_a_question_that_was_not_asked_is_not_there(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.sena)
    for key in ("inconnue", "identity"):
        assert client.get(f"{page_of(case)}corriger/{key}/").status_code == 404
    assert signed_in(cast.fifame).get(f"{page_of(case)}corriger/nom/").status_code == 404


# -- Motives ------------------------------------------------------------------------------------


def test_an_old_refusal_keeps_its_words(filed_case, signed_in, cast, motive):
    case = filed_case(state=State.UNDER_REVIEW)
    workflow.reject(case, by=cast.sena, motive=motive)
    RejectionMotive.objects.filter(pk=motive.pk).update(
        label_i18n={"fr": "Tout autre chose", "en": "Else"}, legal_basis_i18n={}, is_active=False
    )
    page = text_of(read_by(signed_in(cast.sena), case))
    for words in ("Dossier vide", "Recommencez.", "Article à confirmer"):
        assert words in page
    assert "Tout autre chose" not in page
    with translation.override("en"):
        assert stored(case).refused_because["label"] == "Empty file"


@pytest.mark.parametrize(
    ("changed", "chosen"),
    [
        ({}, True),
        ({"starts": 0, "ends": 0}, True),
        ({"starts": 1}, False),
        ({"ends": -1}, False),
        ({"is_active": False}, False),
    ],
)
def test_only_a_motive_in_force_today_is_chosen(filed_case, signed_in, cast, motive, changed, chosen):
    today = timezone.localdate()
    days = {name: today + datetime.timedelta(days=by) for name, by in changed.items() if name != "is_active"}
    RejectionMotive.objects.filter(pk=motive.pk).update(**changed | days)
    case, client = filed_case(state=State.UNDER_REVIEW), signed_in(cast.sena)
    assert ("Dossier vide" in text_of(client.get(f"{page_of(case)}refuser/"))) == chosen
    answer = client.post(f"{page_of(case)}refuser/", {"motive": motive.pk})
    assert answer.status_code == (302 if chosen else 422)
    if not chosen:
        with pytest.raises(Refused):
            workflow.reject(stored(case), by=cast.sena, motive=motive)


def test_a_motive_of_another_service_is_not_offered(filed_case, signed_in, cast, motive):
    motive.services.set([Service.objects.get(slug="permis-inhumer")])
    case, client = filed_case(state=State.UNDER_REVIEW), signed_in(cast.sena)
    assert "Dossier vide" not in text_of(client.get(f"{page_of(case)}refuser/"))
    motive.services.add(Service.objects.get(slug="certificat-vie"))
    page = text_of(client.get(f"{page_of(case)}refuser/"))
    assert page.count("Dossier vide") == 1
