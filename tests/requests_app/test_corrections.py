"""Corrections field by field: what may be marked, the link that opens it alone, both values kept."""

import datetime
import io
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arrondissements.models import JournalEntry, OutboxMessage
from portal.demo.cases import picture
from requests_app import corrections, filing, workflow
from requests_app.catalogue.models import CorrectionReason, ServiceVersion
from requests_app.messaging.sms import segments
from requests_app.models import Correction, Evidence, ServiceRequest
from requests_app.states import State
from tests.requests_app.citizen import opened
from tests.requests_app.desk import text_of

pytestmark = pytest.mark.django_db

FLOU = "La photo est floue ou trop sombre. Reprenez-la en pleine lumière."


def stored(case):
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)


def link(case):
    return f"/completer/{case.information_requests.latest('asked_at').token}/"


def earlier(case):
    """Make the question and the files older than what the test does next."""
    now = timezone.now()
    case.information_requests.filter(answered_at=None).update(asked_at=now - datetime.timedelta(seconds=5))
    Evidence.objects.filter(case=case).update(uploaded_at=now - datetime.timedelta(hours=1))


def marked(case, *, by, fields=(), pieces=(), **options):
    reasons = {key: f"Revoyez {key}." for key in [*fields, *pieces]}
    workflow.ask_information(case, by=by, fields=[*fields], pieces=[*pieces], reasons=reasons, **options)
    earlier(case)
    return case


@pytest.fixture
def asked(awa, filed_case, cast):
    """A case whose place of birth and identity paper are wrong."""
    return marked(filed_case(state=State.UNDER_REVIEW), by=cast.sena, fields=["birth_place"], pieces=["identity"])


def branching(case, **answers):
    """Put a case on a version with a question and a piece asked only of whoever cannot come."""
    version = ServiceVersion.objects.get(pk=case.version_id)
    cannot = {"field": "can_come", "is": "equals", "value": False}
    words = {"fr": "Pourquoi la personne ne peut-elle pas venir ?", "en": "Why can the person not come?"}
    version.form["steps"][2]["fields"].append({"key": "why_not", "type": "text", "label": words, "when": cannot})
    paper = {"fr": "Un certificat médical", "en": "A medical certificate"}
    version.evidence_i18n.append({"key": "medical", "label": paper, "when": cannot})
    version.pk, version.number, version._state.adding = None, version.number + 1, True
    version.save()
    ServiceRequest.objects.filter(pk=case.pk).update(version=version, answers=case.answers | answers)
    return stored(case)


# -- Marking at the desk ------------------------------------------------------------------------


def test_only_what_was_asked_of_this_citizen_may_be_marked(filed_case, signed_in, cast):
    case = branching(filed_case(state=State.UNDER_REVIEW))
    page = text_of(signed_in(cast.sena).get(f"/agent/demande/{case.reference}/demander-un-complement/"))
    assert 'name="wrong-can_come"' in page
    assert 'name="wrong-identity"' in page
    assert 'name="wrong-why_not"' not in page
    assert 'name="wrong-medical"' not in page


def test_each_mark_has_its_own_reason_ready_or_typed(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    typed = {"wrong-birth_place": "on", "own-birth_place": "Quelle ville ?", "wrong-identity": "on"}
    signed_in(cast.sena).post(
        f"/agent/demande/{case.reference}/demander-un-complement/", typed | {"ready-identity": "blurred"}
    )
    wanted = case.information_requests.get()
    assert (wanted.fields, wanted.pieces) == (["birth_place"], ["identity"])
    assert wanted.reasons == {"birth_place": "Quelle ville ?", "identity": FLOU}


def test_the_reasons_the_town_hall_keeps_are_offered_each_for_its_kind(filed_case, signed_in, cast):
    CorrectionReason.objects.filter(code="blurred").update(body_fr="Photo trop sombre.")
    CorrectionReason.objects.filter(code="cut").update(is_active=False)
    case = filed_case(state=State.UNDER_REVIEW)
    address = f"/agent/demande/{case.reference}/demander-un-complement/"
    page = signed_in(cast.sena).get(address).text
    assert page.count("Photo trop sombre.") == len(corrections.pieces_of(case))
    assert page.count("Cette réponse manque.") == len(corrections.questions_of(case))
    assert "Photographiez-le en entier" not in page
    for shut in ("cut", "empty"):  # no longer used; said of answers only
        typed = {"wrong-identity": "on", "ready-identity": shut}
        assert signed_in(cast.sena).post(address, typed).status_code == 422
    assert stored(case).state == State.UNDER_REVIEW


def test_a_ready_reason_comes_in_the_language_of_the_request(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW, language="en")
    typed = {"wrong-identity": "on", "ready-identity": "blurred"}
    signed_in(cast.sena).post(f"/agent/demande/{case.reference}/demander-un-complement/", typed)
    assert case.information_requests.get().reasons["identity"].startswith("The photo is blurred")


def test_loading_the_catalogue_again_leaves_a_reason_the_town_hall_rewrote(catalogue):
    CorrectionReason.objects.filter(code="blurred").update(body_fr="Nos mots à nous.")
    call_command("load_catalogue", stdout=io.StringIO())
    assert CorrectionReason.objects.get(code="blurred").body_fr == "Nos mots à nous."
    assert all(reason.body_fr and reason.body_en for reason in CorrectionReason.objects.all())


def test_a_mark_without_a_reason_is_said_beside_it_and_nothing_leaves(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    answer = signed_in(cast.sena).post(
        f"/agent/demande/{case.reference}/demander-un-complement/",
        {"wrong-birth_place": "on", "message": "Merci de vérifier."},
    )
    assert answer.status_code == 422
    assert "Choisissez une raison, ou écrivez-la." in text_of(answer)
    assert "Merci de vérifier." in text_of(answer)
    assert stored(case).state == State.UNDER_REVIEW


@pytest.mark.parametrize("typed", [{}, {"own-birth_place": "Oublié de cocher."}, {"wrong-signed_by": "on"}])
def test_marking_nothing_is_refused_in_words(filed_case, signed_in, cast, typed):
    case = filed_case(state=State.UNDER_REVIEW)
    answer = signed_in(cast.sena).post(f"/agent/demande/{case.reference}/demander-un-complement/", typed)
    assert answer.status_code == 422
    assert "Cochez au moins une réponse ou une pièce." in text_of(answer)


def test_one_photo_of_several_is_marked_alone(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    filing_day = case.evidence.get().uploaded_at
    back = Evidence.objects.create(case=case, piece="identity", original_name="verso.jpg", size=1, sha256="2")
    Evidence.objects.filter(pk=back.pk).update(uploaded_at=filing_day)
    signed_in(cast.sena).post(
        f"/agent/demande/{case.reference}/demander-un-complement/",
        {f"wrong-identity#{back.pk}": "on", f"ready-identity#{back.pk}": "cut"},
    )
    earlier(case)
    case = stored(case)
    new = filing.attach(case, "identity", picture("verso-2.jpg", "verso"))
    workflow.answer(case, answers={})
    row = Correction.objects.get(case=case)
    front = case.evidence.order_by("pk").first()
    assert (row.before, row.after) == ([front.pk, back.pk], [front.pk, new.pk])
    assert corrections.replaced(case) == {back.pk}


# -- What is sent -------------------------------------------------------------------------------


def test_the_sms_carries_the_link_in_one_segment_and_no_answer(asked):
    sms = OutboxMessage.objects.get(key=f"asked:{asked.information_requests.get().pk}:sms").payload["text"]
    assert re.search(r"http\S+/completer/[0-9a-f-]{36}/$", sms)
    assert segments(sms) == 1
    assert "Porto-Novo" not in sms


# -- The link -----------------------------------------------------------------------------------


def test_the_link_shows_what_is_wrong_and_why_and_nothing_else_of_the_case(awa, asked):
    page = awa.get(link(asked))
    assert page.status_code == 200
    for words in ("Porto-Novo", "Revoyez birth_place.", "Revoyez identity.", 'name="birth_place"'):
        assert words in page.text
    for words in ("DOSSOU-YOVO", "Sènan", "1957", "derrière l’école", "96 00 00 02", "awa@example.org"):
        assert words not in page.text


def test_a_browser_without_scripts_says_where_the_corrections_come_from(awa, asked):
    # Told to say nothing of it, a browser posts "Origin: null", and the site takes it for a forgery.
    page = awa.get(link(asked))
    assert page["Referrer-Policy"] == "same-origin"
    assert 'name="referrer"' not in page.text


def test_the_link_opens_no_other_page_of_the_case(awa, asked):
    awa.get(link(asked))
    assert awa.get(f"/suivi/{asked.shown_reference}/").status_code == 404


def test_a_mistyped_link_opens_nothing(awa, asked):
    wrong = link(asked)[:-2] + ("0/" if link(asked)[-2] != "0" else "1/")
    assert awa.get(wrong).status_code == 404


def test_the_link_gives_the_wrong_file_and_no_other(awa, asked, filed_case):
    wrong = asked.evidence.get()
    other = Evidence.objects.create(case=asked, piece="other", original_name="x.jpg", size=1, sha256="x", file="x")
    theirs = filed_case(surname="AUTRE").evidence.get()
    assert awa.get(f"{link(asked)}pieces/{wrong.pk}/")["Content-Disposition"].startswith("attachment")
    for file in (other, theirs):
        assert awa.get(f"{link(asked)}pieces/{file.pk}/").status_code == 404


def test_the_answer_by_the_link_sends_the_case_back_and_keeps_both_values(awa, asked):
    old = asked.evidence.get()
    typed = {"birth_place": "Ouidah", "_shown": "birth_place", "piece-identity": picture("n.jpg", "net"), "send": "1"}
    page = awa.post(link(asked), typed, follow=True)
    assert "Vos corrections sont envoyées" in page.text
    case = stored(asked)
    assert (case.state, case.returned, case.answers["birth_place"]) == (State.UNDER_REVIEW, True, "Ouidah")
    new = case.evidence.exclude(pk=old.pk).get()
    kept = {row.field: (row.before, row.after) for row in case.corrections.all()}
    assert kept == {"birth_place": ("Porto-Novo", "Ouidah"), "identity": ([old.pk], [new.pk])}
    entry = JournalEntry.objects.get(obj=case.obj, act="case.answer")
    assert "Ouidah" not in bytes(entry.body).decode()


def test_what_was_not_asked_is_not_changed_by_the_link(awa, asked):
    typed = {"birth_place": "Ouidah", "surname": "VOLEUR", "piece-identity": picture("n.jpg", "net"), "send": "1"}
    awa.post(link(asked), typed)
    assert stored(asked).answers["surname"] == "DOSSOU-YOVO"


def test_after_the_answer_the_link_says_so_and_changes_nothing_more(awa, asked):
    typed = {"birth_place": "Ouidah", "piece-identity": picture("n.jpg", "net"), "send": "1"}
    address = link(asked)
    awa.post(address, typed)
    again = awa.get(address)
    assert again.status_code == 410
    assert "Le bureau a reçu vos corrections" in again.text
    awa.post(address, typed | {"birth_place": "Abomey"})
    assert stored(asked).answers["birth_place"] == "Ouidah"
    assert "Ouidah" not in again.text
    assert awa.get(f"{address}pieces/{asked.evidence.first().pk}/").status_code == 404


def test_after_a_closing_the_link_says_so(awa, asked, cast):
    workflow.close(stored(asked), by=cast.sena, reason="Sans nouvelles.")
    page = awa.get(link(asked))
    assert page.status_code == 410
    assert "classée sans suite" in page.text


def test_an_old_link_does_not_open_the_next_question(awa, asked, cast):
    first = link(asked)
    awa.post(first, {"birth_place": "Ouidah", "piece-identity": picture("n.jpg", "net"), "send": "1"})
    case = marked(stored(asked), by=cast.sena, fields=["surname"])
    assert awa.get(first).status_code == 410
    assert "DOSSOU-YOVO" not in awa.get(first).text
    assert "DOSSOU-YOVO" in awa.get(link(case)).text
    assert "Ouidah" not in awa.get(link(case)).text


def test_an_unmarked_answer_that_is_posted_calls_for_nothing(awa, filed_case, cast):
    case = marked(branching(filed_case(state=State.UNDER_REVIEW)), by=cast.sena, fields=["birth_place"])
    awa.post(link(case), {"birth_place": "Ouidah", "can_come": "no", "send": "1"})
    after = stored(case)
    assert (after.answers["birth_place"], after.answers["can_come"]) == ("Ouidah", True)


def test_the_correction_of_one_case_is_not_done_through_another(awa, asked, filed_case, cast):
    other = marked(filed_case(surname="AUTRE", state=State.UNDER_REVIEW), by=cast.sena, fields=["birth_place"])
    awa.post(link(other), {"birth_place": "Ouidah", "send": "1"})
    assert stored(other).state == State.UNDER_REVIEW
    assert stored(asked).state == State.NEEDS_INFORMATION


# -- Corrections that change what is asked ------------------------------------------------------


def test_a_corrected_answer_that_calls_for_a_question_and_a_piece_has_them_asked_at_once(awa, filed_case, cast):
    case = marked(branching(filed_case(state=State.UNDER_REVIEW)), by=cast.sena, fields=["can_come"])
    first = awa.get(link(case)).text
    assert 'name="why_not"' not in first
    more = awa.post(link(case), {"can_come": "no", "_shown": "can_come", "send": "1"})
    assert more.status_code == 422
    assert "Votre réponse appelle une question de plus." in more.text
    assert 'name="why_not"' in more.text
    assert 'name="piece-medical"' in more.text
    assert "Répondez à cette question." not in more.text
    typed = {"can_come": "no", "why_not": "Elle est alitée.", "_shown": "can_come why_not", "send": "1"}
    assert awa.post(link(case), typed).status_code == 422  # the medical certificate is missing
    awa.post(link(case), typed | {"piece-medical": picture("m.jpg", "médical")})
    after = stored(case)
    assert (after.answers["can_come"], after.answers["why_not"]) == (False, "Elle est alitée.")
    assert after.evidence.filter(piece="medical").count() == 1
    assert set(after.corrections.values_list("field", flat=True)) == {"can_come", "why_not", "medical"}


def test_an_answer_no_longer_called_for_is_dropped_and_its_value_kept(awa, filed_case, cast):
    case = branching(filed_case(state=State.UNDER_REVIEW), can_come=False, why_not="Malade.")
    marked(case, by=cast.sena, fields=["can_come"])
    awa.post(link(case), {"can_come": "yes", "_shown": "can_come", "send": "1"})
    after = stored(case)
    assert "why_not" not in after.answers
    assert after.corrections.get(field="why_not").before == "Malade."


# -- Reading both values ------------------------------------------------------------------------


def test_the_clerk_reads_the_difference_and_the_old_photo_stays(awa, asked, signed_in, cast):
    awa.post(link(asked), {"birth_place": "Ouidah", "piece-identity": picture("nette.jpg", "n"), "send": "1"})
    page = text_of(signed_in(cast.sena).get(f"/agent/demande/{asked.reference}/"))
    assert re.search(r"<del>Porto-Novo</del>.*<ins>Ouidah</ins>", page)
    assert re.search(r'class="old".*identity\.jpg.*ancienne', page)
    assert "nette.jpg" in page


def test_the_citizen_reads_the_difference_too(awa, asked):
    awa.post(link(asked), {"birth_place": "Ouidah", "piece-identity": picture("nette.jpg", "n"), "send": "1"})
    opened(awa, asked)
    page = text_of(awa.get(f"/suivi/{asked.shown_reference}/"))
    assert re.search(r"<del>Porto-Novo</del>.*<ins>Ouidah</ins>", page)
    assert "(ancienne)" in page


def test_the_case_page_costs_the_same_however_many_corrections(asked, signed_in, cast):
    client, counts = signed_in(cast.sena), []
    for _turn in range(2):
        client.get(f"/agent/demande/{asked.reference}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/agent/demande/{asked.reference}/")
        counts.append(len(queries))
        Correction.objects.bulk_create(
            [Correction(case=asked, field="birth_place", before=f"{n}", after=f"{n + 1}") for n in range(10)]
        )
    assert counts[0] == counts[1]


def test_the_reasons_are_in_the_language_of_the_request(site, filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW, language="en")
    signed_in(cast.sena).post(
        f"/agent/demande/{case.reference}/demander-un-complement/",
        {"wrong-identity": "on", "ready-identity": "blurred"},
    )
    assert Client().get("/en" + link(case)).status_code == 200
    sms = OutboxMessage.objects.get(key=f"asked:{case.information_requests.get().pk}:sms").payload["text"]
    assert "/en/completer/" in sms
