"""The file of a case: why it is opened, what it costs, what an act sends, notes, requests alike, typing errors."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from arrondissements import journal
from arrondissements.models import JournalEntry, OutboxMessage, Posting, Role, User
from requests_app import workflow
from requests_app.catalogue.models import RejectionMotive, Service
from requests_app.dossier import amending, gathering, likeness, reading
from requests_app.dossier.reading import Reason
from requests_app.models import (
    Correction,
    DuplicateVerdict,
    Evidence,
    InformationRequest,
    Message,
    Opinion,
    Pause,
    SeenPiece,
    ServiceRequest,
)
from requests_app.moving import Refused, TooLate
from requests_app.states import State
from tests.cast import SINCE
from tests.requests_app.desk import EVERYBODY, read_by, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _styles_as_in_the_sources(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


@pytest.fixture
def auditor(cast):
    user = User.objects.create_user("aurelle")
    Posting.objects.create(user=user, office=cast.funerals, role=Role.AUDITOR, starts=SINCE)
    return user


def page_of(case):
    return f"/agent/demande/{case.reference}/"


def readings(case):
    lines = JournalEntry.objects.filter(chain="reads", obj=case.obj).order_by("seq")
    return [(line.by.username, line.reason) for line in lines.select_related("by")]


def stored(case):
    return ServiceRequest.objects.select_related("version", "office").get(pk=case.pk)


# -- Why it is opened ---------------------------------------------------------------------------


def test_a_case_on_nobodys_desk_shows_nothing_before_a_reason(filed_case, signed_in, cast):
    case = filed_case()
    client = signed_in(cast.sena)
    before = text_of(client.get(page_of(case)))
    for words in (case.applicant_name, "Porto-Novo", case.version.title, "identity"):
        assert words not in before
    assert readings(case) == []
    client.post(f"{page_of(case)}ouvrir/", {"reason": "help"})
    after = text_of(client.get(page_of(case)))
    assert case.applicant_name in after
    assert "Porto-Novo" in after
    assert readings(case) == [("sena", "help")]


def test_the_reason_is_asked_once_a_day(filed_case, signed_in, cast):
    import time_machine

    case = filed_case(state=State.UNDER_REVIEW)
    with time_machine.travel("2026-11-25 10:00+01:00", tick=False):
        client = signed_in(cast.rekia)
        read_by(client, case)
        assert "Porto-Novo" in text_of(client.get(page_of(case)))
    with time_machine.travel("2026-11-26 10:00+01:00", tick=False):
        assert "Porto-Novo" not in text_of(signed_in(cast.rekia).get(page_of(case)))


def test_who_holds_the_case_is_asked_nothing(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)  # sena took it
    assert "Porto-Novo" in text_of(signed_in(cast.sena).get(page_of(case)))
    assert readings(case) == [("sena", "mine")]
    ServiceRequest.objects.filter(pk=case.pk).update(assigned_to=cast.other_clerk)
    assert "Porto-Novo" in text_of(signed_in(cast.other_clerk).get(page_of(case)))
    assert "Porto-Novo" not in text_of(signed_in(cast.mahugnon).get(page_of(case)))


def test_taking_it_is_a_reason_and_takes_it(filed_case, signed_in, cast):
    case = filed_case()
    answer = signed_in(cast.sena).post(f"{page_of(case)}ouvrir/", {"reason": "take", "next": page_of(case)})
    assert answer.url == page_of(case)
    assert (stored(case).state, stored(case).instructed_by) == (State.UNDER_REVIEW, cast.sena)


def test_another_reason_is_said_in_words(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.rekia)
    assert client.post(f"{page_of(case)}ouvrir/", {"reason": "other"}).status_code == 422
    assert readings(case) == []
    client.post(f"{page_of(case)}ouvrir/", {"reason": "other", "words": "Appel du procureur"})
    assert readings(case) == [("rekia", "other : Appel du procureur")]
    assert str(reading.in_words("other : Appel du procureur")) == "Autre raison : Appel du procureur"


@pytest.mark.parametrize("reason", ["mine", "signing", "audit", "take", "", "x"])
def test_a_reason_that_is_not_offered_opens_nothing(filed_case, signed_in, cast, reason):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.fifame)  # neither an auditor nor somebody who takes
    assert client.post(f"{page_of(case)}ouvrir/", {"reason": reason}).status_code == 422
    assert "Porto-Novo" not in text_of(client.get(page_of(case)))


def test_no_reason_opens_the_case_of_another_office(filed_case, signed_in, cast):
    case = filed_case()
    client = signed_in(cast.codjo)
    assert client.post(f"{page_of(case)}ouvrir/", {"reason": "check"}).status_code == 404
    assert readings(case) == []


@pytest.mark.parametrize("going", ["https://ailleurs.example/", "/admin/", "//ailleurs.example"])
def test_the_reason_leads_to_this_case_only(filed_case, signed_in, cast, going):
    case = filed_case()
    answer = signed_in(cast.sena).post(f"{page_of(case)}ouvrir/", {"reason": "check", "next": going})
    assert answer.url == page_of(case)


@pytest.mark.parametrize("page", ["accepter/", "refuser/", "demander-un-complement/", "ecrire/", "corriger/nom/"])
def test_no_page_beside_the_case_goes_round_the_question(filed_case, signed_in, cast, page):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.rekia)
    assert case.applicant_name not in text_of(client.get(page_of(case) + page))
    read_by(client, case)
    assert case.applicant_name in text_of(client.get(page_of(case) + page))


def test_a_file_asks_first_too(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.rekia)
    file = f"{page_of(case)}piece/{case.evidence.get().pk}/"
    assert client.get(file)["Content-Type"].startswith("text/html")
    read_by(client, case)
    assert client.get(file)["Content-Type"] == "image/jpeg"


def test_the_signatory_reads_what_he_signs_without_a_question(filed_case, signed_in, cast):
    case = filed_case(state=State.ACCEPTED)
    client = signed_in(cast.rekia)
    assert case.applicant_name in text_of(client.get(f"{page_of(case)}signer/"))
    assert readings(case) == [("rekia", "signing")]
    assert "Porto-Novo" in text_of(client.get(page_of(case)))  # the same day


def test_the_auditor_reads_every_office_with_a_reason_and_decides_nothing(filed_case, signed_in, auditor):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(auditor)
    assert "Porto-Novo" not in text_of(client.get(page_of(case)))
    page = text_of(read_by(client, case, "audit"))
    assert "Porto-Novo" in page
    assert "accepter/" not in page
    assert readings(case) == [("aurelle", "audit")]
    assert client.post(f"{page_of(case)}accepter/").status_code == 404


# -- What it costs ------------------------------------------------------------------------------


def grown(case, cast, turn):
    """Five more of all that may lie beside a case."""
    for i in range(5):
        n = turn * 5 + i
        letter = Message.objects.create(case=case, author=cast.rekia, body=f"mot {n}")
        for message in (letter, None):
            Evidence.objects.create(
                case=case, piece="identity", file=f"x{n}.jpg", original_name=f"{n}.jpg", media_type="image/jpeg",
                size=1, sha256=f"{n}{bool(message)}", message=message,
            )  # fmt: skip
        asked = InformationRequest.objects.create(
            case=case, fields=["surname"], pieces=[], asked_by=cast.sena, answered_at=timezone.now()
        )
        Correction.objects.create(case=case, asked=asked, field="surname", before=f"A{n}", after=f"B{n}")
        SeenPiece.objects.create(case=case, piece=f"p{n}", by=cast.fifame)
        Pause.objects.create(
            case=case, began_at=timezone.now(), ended_at=timezone.now(), due_before=case.due_on,
            due_after=case.due_on + datetime.timedelta(days=n + 1),
        )  # fmt: skip
        Opinion.objects.create(
            case=case, office=cast.fifth, question=f"q{n}", asked_by=cast.sena, due_on=timezone.localdate(),
            answered_by=cast.codjo, answered_at=timezone.now(), favourable=True,
        )  # fmt: skip
        Message.objects.create(case=case, from_applicant=True, body=f"du citoyen {n}")


def test_a_case_costs_12_queries_whatever_its_history(filed_case, signed_in, cast, record_property):
    case = filed_case(state=State.UNDER_REVIEW)
    ServiceRequest.objects.filter(pk=case.pk).update(due_on=case.due_on + datetime.timedelta(days=30))
    filed_case(given_names="Awa")  # a twin
    client, costs = signed_in(cast.sena), []
    client.get(page_of(case))
    for turn in range(3):
        grown(case, cast, turn)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(page_of(case)).text
        costs.append(len(queries))
    assert "mot 14" in page
    assert "B14" in page
    assert "14.jpg" in page
    record_property("figures", f"a case page: {costs} queries after 5, 10 and 15 of everything beside it")
    assert costs[0] == costs[1] == costs[2] <= 12


def test_what_is_gathered_is_what_the_tables_hold(filed_case, cast):
    case = filed_case(state=State.NEEDS_INFORMATION)
    grown(case, cast, 0)
    gathered, plain = stored(case), stored(case)
    gathering.gather(gathered)
    for relation in gathering.BESIDE:
        rows = getattr(gathered, relation).all()
        expected = list(getattr(plain, relation).all())
        assert list(rows) == expected
        for one, same in zip(rows, expected, strict=True):
            for field in type(one)._meta.concrete_fields:
                assert getattr(one, field.attname) == getattr(same, field.attname), (relation, field.name)


# -- What an act sends --------------------------------------------------------------------------


def test_each_act_says_the_words_it_sends_and_to_whom(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    page = text_of(signed_in(cast.sena).get(page_of(case)))
    workflow.transfer(stored(case), by=cast.sena, to=cast.fifth, reason="Elle habite le 5e.")
    sent = OutboxMessage.objects.get(kind="sms", key__startswith="transferred")
    opening = sent.payload["text"].split(" : Bureau")[0]
    assert opening in page.replace("&#x27;", "'")
    assert re.search(r"SMS au (\d\d ){4}\d\d", page)


def test_nothing_is_promised_to_be_sent_by_what_sends_nothing(filed_case, signed_in, cast):
    case = filed_case(state=State.ACCEPTED)
    assert 'class="sent"' not in read_by(signed_in(cast.mahugnon), case).text


# -- Notes --------------------------------------------------------------------------------------


def test_a_note_is_kept_and_the_citizen_never_reads_it(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    client = signed_in(cast.sena)
    client.post(f"{page_of(case)}note/", {"body": "Voir avec le chef."})
    note = Message.objects.get(case=case)
    assert (note.internal, note.author, note.body) == (True, cast.sena, "Voir avec le chef.")
    assert "Voir avec le chef." in client.get(page_of(case)).text
    assert JournalEntry.objects.filter(obj=case.obj, act="case.note", by=cast.sena).count() == 1
    client.post(f"{page_of(case)}note/", {"body": "  "})
    assert Message.objects.filter(case=case).count() == 1
    assert signed_in(cast.codjo).post(f"{page_of(case)}note/", {"body": "x"}).status_code == 404


# -- Requests alike -----------------------------------------------------------------------------


def test_the_same_names_heard_or_the_same_phone_are_alike(filed_case):
    case = filed_case(name="Koffi Houngbédji", phone="+22901950000001")
    heard = filed_case(name="Coffi HOUNBEDJI", phone="+22901950000002")
    phone = filed_case(name="Afi Dossou", phone="+22901950000001")
    other = filed_case(name="Kossi Houngbédji", phone="+22901950000003")
    service = filed_case("permis-inhumer", name="Koffi Houngbédji", phone="+22901950000001")
    assert set(likeness.alike(case)) == {heard, phone}
    ServiceRequest.objects.filter(pk=heard.pk).update(submitted_at=timezone.now() - datetime.timedelta(days=91))
    from requests_app.models import SearchKey

    SearchKey.objects.filter(case=heard).update(submitted_at=timezone.now() - datetime.timedelta(days=91))
    assert set(likeness.alike(case)) == {phone}
    assert other.pk
    assert service.pk


def test_of_the_requests_of_other_offices_only_the_office_is_said(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    theirs = filed_case(residence="5:Gbéto", surname="AUTRE")
    page = text_of(signed_in(cast.sena).get(page_of(case)))
    assert "Une demande semblable existe ailleurs : Bureau du 5e arrondissement" in page
    assert theirs.shown_reference not in page
    assert signed_in(cast.sena).get(f"{page_of(case)}comparer/{theirs.reference}/").status_code == 404


def test_what_differs_is_marked_and_both_readings_are_written(filed_case, signed_in, cast):
    case, twin = filed_case(state=State.UNDER_REVIEW), filed_case(given_names="Autre Prénom")
    page = text_of(signed_in(cast.sena).get(f"{page_of(case)}comparer/{twin.reference}/"))
    assert "Autre Prénom" in page
    assert page.count('class="differs"') == 1
    assert "le même fichier" in page
    assert readings(case) == readings(twin) == [("sena", "compared")]


def test_the_same_is_said_then_one_is_closed_and_its_applicant_knows_which_goes_on(filed_case, signed_in, cast):
    case, twin = filed_case(state=State.UNDER_REVIEW), filed_case(given_names="Autre Prénom")
    client = signed_in(cast.sena)
    compare = f"{page_of(twin)}comparer/{case.reference}/"
    assert "Classer" not in text_of(client.get(compare))
    client.post(f"{compare}classer/")
    assert stored(twin).state == State.SUBMITTED  # nobody said they are the same
    client.post(f"{compare}verdict/", {"same": "1"})
    verdict = DuplicateVerdict.objects.get()
    assert (verdict.first, verdict.second, verdict.same, verdict.by) == (case, twin, True, cast.sena)
    assert f"La demande {case.shown_reference} continue" in text_of(client.get(compare))
    assert client.post(f"{compare}classer/").url == page_of(case)
    assert (stored(twin).state, stored(case).state) == (State.CLOSED, State.UNDER_REVIEW)
    sms = OutboxMessage.objects.get(kind="sms", key=f"duplicate:{twin.pk}:sms").payload["text"]
    assert case.shown_reference in sms
    assert len(sms) <= 160
    acts = JournalEntry.objects.filter(obj=twin.obj, chain="acts").order_by("seq").values_list("act", flat=True)
    assert list(acts)[-2:] == ["case.duplicate_same", "case.close_duplicate"]


def test_different_is_kept_and_closes_nothing(filed_case, signed_in, cast):
    case, twin = filed_case(state=State.UNDER_REVIEW), filed_case(given_names="Autre Prénom")
    client, compare = signed_in(cast.sena), f"{page_of(case)}comparer/{twin.reference}/"
    client.post(f"{compare}verdict/", {"same": "1"})
    client.post(f"{compare}verdict/", {"same": "0"})
    assert not DuplicateVerdict.objects.get().same
    assert "différente" in text_of(client.get(page_of(case)))
    with pytest.raises(Refused):
        workflow.close_duplicate(stored(twin), by=cast.sena, kept=stored(case))


def test_the_counter_compares_and_judges_nothing(filed_case, signed_in, cast):
    case, twin = filed_case(), filed_case(given_names="Autre Prénom")
    client, compare = signed_in(cast.fifame), f"{page_of(case)}comparer/{twin.reference}/"
    assert client.get(compare).status_code == 200
    assert client.post(f"{compare}verdict/", {"same": "1"}).status_code == 404
    assert not DuplicateVerdict.objects.exists()


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


# -- The journal of a case ----------------------------------------------------------------------


@pytest.mark.parametrize("login", [*EVERYBODY, "aurelle"])
def test_only_who_answers_for_it_reads_the_journal_of_a_case(filed_case, signed_in, cast, auditor, login):
    case = filed_case(state=State.UNDER_REVIEW)
    user = auditor if login == "aurelle" else getattr(cast, login)
    for address in (f"{page_of(case)}journal/", f"{page_of(case)}journal.csv"):
        status = signed_in(user).get(address).status_code
        assert status == (200 if login in {"mahugnon", "secretary", "aurelle"} else 404)


def test_the_journal_says_who_read_why_and_who_did_with_its_place_in_the_chain(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    rekia, head = signed_in(cast.rekia), signed_in(cast.mahugnon)
    read_by(rekia, case, "help")
    rekia.get(f"{page_of(case)}piece/{case.evidence.get().pk}/")
    page = text_of(head.get(f"{page_of(case)}journal/"))
    for words in ("Rekia", "Renseigner le demandeur au guichet", "Demande prise en charge", "Sena", "identity.jpg"):
        assert words in page
    last = JournalEntry.objects.filter(obj=case.obj, chain="reads").latest("seq")
    assert f"reads:{last.seq}" in page
    acts = text_of(head.get(f"{page_of(case)}journal/?chain=acts"))
    assert "Rekia" not in acts
    assert "Demande prise en charge" in acts
    reads = text_of(head.get(f"{page_of(case)}journal/?chain=reads"))
    assert "Demande prise en charge" not in reads
    assert JournalEntry.objects.filter(chain="reads", obj=f"journal:{case.pk}", by=cast.mahugnon).count() == 1


def test_the_journal_leaves_as_a_file_without_a_formula(filed_case, signed_in, cast):
    case = filed_case(state=State.UNDER_REVIEW)
    signed_in(cast.rekia).post(f"{page_of(case)}ouvrir/", {"reason": "other", "words": '=HYPERLINK("x")'})
    answer = signed_in(cast.mahugnon).get(f"{page_of(case)}journal.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 1 + JournalEntry.objects.filter(obj=case.obj).count()
    assert not any(";=" in line for line in lines)
    assert any("HYPERLINK" in line for line in lines)


def test_a_longer_journal_costs_no_more_and_goes_on_on_the_next_page(filed_case, signed_in, cast):
    case, client, costs = filed_case(state=State.UNDER_REVIEW), signed_in(cast.mahugnon), []
    client.get(f"{page_of(case)}journal/")
    for _ in range(2):
        for n in range(60):
            journal.record("case.note", obj=case.obj, by=cast.sena, office=cast.first, reason=f"n{n}")
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"{page_of(case)}journal/").text
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 11
    assert "start=100" in page
    assert "Demande déposée" in client.get(f"{page_of(case)}journal/?start=100").text
    assert "Demande déposée" not in page


# -- Motives ------------------------------------------------------------------------------------


@pytest.fixture
def motive(cast, catalogue):
    made = RejectionMotive.objects.create(
        code="essai",
        label_i18n={"fr": "Dossier vide", "en": "Empty file"},
        remedy_i18n={"fr": "Recommencez.", "en": "Start again."},
        legal_basis_i18n={"fr": "Article à confirmer", "en": "Article to be confirmed"},
    )
    made.services.add(Service.objects.get(slug="certificat-vie"))
    return made


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


def test_the_reasons_have_words():
    assert all(str(reading.in_words(reason.value)) for reason in Reason)
    assert reverse("desk:open", args=["K7M2X4TDB"]).endswith("/ouvrir/")
