"""From an accepted request to its paper."""

import io

import pikepdf
import pytest
from django.utils import timezone

from arrondissements.delegations import SigningPower
from civil_status.documents import issuance, rendering
from civil_status.documents.models import IssuedDocument
from requests_app import finishing, issuing, workflow
from requests_app.states import State

pytestmark = pytest.mark.django_db
ISSUED_HERE = ["permis-inhumer", "certificat-vie", "attestation-souche", "occupation-domaine-public"]


def content_of(case, power, by):
    today = timezone.localdate()
    draft = issuing.draft_of(case, power, by, today).cleaned()
    return issuance.freeze(draft, kind=case.version.service.slug, office=case.office, on=today)


@pytest.mark.parametrize("service", ISSUED_HERE)
def test_an_ordinary_paper_fits_on_one_page(draft, cast, service):
    case = workflow.submit(draft(service))
    paper = rendering.preview_pdf(content_of(case, SigningPower(title="Le Secrétaire exécutif"), cast.secretary))
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        assert len(pdf.pages) == 1


def test_a_delegation_is_printed_with_its_act(draft, cast):
    case = workflow.submit(draft("permis-inhumer"))
    power = SigningPower(delegation="Pour le Secrétaire exécutif et par délégation", act_number="N°7/SE")
    content = content_of(case, power, cast.koffi)
    assert content.draft.signatory.delegation == "Pour le Secrétaire exécutif et par délégation"
    assert content.draft.signatory.delegation_act == "N°7/SE"


def test_the_paper_is_in_french_whatever_the_language_of_the_applicant(draft, cast):
    case = workflow.submit(draft("certificat-vie", language="en"))
    content = content_of(case, SigningPower(title="L’Officier de l’état civil"), cast.rekia)
    assert content.draft.title == "Certificat de vie"
    assert ("Usage déclaré", "Une pension du Bénin") in content.draft.facts


def test_what_is_signed_is_what_was_previewed(filed_case, cast):
    case = filed_case(state=State.ACCEPTED)
    from requests_app.permissions import signing_power

    previewed = content_of(case, signing_power(cast.rekia, case), cast.rekia)
    document = workflow.issue(case, by=cast.rekia)
    signed = document.content.replace(f'"number":"{document.number}"', '"number":""')
    assert signed == previewed.canonical()


def test_finishing_twice_leaves_the_file_alone(filed_case, cast):
    case = filed_case(state=State.READY)
    before = IssuedDocument.objects.get(pk=case.document_id)
    finishing.finish({"case": case.pk})
    after = IssuedDocument.objects.get(pk=case.document_id)
    assert (after.file_sha256, after.rendered_at) == (before.file_sha256, before.rendered_at)
