"""The pages beside a draft: trying, scheduling, retiring, copying, moving from town to town; and who may come in."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from requests_app.catalogue import scheduling
from requests_app.catalogue.builder import acts, convert
from requests_app.catalogue.builder.models import ServiceDraft
from requests_app.catalogue.models import Service
from requests_app.catalogue.publishing import definition_of

pytestmark = pytest.mark.django_db


def to(name, *args):
    return reverse(ServiceDraft.snippet_viewset.get_url_name(name), args=args)


def act(client, draft, **data):
    return client.post(to("check", draft.pk), data, follow=True).content.decode()


# -- Who comes in -------------------------------------------------------------------------------


def test_a_clerk_does_not_enter_the_workshop(draft, cast, signed_in):
    client = signed_in(cast.sena)
    for address in (to("list"), to("edit", draft.pk), to("check", draft.pk), to("export", draft.pk)):
        answer = client.get(address)
        assert answer.status_code in (302, 403)
        assert "Certificat de vie" not in answer.content.decode()


def test_an_editor_of_pages_only_does_not_enter_either(draft, cast, signed_in):
    assert signed_in(cast.codjo).get(to("edit", draft.pk)).status_code in (302, 403)


@pytest.mark.parametrize("what", ["publish", "schedule", "retire", "reopen", "cancel"])
def test_an_editor_is_refused_each_button_of_a_designer(what, draft, editor, signed_in):
    later = {"at": "2031-01-01 08:00", "on": "2031-01-01", "fr": "Fini.", "en": "Over."}
    assert "demandez à un concepteur de démarches" in act(signed_in(editor), draft, act=what, **later)
    draft.service.refresh_from_db()
    assert draft.service.retired_on is None
    assert scheduling.ahead_of(draft.service) is None
    assert draft.service.versions.count() == 1


def test_the_keys_are_shown_in_each_tab_and_offered_once(draft, editor, signed_in):
    page = signed_in(editor).get(to("edit", draft.pk)).content.decode()
    assert page.count("<code>residence</code>") == 7
    assert page.count('<datalist id="builder-keys">') == 1


# -- Publishing later, retiring -----------------------------------------------------------------


def test_a_publication_is_scheduled_then_cancelled(draft, designer, signed_in):
    draft.title_fr = "Plus tard"
    draft.save()
    client = signed_in(designer)
    said = act(client, draft, act="schedule", at="2031-01-01 08:00")
    assert "La publication est programmée pour le 01/01/2031 08:00." in said
    assert scheduling.ahead_of(draft.service).definition["title"]["fr"] == "Plus tard"
    assert "La publication programmée est annulée." in act(client, draft, act="cancel")
    assert scheduling.ahead_of(draft.service) is None


def test_an_hour_that_is_past_or_unreadable_is_refused_with_a_sentence(draft, designer, signed_in):
    client = signed_in(designer)
    assert "Choisissez une heure à venir." in act(client, draft, act="schedule", at="2020-01-01 08:00")
    unreadable = act(client, draft, act="schedule", at="bientôt")
    assert 'value="bientôt"' in unreadable, "what was typed is given back"
    assert unreadable.count("builder-more") == unreadable.count('builder-more" open') + 1, "its drawer alone is open"


def test_a_service_is_retired_with_its_words_and_reopened(draft, designer, signed_in):
    client, today = signed_in(designer), timezone.localdate().isoformat()
    refused = act(client, draft, act="retire", on=today, fr="", en="Over and closed.")
    assert "Champ requis." in refused
    assert 'value="Over and closed."' in refused, "what was typed is given back"
    assert "est retirée" in act(client, draft, act="retire", on=today, fr="Allez ailleurs.", en="Go elsewhere.")
    draft.service.refresh_from_db()
    assert draft.service.retired_message_i18n["fr"] == "Allez ailleurs."
    assert "est rouverte" in act(client, draft, act="reopen")


def test_a_trial_is_a_version_without_number_that_nobody_else_sees(draft, editor):
    draft.title_fr = "À l’essai"
    version = acts.trial(draft, by=editor)
    assert (version.number, version.title) == (None, "À l’essai")
    draft.service.refresh_from_db()
    assert draft.service.current.title == "Certificat de vie"


def test_the_button_of_the_trial_leads_to_the_citizens_pages(draft, editor, signed_in):
    answer = signed_in(editor).post(to("check", draft.pk), {"act": "trial"})
    assert answer.url == reverse("requests:trial", args=[draft.service.versions.get(number=None).pk])


# -- Trying -------------------------------------------------------------------------------------


def test_every_service_is_tried_on_a_sample(catalogue, editor, signed_in):
    acts.open_all()
    client = signed_in(editor)
    for draft in ServiceDraft.objects.all():
        page = client.get(to("try", draft.pk), {"seed": "3"})
        assert page.status_code == 200
        if draft.mode != "ORIENTATION":
            assert "Ce qui se passe" in page.content.decode(), draft


def test_changed_answers_change_the_office(draft, editor, signed_in):
    answers = {
        "surname": "AGBO", "given_names": "Awa", "birth_date_day": "1", "birth_date_month": "2",
        "birth_date_year": "1960", "birth_place": "Ouidah", "residence": "5:Gbéto", "address": "Près du marché",
        "purpose": "pension_benin", "can_come": "yes",
    }  # fmt: skip
    page = signed_in(editor).post(to("try", draft.pk), answers).content.decode()
    assert "Bureau du 5e arrondissement" in page
    page = signed_in(editor).post(to("try", draft.pk), answers | {"residence": "1:Dandji"}).content.decode()
    assert "Bureau du 1er arrondissement" in page


def test_the_samples_of_the_editor_say_whether_they_hold(draft, editor, signed_in):
    routing = definition_of(draft.service.current)["routing"]
    samples = [
        {"answers": {"residence": "5:Gbéto"}, "office": "arrondissement-5"},
        {"answers": {"residence": "5:Gbéto"}, "office": "arrondissement-1"},
    ]
    convert.fill(draft, definition_of(draft.service.current) | {"routing": routing | {"samples": samples}})
    draft.save()
    page = signed_in(editor).get(to("try", draft.pk)).content.decode()
    assert "attendu arrondissement-1, obtenu arrondissement-5" in page
    assert page.count("attendu") == 1


def test_the_paper_is_a_specimen_in_pdf(draft, editor, signed_in):
    paper = signed_in(editor).get(to("paper", draft.pk), {"seed": "2"})
    assert paper.headers["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")


def test_a_service_without_paper_has_none_to_show(catalogue, editor, signed_in):
    draft = acts.open_draft(Service.objects.get(slug="publication-mariage"))
    assert signed_in(editor).get(to("paper", draft.pk)).status_code == 404


def test_a_draft_full_of_holes_opens_everywhere_and_says_so(catalogue, editor, signed_in):
    draft = ServiceDraft(title_fr="Neuve")
    holes = [{"type": "step", "value": {"fields": [{"type": "choice", "value": {}}, {"type": "group", "value": {}}]}}]
    draft.steps = draft._meta.get_field("steps").to_python(json.dumps(holes))
    draft.save()
    client = signed_in(editor)
    for name in ("edit", "check", "try"):
        assert client.get(to(name, draft.pk)).status_code == 200
    assert client.get(to("edit", draft.pk), {"verifier": "1"}).status_code == 200


# -- Copies and files ---------------------------------------------------------------------------


def test_a_copy_says_the_same_under_another_name(draft, editor, signed_in):
    signed_in(editor).post(to("duplicate", draft.pk))
    copy = ServiceDraft.objects.latest("pk")
    assert (copy.service, copy.slug, copy.title_fr) == (None, "", "Certificat de vie (copie)")
    assert convert.definition_of(copy)["form"] == convert.definition_of(draft)["form"]


def test_a_service_taken_away_as_a_file_comes_back_the_same(draft, editor, signed_in):
    client = signed_in(editor)
    file = client.get(to("export", draft.pk))
    assert file.headers["Content-Disposition"] == 'attachment; filename="certificat-vie.json"'
    before = convert.definition_of(draft)
    draft.title_fr, draft.steps = "Perdu", draft._meta.get_field("steps").to_python("[]")
    draft.save()
    answer = client.post(to("import"), {"file": SimpleUploadedFile("service.json", file.content)}, follow=True)
    assert "l’import devient son brouillon" in answer.content.decode()
    draft.refresh_from_db()
    assert convert.definition_of(draft) == before
    assert draft.service.versions.count() == 1


def test_a_file_from_elsewhere_is_a_new_draft_that_says_what_to_decide(draft, editor, signed_in):
    data = acts.as_file(draft)
    data["slug"] = "certificat-d-ailleurs"
    data["definition"]["routing"]["default"] = "mairie-de-parakou"
    file = SimpleUploadedFile("service.json", json.dumps(data).encode())
    page = signed_in(editor).post(to("import"), {"file": file}, follow=True).content.decode()
    assert "mairie-de-parakou" in page
    assert ServiceDraft.objects.get(slug="certificat-d-ailleurs").service is None


def test_a_file_whose_name_a_draft_bears_already_is_refused_or_replaces_it_and_makes_no_second(
    draft, editor, signed_in
):
    data, client = acts.as_file(draft) | {"slug": "certificat-d-ailleurs"}, signed_in(editor)

    def load(**more):
        file = SimpleUploadedFile("service.json", json.dumps(data).encode())
        return client.post(to("import"), {"file": file} | more)

    assert load().status_code == 302
    mine = ServiceDraft.objects.get(slug="certificat-d-ailleurs")
    ServiceDraft.objects.filter(pk=mine.pk).update(title_fr="Mon travail")
    refused = load()
    assert refused.status_code == 422
    assert "« Mon travail »" in refused.content.decode()
    assert ServiceDraft.objects.get(slug="certificat-d-ailleurs").title_fr == "Mon travail"
    assert load(replace="on").status_code == 302
    assert ServiceDraft.objects.get(slug="certificat-d-ailleurs").pk == mine.pk
    assert ServiceDraft.objects.get(pk=mine.pk).title_fr == "Certificat de vie"


def test_the_labels_of_the_workshop_begin_with_a_capital(draft, editor, signed_in):
    page = signed_in(editor).get(to("edit", draft.pk)).content.decode()
    for label in ("Bureau par défaut", "Remise"):
        assert label in page


@pytest.mark.parametrize("content", [b"", b"[1, 2]", b"\xff\xfe", b'{"format": "x"}'])
def test_a_file_that_is_no_service_is_refused_with_a_sentence(content, catalogue, editor, signed_in):
    answer = signed_in(editor).post(to("import"), {"file": SimpleUploadedFile("service.json", content or b" ")})
    assert answer.status_code == 422
    assert 'class="error-message"' in answer.content.decode() or "w-field__errors" in answer.content.decode()
    assert not ServiceDraft.objects.exists()


# -- History ------------------------------------------------------------------------------------


def test_going_back_in_history_keeps_the_service_it_belongs_to(draft, designer):
    first = draft.latest_revision
    draft.title_fr = "Deuxième"
    draft.save()
    acts.publish(draft, by=designer)
    draft.refresh_from_db()
    earlier = first.as_object()
    assert earlier.title_fr == "Certificat de vie"
    assert (earlier.service, earlier.based_on) == (draft.service, draft.based_on)


def test_a_draft_that_became_a_service_is_not_deleted(draft, designer, signed_in):
    client = signed_in(designer)
    page = client.post(to("delete", draft.pk), follow=True).content.decode()
    assert "ne se supprime pas" in page
    client.post(f"/admin/bulk/builder/servicedraft/delete/?id={draft.pk}")
    assert ServiceDraft.objects.filter(pk=draft.pk).exists()
    new = ServiceDraft.objects.create(title_fr="Jamais")
    client.post(to("delete", new.pk))
    assert not ServiceDraft.objects.filter(pk=new.pk).exists()
