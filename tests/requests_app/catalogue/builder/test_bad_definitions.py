"""What is wrong is said in its box, in the builder and at the import; what came from elsewhere is kept."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from requests_app.catalogue import portable
from requests_app.catalogue.builder import acts, convert
from requests_app.catalogue.builder.models import ServiceDraft
from tests.requests_app.catalogue.builder.posting import posted
from tests.requests_app.catalogue.conftest import field, text

pytestmark = pytest.mark.django_db
MOON = "bureau inconnu : la-lune"


def to(name, *args):
    return reverse(ServiceDraft.snippet_viewset.get_url_name(name), args=args)


def written(draft, change):
    """The draft after a change of its definition."""
    definition = convert.definition_of(draft)
    change(definition)
    convert.fill(draft, definition)
    draft.save()
    draft.save_revision()
    return definition


def saved(client, draft):
    """Post the page as it is shown, and read the draft again."""
    form = client.get(to("edit", draft.pk)).context["form"]
    answer = client.post(to("edit", draft.pk), posted(draft, form))
    assert answer.status_code == 302, answer.context["form"].errors
    return ServiceDraft.objects.get(pk=draft.pk)


def named_on_the_moon(definition):
    definition["routing"]["rules"].append({"by": "central", "office": "la-lune", "reason": text("Là-haut.")})
    definition["routing"]["samples"] = [{"answers": {}, "office": "la-lune"}]
    definition["routing"]["default"] = "la-lune"
    definition["flow"] = {"opinions": [{"office": "la-lune", "question": text("Oui ?"), "days": 3}]}


def test_an_office_of_another_town_is_shown_named_and_kept(draft, editor, signed_in):
    definition = written(draft, named_on_the_moon)
    client = signed_in(editor)
    page = client.get(to("edit", draft.pk), {"verifier": ""})
    assert page.content.decode().count(MOON) >= 4  # the default, a rule, a sample, an opinion
    errors = page.context["form"].errors.as_data()
    assert {"routing_rules", "routing_samples", "routing_default", "opinions"} <= errors.keys()
    assert page.content.decode().count("choisissez-en un autre") >= 4
    assert convert.definition_of(saved(client, draft)) == definition


def test_a_draft_without_such_an_office_is_saved_as_it_is_and_offers_none(draft, editor, signed_in):
    """Negative control."""
    before = convert.definition_of(draft)
    client = signed_in(editor)
    assert "bureau inconnu" not in client.get(to("edit", draft.pk)).content.decode()
    assert convert.definition_of(saved(client, draft)) == before


def test_an_office_nobody_named_is_not_accepted(draft, editor, signed_in):
    written(draft, named_on_the_moon)
    client = signed_in(editor)
    data = posted(draft, client.get(to("edit", draft.pk)).context["form"])
    answer = client.post(to("edit", draft.pk), data | {"routing_default": "mars"})
    assert answer.status_code == 200
    assert ServiceDraft.objects.get(pk=draft.pk).routing_default == "la-lune"


def fields_of(definition):
    return definition["form"]["steps"][0]["fields"]


def in_a_circle(definition):
    fields_of(definition)[:0] = [
        field("poule", "yes_no", when={"field": "oeuf", "is": "answered"}),
        field("oeuf", "yes_no", when={"field": "poule", "is": "answered"}),
    ]


def of_nobody(definition):
    fields_of(definition)[0]["when"] = {"field": "personne", "is": "answered"}


def twice(definition):
    fields_of(definition).append(field(fields_of(definition)[0]["key"], "text"))


def looping(definition):
    definition["document"]["body"][0] = "{% for un in tous %}{{ un }}{% endfor %}"


@pytest.mark.parametrize(
    ("change", "column", "words"),
    [
        (in_a_circle, "steps", "Ces questions s’attendent l’une l’autre : « poule » → « oeuf » → « poule »."),
        (of_nobody, "steps", "« personne » n’est pas une question de ce formulaire."),
        (twice, "steps", "est utilisé deux fois : donnez une autre clé."),
        (looping, "document_body", "Un document n’est pas un programme"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_in_its_box(draft, editor, signed_in, change, column, words):
    written(draft, change)
    page = signed_in(editor).get(to("edit", draft.pk), {"verifier": ""})
    assert column in page.context["form"].errors.as_data()
    assert words in signed_in(editor).get(to("check", draft.pk)).content.decode()


@pytest.fixture
def file(draft):
    """The file of the draft, as it is taken away."""
    return acts.as_file(draft)


def imported(client, content):
    upload = SimpleUploadedFile("demarche.json", content, "application/json")
    return client.post(to("import"), {"file": upload})


def of_5000_questions(file):
    fields_of(file["definition"]).extend(field(f"q{number}", "text") for number in range(5000))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (of_5000_questions, "questions : 200 au plus."),
        (lambda file: file.update(version=2), "Ce fichier vient d’une version plus récente"),
        (lambda file: file.update(version="un"), "La version de ce fichier n’est pas connue"),
        (
            lambda file: fields_of(file["definition"])[0].update(max_length="dix"),
            "Formulaire › étape 1 › question 1 › signes au plus : « dix » ne va pas ici. Il faut un nombre entier.",
        ),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence_and_makes_no_draft(file, editor, signed_in, change, words):
    change(file)
    before = ServiceDraft.objects.count()
    start = time.process_time()
    answer = imported(signed_in(editor), portable.written(file))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert ServiceDraft.objects.count() == before
    assert time.process_time() - start < 5  # of work, whatever else the machine does


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Bonjour", "Ce fichier ne se lit pas"),
        (b"[" * 100_000, "Ce fichier ne se lit pas"),
        (b"[]", "pas une démarche exportée"),
        (b" " * (portable.MOST_BYTES + 1), "deux mégaoctets au plus"),
    ],
)
def test_what_is_no_service_is_refused_with_a_sentence(editor, signed_in, content, words):
    answer = imported(signed_in(editor), content)
    assert answer.status_code == 422
    assert words in answer.content.decode()
