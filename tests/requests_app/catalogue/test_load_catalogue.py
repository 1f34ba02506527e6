"""The ten services of the town hall, true to what is known and silent about what is not."""

import json
import shutil

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from requests_app.catalogue.management.commands.load_catalogue import DATA
from requests_app.catalogue.models import LifeEvent, RejectionMotive, Service, ServiceVersion
from requests_app.catalogue.paper import paper_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue() -> dict[str, ServiceVersion]:
    """The current version of each service, by its address."""
    call_command("load_places", verbosity=0)
    call_command("load_catalogue", verbosity=0)
    return {service.slug: service.current for service in Service.objects.select_related("current")}


def test_ten_services_are_published_and_loading_twice_changes_nothing(catalogue):
    call_command("load_catalogue", verbosity=0)
    assert len(catalogue) == ServiceVersion.objects.count() == 10
    assert all(version.is_published for version in catalogue.values())


def test_a_changed_file_becomes_version_two_and_the_first_stays(catalogue, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    file = folder / "services" / "certificat-vie.json"
    data = json.loads(file.read_text())
    data["processing_days"] = 3
    file.write_text(json.dumps(data))
    call_command("load_catalogue", folder=folder, verbosity=0)
    service = Service.objects.get(slug="certificat-vie")
    assert [(version.number, version.processing_days) for version in service.versions.order_by("number")] == [
        (1, 2),
        (2, 3),
    ]
    assert service.current.number == 2
    assert ServiceVersion.objects.count() == 11


def test_a_wrong_file_changes_nothing_and_names_itself(catalogue, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    file = folder / "services" / "permis-inhumer.json"
    file.write_text(file.read_text().replace('"affaires-funeraires"', '"nulle-part"'))
    with pytest.raises(CommandError, match=r"permis-inhumer\.json.*\n.*nulle-part"):
        call_command("load_catalogue", folder=folder)
    assert ServiceVersion.objects.count() == 10


def test_each_moment_of_life_has_a_service(catalogue):
    assert set(Service.objects.values_list("life_event", flat=True)) == set(LifeEvent.values)


@pytest.mark.parametrize(
    ("mode", "slugs"),
    [
        ("ISSUED_HERE", {"permis-inhumer", "attestation-souche", "certificat-vie", "occupation-domaine-public"}),
        ("PREPARED_HERE", {"publication-mariage", "attestation-recasement"}),
        ("ORIENTATION", {"certificat-residence", "acte-naissance", "permis-construire", "casier-judiciaire"}),
    ],
)
def test_the_town_hall_issues_only_what_is_its_own(catalogue, mode, slugs):
    assert {slug for slug, version in catalogue.items() if version.mode == mode} == slugs


@pytest.mark.parametrize(
    ("slug", "role"),
    [
        ("permis-inhumer", "EXECUTIVE_SECRETARY"),
        ("occupation-domaine-public", "EXECUTIVE_SECRETARY"),
        ("attestation-souche", "REGISTRAR"),
        ("certificat-vie", "REGISTRAR"),
        ("publication-mariage", ""),
    ],
)
def test_municipal_permits_are_signed_by_the_executive_secretary(catalogue, slug, role):
    assert catalogue[slug].signatory_role == role


@pytest.mark.parametrize(
    ("slug", "amount"), [("acte-naissance", 1000), ("certificat-residence", 2000), ("casier-judiciaire", 1900)]
)
def test_only_sourced_prices_are_given(catalogue, slug, amount):
    assert catalogue[slug].fee_amount == amount
    others = [version for name, version in catalogue.items() if version.fee_status != "CONFIRMED"]
    assert len(others) == 7
    assert all(version.fee_amount is None and version.fee_status == "TO_CONFIRM" for version in others)


def test_a_time_that_no_text_gives_is_to_be_confirmed(catalogue):
    sourced = {
        slug
        for slug, version in catalogue.items()
        if version.processing_days and version.processing_status == "CONFIRMED"
    }
    assert sourced == {"attestation-recasement"}


def test_the_burial_permit_states_what_article_54_asks(catalogue):
    version = catalogue["permis-inhumer"]
    printed = {line["field"] for line in version.document["printed"]}
    assert {"surname", "given_names", "death_date", "death_place", "grave_number", "grave_location"} <= printed
    required = {piece["key"] for piece in version.evidence if piece["required"]}
    assert required == {"identity", "death_certificate", "grave_receipt"}


def test_a_paper_of_each_issued_service_has_no_hole_left(catalogue):
    answers = {"surname": "AGBO", "registration_office": "arrondissement-5", "declaration": True}
    facts = {"reference": "K7M2-X4TD-B", "filed_on": "23 novembre 2026", "office": "Bureau"}
    for version in catalogue.values():
        if version.mode == "ISSUED_HERE":
            paper = paper_of(version, answers, facts)
            assert not set("{}") & set("".join([*paper.paragraphs, *paper.legal_basis]))


def test_steps_are_short(catalogue):
    assert max(len(step["fields"]) for version in catalogue.values() for step in version.steps) <= 5


def test_no_applicant_contact_is_asked_by_a_service(catalogue):
    kinds = {field["type"] for version in catalogue.values() for step in version.steps for field in step["fields"]}
    assert not kinds & {"phone", "email"}


def test_an_orientation_says_where_to_go_what_to_bring_and_links_to_it(catalogue):
    for version in catalogue.values():
        if version.mode == "ORIENTATION":
            assert version.where_to_go
            assert version.what_to_bring
            assert version.external_url.startswith("https://")


def test_everything_is_read_in_english_too(catalogue):
    with override("en"):
        assert catalogue["permis-inhumer"].title == "Burial permit"
        assert catalogue["permis-inhumer"].evidence[0]["label"] == "An identity document"
        assert RejectionMotive.objects.get(code="record-not-found").label.startswith("The record was not found")
    assert catalogue["permis-inhumer"].title == "Permis d’inhumer"


def test_every_motive_says_what_to_do_and_how_to_object(catalogue):
    motives = RejectionMotive.objects.all()
    assert len(motives) >= 8
    assert all("pas d’accord" in motive.remedy for motive in motives)
