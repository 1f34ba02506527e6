"""A piece already given is taken again: the same person, a proven phone, her consent, a copy of its own."""

import pytest
from django.urls import reverse

from arrondissements.models import JournalEntry
from requests_app import filing
from requests_app.evidence import erasing
from requests_app.models import Evidence, FileState, ServiceRequest
from tests.requests_app.citizen import begun, filled, last_code, page, sent

pytestmark = pytest.mark.django_db

CONTACT = {"name": "Awa Dossou", "phone": "01 96 00 00 02", "email": ""}
OFFER = "Reprendre ce fichier"


def earlier(client):
    """The identity paper of a filed request of Awa."""
    case = filled(client)
    sent(client, case)
    return case.evidence.get()


def new_draft(client, **contact):
    case = begun(client, "permis-inhumer")
    client.post(page(case, "contact"), CONTACT | contact)
    case.refresh_from_db()
    return case


def prove(client, phone="01 96 00 00 02", e164="+2290196000002"):
    client.post(reverse("requests:phone"), {"phone": phone})
    client.post(reverse("requests:phone-code"), {"code": last_code(e164)})


def take(client, case, file, *, consent=True):
    data = {"reuse": str(file.pk)} | ({"consent": str(file.pk)} if consent else {})
    return client.post(page(case, "evidence"), data)


def test_a_piece_given_before_is_taken_again_with_consent(awa, private_files):
    source = earlier(awa)
    case = new_draft(awa)
    prove(awa)
    shown = awa.get(page(case, "evidence"))
    assert OFFER in shown.text
    assert source.original_name in shown.text
    assert take(awa, case, source).status_code == 303
    copy = case.evidence.get()
    assert (copy.piece, copy.state, copy.reused_from, copy.sha256) == (
        "identity", FileState.AVAILABLE, source, source.sha256,
    )  # fmt: skip
    assert copy.file.name != source.file.name
    assert (private_files / copy.file.name).read_bytes() == (private_files / source.file.name).read_bytes()
    assert JournalEntry.objects.filter(act="evidence.reused", obj=case.obj).count() == 1
    assert OFFER not in awa.get(page(case, "evidence")).text  # it is there
    take(awa, case, source)
    assert case.evidence.count() == 1


def test_without_consent_nothing_is_copied(awa):
    source, case = earlier(awa), new_draft(awa)
    prove(awa)
    answer = take(awa, case, source, consent=False)
    assert answer.status_code == 422
    assert "donner votre accord" in answer.text
    assert not case.evidence.exists()


def test_before_the_phone_is_proven_nothing_is_offered_and_nothing_is_told(awa):
    source, case = earlier(awa), new_draft(awa)
    shown = awa.get(page(case, "evidence"))
    assert OFFER not in shown.text
    assert "Montrez que ce téléphone est à vous" in shown.text
    take(awa, case, source)
    assert not case.evidence.exists()
    stranger = new_draft(awa, phone="01 95 00 00 09")  # somebody who never gave anything reads the same
    assert "Montrez que ce téléphone est à vous" in awa.get(page(stranger, "evidence")).text


def test_the_proof_of_another_phone_opens_nothing(awa):
    source = earlier(awa)
    prove(awa)
    case = new_draft(awa, phone="01 95 00 00 09")
    take(awa, case, source)
    assert not case.evidence.exists()


def test_another_person_of_the_same_phone_is_offered_nothing(awa):
    source = earlier(awa)
    case = new_draft(awa, name="Koffi Dossou")
    prove(awa)
    assert OFFER not in awa.get(page(case, "evidence")).text
    take(awa, case, source)
    assert not case.evidence.exists()


def test_accents_and_capitals_do_not_make_another_person(awa):
    earlier(awa)
    case = new_draft(awa, name="AWA  Dossoù")
    prove(awa)
    assert OFFER in awa.get(page(case, "evidence")).text


@pytest.mark.parametrize("state", [FileState.QUARANTINE, FileState.INFECTED, FileState.PURGED])
def test_only_a_checked_file_is_taken_again(awa, state):
    source, case = earlier(awa), new_draft(awa)
    prove(awa)
    Evidence.objects.filter(pk=source.pk).update(state=state)
    assert OFFER not in awa.get(page(case, "evidence")).text
    with pytest.raises(filing.RefusedFile):
        filing.reuse(case, source)


def test_a_piece_that_does_not_say_so_is_not_offered(awa):
    earlier(awa)
    grave = filled(awa, "permis-inhumer")
    sent(awa, grave)
    ServiceRequest.objects.filter(pk=grave.pk).update(applicant_name="Awa Dossou", phone="+2290196000002")
    case = new_draft(awa)
    prove(awa)
    shown = awa.get(page(case, "evidence"))
    offered = [file.piece for piece in shown.context["pieces"] for file in piece["earlier"]]
    assert set(offered) == {"identity"}


def test_the_copy_outlives_the_original(awa, private_files, django_capture_on_commit_callbacks):
    source, case = earlier(awa), new_draft(awa)
    copy = filing.reuse(case, source)
    path = private_files / copy.file.name
    with django_capture_on_commit_callbacks(execute=True):
        erasing.discard(source)
    copy.refresh_from_db()
    assert copy.reused_from is None
    assert path.exists()


def test_the_offer_costs_one_query_however_many_requests(awa, django_assert_max_num_queries):
    earlier(awa)
    case = new_draft(awa)
    prove(awa)
    awa.get(page(case, "evidence"))
    with django_assert_max_num_queries(14):
        awa.get(page(case, "evidence"))
