"""A published version never changes; a change is a new number."""

import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from arrondissements.models import JournalEntry
from requests_app.catalogue.models import Service, ServiceVersion
from requests_app.catalogue.publishing import (
    AlreadyPublished,
    complete,
    definition_of,
    new_version,
    publish,
    publish_definition,
    reopen,
    retire,
    trial_version,
)
from requests_app.catalogue.schema import DefinitionError
from tests.requests_app.catalogue.conftest import text


def test_versions_are_numbered_from_one(service, definition):
    assert [new_version(service, definition).number for _ in range(3)] == [1, 2, 3]


def test_citizens_see_a_version_only_once_it_is_published(service, definition):
    draft = new_version(service, definition)
    service.refresh_from_db()
    assert service.current is None
    assert not draft.is_published
    publish(draft)
    service.refresh_from_db()
    assert service.current == draft
    assert draft.is_published


def test_publishing_a_second_version_leaves_the_first_as_it_was(version, definition):
    definition["title"]["fr"] = "Autre titre"
    second = publish(new_version(version.service, definition))
    version.refresh_from_db()
    version.service.refresh_from_db()
    assert (version.title, second.title) == ("Certificat d’essai", "Autre titre")
    assert version.service.current == second


def test_the_second_click_on_publish_loses(version):
    with pytest.raises(AlreadyPublished):
        publish(version)


def test_a_published_version_cannot_be_saved_and_says_so(version):
    version.fee_status, version.fee_amount = "CONFIRMED", 500
    with pytest.raises(ValidationError, match="créez une nouvelle version"):
        version.save()


def test_a_draft_can_still_be_corrected(service, definition):
    draft = new_version(service, definition)
    draft.processing_days = 7
    draft.save()
    assert ServiceVersion.objects.get(pk=draft.pk).processing_days == 7


@pytest.mark.parametrize("change", [{"processing_days": 9}, {"published_at": None}, {"number": 12}])
def test_the_database_itself_refuses_to_change_a_published_version(version, change):
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        ServiceVersion.objects.filter(pk=version.pk).update(**change)


@pytest.mark.postgresql
def test_the_database_refuses_to_delete_a_published_version_but_not_a_draft(version, definition):
    draft = new_version(version.service, definition)
    assert ServiceVersion.objects.filter(pk=draft.pk).delete()[0] == 1
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        ServiceVersion.objects.filter(pk=version.pk)._raw_delete("default")


def test_publishing_is_written_in_the_journal(version):
    lines = JournalEntry.objects.filter(obj=f"service:{version.service_id}").order_by("seq")
    assert [line.act for line in lines] == ["service.version_created", "service.published"]


def test_a_definition_that_does_not_hold_creates_nothing(service, definition):
    del definition["title"]["en"]
    with pytest.raises(DefinitionError):
        new_version(service, definition)
    assert not service.versions.exists()


def test_a_draft_whose_office_closed_cannot_be_published(service, definition):
    from arrondissements.models import Office

    draft = new_version(service, definition)
    Office.objects.filter(code="etat-civil").delete()
    with pytest.raises(DefinitionError, match="etat-civil"):
        publish(draft)


def test_what_comes_out_is_what_went_in(version, definition):
    assert definition_of(version) == complete(definition)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"mode": "ORIENTATION"}, "orientation_has_no_form"),
        ({"signatory_role": ""}, "issued_here_is_signed_on_paper"),
        ({"document_template": ""}, "issued_here_is_signed_on_paper"),
        ({"fee_amount": 500}, "fee_amount_agrees_with_status"),
        ({"fee_status": "FREE"}, "fee_amount_agrees_with_status"),
        ({"fee_status": "CONFIRMED"}, "fee_amount_agrees_with_status"),
        ({"fee_status": "CONFIRMED", "fee_amount": 0}, "fee_amount_agrees_with_status"),
        ({"number": 1}, "one_number_per_version|number"),
    ],
)
def test_the_database_keeps_the_rules_of_a_version(version, definition, change, rule):
    draft = new_version(version.service, definition)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        ServiceVersion.objects.filter(pk=draft.pk).update(**change)


def test_publishing_a_definition_gives_the_next_number(version, definition):
    definition["title"]["fr"] = "Autre titre"
    assert publish_definition(version.service, definition).number == 2
    assert publish_definition(version.service, definition | {"processing_days": 9}).number == 3


def test_publishing_what_is_already_in_force_is_refused_with_a_sentence(version, definition):
    with pytest.raises(AlreadyPublished, match="rien n’a été publié"):
        publish_definition(version.service, definition)
    assert version.service.versions.count() == 1


def test_a_series_that_another_service_printed_is_never_taken_again(version, definition):
    other = Service.objects.create(slug="autre", life_event="PAPERS")
    with pytest.raises(DefinitionError, match="celle d’une autre démarche"):
        publish_definition(other, definition)
    own = definition | {"document": definition["document"] | {"series": "AUTRE"}}
    publish_definition(other, own)
    assert publish_definition(version.service, definition | {"title": text("Titre")}), "its own series stays its own"


def test_a_trial_has_no_number_and_changes_nothing_for_citizens(version, definition):
    definition["title"]["fr"] = "Autre titre"
    trial = trial_version(version.service, definition, by=None)
    version.service.refresh_from_db()
    assert (trial.number, trial.is_trial, trial.is_published) == (None, True, False)
    assert version.service.current == version
    assert publish_definition(version.service, definition).number == 2


def test_the_same_definition_is_tried_on_the_same_version(service, definition):
    first = trial_version(service, definition, by=None)
    assert trial_version(service, definition, by=None) == first
    assert trial_version(service, definition | {"processing_days": 9}, by=None) != first


def test_a_trial_of_what_does_not_hold_creates_nothing(service, definition):
    del definition["title"]["en"]
    with pytest.raises(DefinitionError):
        trial_version(service, definition, by=None)
    assert not service.versions.exists()


MESSAGE = {"fr": "Adressez-vous à l’ANIP.", "en": "Ask the ANIP."}


def test_a_service_is_retired_with_a_message_and_reopened(version):
    service = version.service
    retire(service, on=datetime.date(2026, 12, 31), message=MESSAGE, by=None)
    service.refresh_from_db()
    assert (service.retired_on, service.retired_message) == (datetime.date(2026, 12, 31), MESSAGE["fr"])
    reopen(service, by=None)
    reopen(service, by=None)
    service.refresh_from_db()
    assert (service.retired_on, service.retired_message) == (None, "")
    acts = JournalEntry.objects.filter(obj=f"service:{service.pk}").order_by("seq").values_list("act", flat=True)
    assert list(acts)[2:] == ["service.retired", "service.reopened"]


@pytest.mark.parametrize("message", [{}, {"fr": "Fini."}, {"fr": "Fini.", "en": " "}])
def test_retiring_needs_words_in_both_languages(version, message):
    with pytest.raises(ValidationError, match="en français et en anglais"):
        retire(version.service, on=datetime.date(2026, 12, 31), message=message, by=None)
    version.service.refresh_from_db()
    assert version.service.retired_on is None


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_get_two_numbers(service, definition):
    start, numbers = threading.Barrier(4), []

    def create() -> None:
        try:
            start.wait(10)
            numbers.append(new_version(service, definition).number)
        finally:
            connection.close()

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(numbers) == [1, 2, 3, 4]
