"""Opinions of outside experts: a link opens one question, once, until its deadline, and shows what was ticked."""

import datetime
import uuid

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from arrondissements.models import JournalEntry, OutboxMessage
from requests_app import access, personal_data, workflow
from requests_app.catalogue.models import RejectionMotive
from requests_app.evidence import scanning
from requests_app.experts import asking, shared
from requests_app.messaging.sms import segments
from requests_app.models import Evidence, FileState, Opinion, ServiceRequest
from requests_app.moving import Refused
from requests_app.states import State
from tests.requests_app.desk import text_of
from tests.requests_app.test_answering import photo

pytestmark = pytest.mark.django_db
YES = {"favourable": "yes", "body": "Le mur est sain."}


@pytest.fixture
def case(filed_case):
    return filed_case(state=State.UNDER_REVIEW)


@pytest.fixture
def asked(case, cast):
    """`asked(confidential=False, …)`: the opinion of an expert asked by Sèna, and what the link opens."""

    def _asked(**more):
        facts = {"name": "Dr Zinsou", "email": "expert@example.org", "question": "Le mur est-il sain ?", "days": 3}
        return asking.ask(fresh(case), by=cast.sena, **(facts | more))

    return _asked


def fresh(case):
    return ServiceRequest.objects.select_related("version__service", "office").get(pk=case.pk)


def link(opinion):
    return f"/expert/{opinion.token}/"


# -- The link ---------------------------------------------------------------------------------------------------------


def test_the_link_leaves_by_the_ways_that_were_given(asked):
    asked(phone="+2290197000077")
    sms, letter = [OutboxMessage.objects.get(key__startswith="expert:", kind=kind) for kind in ("sms", "email")]
    token = str(Opinion.objects.get().token)
    assert token in sms.payload["text"]
    assert token in letter.payload["body"]
    assert segments(sms.payload["text"]) == 1
    assert "Dossou" not in letter.payload["body"] + sms.payload["text"]


def test_nothing_but_the_question_and_what_was_ticked_is_shown(asked, case):
    opinion = asked(shared=shared.as_kept(["field:birth_place"], identity=False))
    page = text_of(Client().get(link(opinion)))
    assert "Le mur est-il sain ?" in page
    assert case.answers["birth_place"] in page
    for hidden in (case.applicant_name, case.answers["surname"], case.phone, case.shown_reference, case.reference):
        assert hidden not in page


def test_the_name_is_shown_when_it_was_ticked(asked, case):
    assert case.applicant_name in text_of(Client().get(link(asked(shared={"identity": True}))))


def test_a_file_is_opened_when_it_was_ticked_and_no_other(asked, case):
    evidence = case.evidence.get(piece="identity")
    other = Evidence.objects.get(pk=evidence.pk)
    other.pk, other.sha256, other._state.adding = None, "0" * 64, True
    other.save()  # a second page of it, that nobody ticked
    closed = asked()
    assert Client().get(f"{link(closed)}piece/{evidence.pk}/").status_code == 404
    opinion = asked(name="Dr Kiki", shared=shared.as_kept([f"file:{evidence.pk}"], identity=False))
    assert Client().get(f"{link(opinion)}piece/{evidence.pk}/").status_code == 200
    assert Client().get(f"{link(opinion)}piece/{other.pk}/").status_code == 404
    asking.answer(opinion, favourable=True)
    assert Client().get(f"{link(opinion)}piece/{evidence.pk}/").status_code == 404


def test_another_token_opens_nothing(asked):
    asked()
    assert Client().get(f"/expert/{uuid.uuid4()}/").status_code == 404
    assert Client().post(f"/expert/{uuid.uuid4()}/", YES).status_code == 404


# -- The answer -------------------------------------------------------------------------------------------------------


def test_he_answers_once(asked, case):
    opinion, expert = asked(), Client()
    assert expert.post(link(opinion), YES).url == link(opinion)
    opinion.refresh_from_db()
    assert (opinion.favourable, opinion.body, opinion.answered_by) == (True, "Le mur est sain.", None)
    again = expert.post(link(opinion), {"favourable": "no", "body": "Non."})
    assert again.status_code == 200
    assert "déjà été reçu" in text_of(again)
    assert "Le mur est-il sain" not in text_of(again)
    opinion.refresh_from_db()
    assert opinion.favourable is True
    line = JournalEntry.objects.get(act="case.give_opinion")
    assert (line.obj, line.by) == (case.obj, None)


def test_two_answers_at_once_are_one(asked):
    seen = [access.expert_opinion(asked().token) for _ in range(1)] * 2
    asking.answer(seen[0], favourable=True)
    with pytest.raises(workflow.Refused, match="déjà été reçu"):
        asking.answer(Opinion.objects.select_related("case__office").get(pk=seen[1].pk), favourable=False, body="Non.")


def test_after_the_deadline_the_link_says_so_and_takes_nothing(asked):
    opinion = asked()
    with time_machine.travel(opinion.expires_at - datetime.timedelta(minutes=1), tick=False):
        assert Client().get(link(opinion)).status_code == 200
    with time_machine.travel(opinion.expires_at + datetime.timedelta(minutes=1), tick=False):
        page = Client().post(link(opinion), YES)
    assert page.status_code == 410
    assert "n’est plus valable" in text_of(page)
    assert Opinion.objects.get().answered_at is None


def test_the_last_moment_is_the_midnight_that_ends_the_last_day(asked):
    opinion = asked()
    assert timezone.localdate(opinion.expires_at) == opinion.due_on + datetime.timedelta(days=1)


def test_the_act_itself_takes_no_answer_after_the_deadline(asked):
    opinion = asked()
    with time_machine.travel(opinion.expires_at, tick=False), pytest.raises(Refused, match="délai est passé"):
        asking.answer(opinion, favourable=True)
    opinion.refresh_from_db()
    assert opinion.answered_at is None


def test_once_the_case_is_decided_the_link_says_so(asked, case, cast):
    opinion = asked()
    workflow.reject(fresh(case), by=cast.sena, motive=RejectionMotive.objects.first())
    page = Client().post(link(opinion), YES)
    assert page.status_code == 410
    assert "décidée entre-temps" in text_of(page)
    assert Opinion.objects.get().answered_at is None


def test_an_unfavourable_answer_says_why(asked):
    opinion = asked()
    page = Client().post(link(opinion), {"favourable": "no", "body": " "})
    assert page.status_code == 422
    assert "pourquoi" in text_of(page)


# -- The office -------------------------------------------------------------------------------------------------------


def test_a_necessary_opinion_holds_the_acceptance_and_names_the_expert(asked, case, cast):
    opinion = asked()
    with pytest.raises(workflow.Refused, match="Dr Zinsou"):
        workflow.accept(fresh(case), by=cast.sena)
    asking.answer(access.expert_opinion(opinion.token), favourable=True)
    workflow.accept(fresh(case), by=cast.sena)


def test_the_clerk_prolongs_and_the_link_leaves_again(asked, signed_in, cast):
    opinion = asked()
    before = opinion.expires_at
    signed_in(cast.sena).post(f"/agent/avis/expert/{opinion.pk}/prolonger/", {"days": "9"})
    opinion.refresh_from_db()
    assert opinion.expires_at > before
    assert OutboxMessage.objects.filter(key__startswith="expert:").count() == 2


def test_called_off_the_link_closes_and_the_case_goes_on(asked, case, signed_in, cast):
    opinion = asked()
    signed_in(cast.sena).post(f"/agent/avis/expert/{opinion.pk}/fermer/")
    page = Client().get(link(opinion))
    assert page.status_code == 410
    assert "n’attend plus" in text_of(page)
    workflow.accept(fresh(case), by=cast.sena)


@pytest.mark.parametrize("login", ["codjo", "fifame", "koffi", "ines"])
def test_nobody_of_another_office_asks_prolongs_or_calls_off(asked, case, signed_in, cast, login):
    opinion, stranger = asked(), getattr(cast, login)
    client = signed_in(stranger)
    assert client.get(f"/agent/demande/{case.reference}/demander-a-un-expert/").status_code == 404
    assert client.post(f"/agent/avis/expert/{opinion.pk}/prolonger/").status_code == 404
    assert client.post(f"/agent/avis/expert/{opinion.pk}/fermer/").status_code == 404
    with pytest.raises(PermissionDenied):
        asking.ask(fresh(case), by=stranger, name="X", email="x@example.org", question="?")


def test_an_expert_without_an_address_is_not_asked(asked):
    with pytest.raises(workflow.Refused, match="parvenir"):
        asked(email="")


def test_the_clerk_ticks_what_the_expert_sees(case, signed_in, cast):
    client, address = signed_in(cast.sena), f"/agent/demande/{case.reference}/demander-a-un-expert/"
    assert 'value="field:birth_place"' in client.get(address).content.decode()
    posted = {
        "name": "Dr Zinsou",
        "phone": "97 00 00 77",
        "question": "Le mur est-il sain ?",
        "days": "3",
        "shown": "on",
        "share": ["field:birth_place"],
    }
    assert client.post(address, posted).url == f"/agent/demande/{case.reference}/"
    opinion = Opinion.objects.get()
    assert opinion.shared == {"identity": False, "fields": ["birth_place"], "files": []}
    assert (opinion.confidential, opinion.required, opinion.expert_phone) == (False, False, "+2290197000077")
    assert "Dr Zinsou" in text_of(client.get(f"/agent/demande/{case.reference}/"))


# -- The citizen ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("confidential", "seen"), [(False, True), (True, False)])
def test_the_citizen_reads_it_with_the_decision_unless_it_is_confidential(asked, case, cast, confidential, seen):
    opinion = asked(confidential=confidential)
    asking.answer(access.expert_opinion(opinion.token), favourable=False, body="Le mur penche.")
    citizen = Client()
    session = citizen.session
    session["tracked_cases"] = [case.pk]
    session.save()
    page = f"/suivi/{case.reference}/"
    assert "Le mur penche" not in text_of(citizen.get(page))  # not decided yet
    workflow.reject(fresh(case), by=cast.sena, motive=RejectionMotive.objects.first())
    words = text_of(citizen.get(page))
    assert ("Le mur penche" in words) is seen
    assert "Zinsou" not in words


# -- His files --------------------------------------------------------------------------------------------------------


def report(name="rapport.jpg"):
    return SimpleUploadedFile(name, photo("rapport").read(), "image/jpeg")


def file_of(case, file):
    return f"/agent/demande/{case.reference}/piece/{file.pk}/"


def test_he_joins_a_file_and_the_clerk_opens_it_beside_the_opinion(asked, case, signed_in, cast):
    opinion = asked()
    assert Client().post(link(opinion), YES | {"attached": [report(), report("double.jpg")]}).status_code == 302
    file = opinion.attachments.get()  # the same file twice is once
    assert (file.case, file.state, file.original_name) == (case, FileState.AVAILABLE, "rapport.jpg")
    assert b'"files":1' in bytes(JournalEntry.objects.get(act="case.give_opinion").body)
    client = signed_in(cast.sena)
    page = text_of(client.get(f"/agent/demande/{case.reference}/"))
    assert page.count(file_of(case, file)) >= 1
    assert client.get(file_of(case, file)).status_code == 200
    assert signed_in(cast.codjo).get(file_of(case, file)).status_code == 404


def test_a_file_that_is_no_photo_and_no_pdf_is_refused_and_nothing_is_given(asked):
    opinion = asked()
    page = Client().post(link(opinion), YES | {"attached": SimpleUploadedFile("rapport.exe", b"MZ\x90")})
    assert page.status_code == 422
    assert "rapport.exe" in text_of(page)
    assert "Le mur est sain." in text_of(page)
    opinion.refresh_from_db()
    assert (opinion.answered_at, opinion.attachments.count()) == (None, 0)
    four = [report(f"{n}.jpg") for n in range(4)]
    assert Client().post(link(opinion), YES | {"attached": four}).status_code == 422


def test_a_late_answer_leaves_no_file(asked):
    opinion = asked()
    with time_machine.travel(opinion.expires_at + datetime.timedelta(minutes=1), tick=False):
        assert Client().post(link(opinion), YES | {"attached": report()}).status_code == 410
    assert not opinion.attachments.exists()


def test_nobody_opens_his_file_before_the_antivirus_has_read_it(asked, case, signed_in, cast, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    opinion = asked()
    Client().post(link(opinion), YES | {"attached": report()})
    file = opinion.attachments.get()
    assert file.state == FileState.QUARANTINE
    assert OutboxMessage.objects.filter(key=f"scan:{file.pk}").exists()
    client = signed_in(cast.sena)
    page = text_of(client.get(f"/agent/demande/{case.reference}/"))
    assert "en cours de vérification" in page
    assert client.get(file_of(case, file)).status_code == 404


def test_a_dangerous_file_of_an_expert_is_erased_and_the_citizen_hears_nothing_of_it(
    asked, case, settings, monkeypatch
):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    opinion = asked()
    Client().post(link(opinion), YES | {"attached": report()})
    file, answers = opinion.attachments.get(), fresh(case).answers
    monkeypatch.setattr(scanning, "signature_in", lambda content, address: "Eicar")
    scanning.scan({"evidence": file.pk})
    file.refresh_from_db()
    assert (file.state, file.file.name) == (FileState.INFECTED, "")
    assert not OutboxMessage.objects.filter(key__startswith="infected:").exists()
    assert fresh(case).answers == answers


@pytest.mark.parametrize(("confidential", "seen"), [(False, True), (True, False)])
def test_the_citizen_opens_his_file_with_the_decision_unless_it_is_confidential(asked, case, cast, confidential, seen):
    opinion = asked(confidential=confidential)
    Client().post(link(opinion), YES | {"attached": report()})
    file = opinion.attachments.get()
    citizen = Client()
    session = citizen.session
    session["tracked_cases"] = [case.pk]
    session.save()
    page, address = f"/suivi/{case.reference}/", f"/suivi/{case.reference}/pieces/{file.pk}/"
    own = case.evidence.get(piece="identity")
    assert citizen.get(f"/suivi/{case.reference}/pieces/{own.pk}/").status_code == 200  # the address is the right one
    assert "rapport.jpg" not in text_of(citizen.get(page))
    assert citizen.get(address).status_code == 404  # not decided yet
    workflow.reject(fresh(case), by=cast.sena, motive=RejectionMotive.objects.first())
    assert ("rapport.jpg" in text_of(citizen.get(page))) is seen
    assert citizen.get(address).status_code == (200 if seen else 404)
    assert "rapport.jpg" not in str(personal_data.about(fresh(case)))


def test_another_expert_is_never_shown_the_file_of_the_first(asked, case):
    first = asked()
    Client().post(link(first), YES | {"attached": report()})
    file = first.attachments.get()
    assert f"file:{file.pk}" not in [one.value for one in shared.shareable(fresh(case))]
    second = asked(name="Dr Kiki")
    assert Client().get(f"{link(second)}piece/{file.pk}/").status_code == 404
