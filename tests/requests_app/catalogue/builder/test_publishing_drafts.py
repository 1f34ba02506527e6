"""An editor writes, a designer publishes; what is missing is said at its place."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from arrondissements.models import JournalEntry
from requests_app.catalogue.builder import acts, convert
from requests_app.catalogue.builder.faults import faults_of
from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.models import Service
from requests_app.catalogue.publishing import AlreadyPublished, definition_of, publish_definition
from requests_app.catalogue.schema import DefinitionError

pytestmark = pytest.mark.django_db


def test_the_draft_of_a_service_says_what_its_version_says(draft):
    assert convert.definition_of(draft) == definition_of(draft.service.current)
    assert not faults_of(draft)


def test_opening_all_drafts_twice_writes_them_once(catalogue):
    assert acts.open_all() == Service.objects.count()
    assert acts.open_all() == 0


def test_a_draft_somebody_changed_is_left_alone_when_its_service_moves(draft, designer):
    draft.title_fr = "Mon travail"
    draft.save()
    other = ServiceDraft(service=draft.service, title_fr="ailleurs")
    convert.fill(other, definition_of(draft.service.current) | {"processing_days": 9})

    publish_definition(draft.service, convert.definition_of(other))
    acts.open_all()
    draft.refresh_from_db()
    assert draft.title_fr == "Mon travail"


def test_a_designer_publishes_the_next_version_and_it_is_in_the_journal(draft, designer):
    draft.title_fr = "Certificat de vie et de charges"
    draft.save()
    version = acts.publish(draft, by=designer)
    draft.refresh_from_db()
    assert (version.number, version.title) == (2, "Certificat de vie et de charges")
    assert draft.based_on == version
    assert JournalEntry.objects.filter(act="service.published", by=designer).count() == 1


def test_an_editor_is_refused_in_plain_words_and_nothing_changes(draft, editor):
    draft.title_fr = "Autre titre"
    with pytest.raises(PermissionDenied, match="concepteur de démarches"):
        acts.publish(draft, by=editor)
    assert draft.service.versions.count() == 1


def test_publishing_the_same_twice_changes_nothing(draft, designer):
    with pytest.raises(AlreadyPublished):
        acts.publish(draft, by=designer)


def test_moving_a_service_in_the_lists_needs_no_new_version(draft, designer):
    draft.order = 3
    assert acts.publish(draft, by=designer) is None
    assert Service.objects.get(pk=draft.service_id).order == 3


def test_an_incomplete_draft_is_kept_and_says_where_it_is_incomplete(draft):
    draft.title_en = ""
    steps = convert.raw_of(draft, "steps")
    steps[0]["value"]["fields"][1]["value"]["label"]["fr"] = ""
    draft.steps = draft._meta.get_field("steps").to_python(json.dumps(steps))
    draft.save()
    found = faults_of(ServiceDraft.objects.get(pk=draft.pk))
    assert [(fault.tab, fault.column) for fault in found] == [("presentation", "title_en"), ("form", "steps")]
    assert found[1].place.startswith("Formulaire › étape 1 « La personne » › Nom ou prénoms 2")
    assert found[1].anchor.startswith("block-")


def test_a_new_service_needs_a_free_address(designer, catalogue):
    draft = ServiceDraft(title_fr="Certificat de vie", slug="certificat-vie")
    draft.save()
    assert "Cette adresse est celle d’une autre démarche." in [fault.sentence for fault in faults_of(draft)]
    with pytest.raises(DefinitionError):
        acts.publish(draft, by=designer)
    assert Service.objects.filter(slug="certificat-vie").count() == 1


def test_nothing_of_a_service_that_is_refused_stays(designer, catalogue):
    draft = ServiceDraft(title_fr="Neuve", slug="neuve")
    draft.save()
    with pytest.raises(DefinitionError):
        acts.publish(draft, by=designer)
    assert not Service.objects.filter(slug="neuve").exists()


def test_every_draft_opens_in_the_admin_with_its_faults_and_its_check(catalogue, editor, signed_in):
    acts.open_all()
    client = signed_in(editor)
    views = ServiceDraft.snippet_viewset
    for draft in ServiceDraft.objects.all():
        for name in ("edit", "check"):
            assert client.get(reverse(views.get_url_name(name), args=[draft.pk])).status_code == 200
    draft.title_en = ""
    draft.save()
    page = client.get(reverse(views.get_url_name("edit"), args=[draft.pk]) + "?verifier=1").content.decode()
    assert "C’est à remplir." in page


def test_the_button_publishes_for_a_designer_and_refuses_an_editor(draft, editor, designer, signed_in):
    draft.title_fr = "Nouveau titre"
    draft.save()
    address = reverse(ServiceDraft.snippet_viewset.get_url_name("check"), args=[draft.pk])
    refused = signed_in(editor).post(address, {"act": "publish"}, follow=True).content.decode()
    assert "demandez à un concepteur de démarches" in refused
    assert draft.service.versions.count() == 1
    done = signed_in(designer).post(address, {"act": "publish"}, follow=True).content.decode()
    assert "La version 2 est publiée" in done


def test_each_step_is_previewed_as_the_citizen_sees_it(draft):
    modes = draft.preview_modes
    assert [title for _mode, title in modes] == ["1. La personne", "2. Son adresse", "3. Votre demande"]
    for mode, _title in modes:
        page = draft.make_preview_request(preview_mode=mode).content.decode()
        assert "Enregistrer et continuer" in page
        assert f"Étape {mode} sur 5" in page


def test_a_step_too_empty_to_be_shown_says_so(catalogue):
    assert "pas encore assez remplie" in ServiceDraft(title_fr="Neuve").make_preview_request().content.decode()


def test_the_list_costs_the_same_for_ten_services_as_for_five(catalogue, editor, signed_in):
    client = signed_in(editor)
    address = reverse(ServiceDraft.snippet_viewset.get_url_name("list"))
    for service in Service.objects.all()[:5]:
        acts.open_draft(service)
    client.get(address)
    with CaptureQueriesContext(connection) as five:
        client.get(address)
    acts.open_all()
    with CaptureQueriesContext(connection) as ten:
        client.get(address)
    assert len(five) == len(ten)
