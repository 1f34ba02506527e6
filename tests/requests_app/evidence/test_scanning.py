"""The antivirus, with a real clamd: nothing passes unread, and one that is away means quarantine, never "clean"."""

import gzip
import io
import random

import pikepdf
import pytest
from django.core.checks import run_checks
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from arrondissements.models import JournalEntry, OutboxMessage
from requests_app import filing, workflow
from requests_app.catalogue import publishing
from requests_app.catalogue.models import Service
from requests_app.evidence import probing, scanning
from requests_app.evidence.checks import MAX_BYTES
from requests_app.evidence.standing import unchecked_pieces
from requests_app.models import Evidence, FileState
from requests_app.states import State
from tests.antivirus import CLAMD_FILE_LIMIT, CLAMD_STREAM_LIMIT, EICAR
from tests.cast import deliver_all
from tests.requests_app.citizen import begun, filled, opened, page, posted_step, sent
from tests.requests_app.desk import read_by

pytestmark = pytest.mark.django_db

AWAY = "tcp://127.0.0.1:9"  # nobody listens on the port "discard"


def photo(seed=1, size=(40, 30)):
    out = io.BytesIO()
    Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3)).save(out, "JPEG", quality=95)
    return SimpleUploadedFile("photo.jpg", out.getvalue())


def pdf(hidden=b"", *, packed=True):
    """A page whose content holds `hidden`, which no check of the form can refuse."""
    with pikepdf.new() as document:
        page = document.add_blank_page()
        page.Contents = document.make_stream(b"q Q\n% " + hidden + b"\n")
        out = io.BytesIO()
        document.save(out, compress_streams=packed, deterministic_id=True)  # the same bytes each time
    return SimpleUploadedFile("acte.pdf", out.getvalue())


def due_again():
    """The next try of what failed is now."""
    OutboxMessage.objects.filter(state="FAILED").update(next_at=timezone.now())


def state_of(file):
    return Evidence.objects.get(pk=file.pk).state


def test_without_an_antivirus_a_rebuilt_file_is_available_at_once(awa):
    file = filing.attach(begun(awa), "identity", photo())
    assert file.state == FileState.AVAILABLE
    assert not OutboxMessage.objects.filter(kind="scan").exists()


def test_a_clean_file_leaves_the_quarantine(awa, clamd):
    case = begun(awa)
    file = filing.attach(case, "identity", photo())
    assert file.state == FileState.QUARANTINE
    deliver_all()
    file.refresh_from_db()
    assert file.state == FileState.AVAILABLE
    assert file.checked_at is not None


def test_the_test_virus_and_a_clean_file_are_told_apart_by_the_real_thing(clamd):
    assert scanning.signature_in(EICAR, clamd.url) == "Eicar-Local.UNOFFICIAL"
    assert scanning.signature_in(EICAR[:-1], clamd.url) == ""


@pytest.mark.parametrize("packed", [True, False])
def test_the_test_virus_inside_a_pdf_is_found_after_the_pdf_was_rebuilt(
    awa, clamd, private_files, packed, django_capture_on_commit_callbacks
):
    case = begun(awa)
    file = filing.attach(case, "identity", pdf(EICAR, packed=packed))
    path = private_files / file.file.name
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        deliver_all()
    assert state_of(file) == FileState.INFECTED
    assert not path.exists()
    line = JournalEntry.objects.get(act="evidence.infected", obj=case.obj)
    assert b"Eicar" in bytes(line.body)
    answer = awa.get(page(case, "evidence"))
    assert "refusée : fichier dangereux" in answer.text
    assert "envoyez la photo" in answer.text


def test_a_dangerous_file_does_not_count_as_given_and_the_same_one_is_refused_at_once(awa, clamd):
    case = filled(awa)
    case.refresh_from_db()
    case.evidence.all().delete()
    filing.attach(case, "identity", pdf(EICAR))
    assert filing.gaps(case) == []  # in quarantine it counts
    deliver_all()
    assert [gap.stage for gap in filing.gaps(case)] == ["evidence"]
    with pytest.raises(workflow.Incomplete):
        workflow.submit(case)
    with pytest.raises(filing.RefusedFile, match="dangereux"):
        filing.attach(case, "identity", pdf(EICAR))
    filing.attach(case, "identity", photo())
    assert filing.gaps(case) == []


def test_a_request_is_filed_while_a_piece_waits_but_not_accepted_before_it_is_checked(awa, clamd, cast):
    case = filled(awa)
    assert sent(awa, case).status_code == 303
    case.refresh_from_db()
    workflow.take(case, by=cast.sena)
    with pytest.raises(workflow.Refused, match="pas encore vérifiées"):
        workflow.accept(case, by=cast.sena)
    assert case.state == State.UNDER_REVIEW
    deliver_all()
    workflow.accept(case, by=cast.sena)
    assert case.state == State.ACCEPTED


def test_nobody_opens_a_file_in_quarantine_and_everybody_reads_its_state(awa, clamd, cast, signed_in):
    case = filled(awa)
    sent(awa, case)
    case.refresh_from_db()
    opened(awa, case)
    file = case.evidence.get()
    sena = signed_in(cast.sena)
    citizen, clerk = f"/suivi/{case.reference}/pieces/{file.pk}/", f"/agent/demande/{case.reference}/piece/{file.pk}/"
    assert awa.get(citizen).status_code == sena.get(clerk).status_code == 404
    shown = [awa.get(f"/suivi/{case.reference}/"), read_by(sena, case)]
    for answer in shown:
        assert "reçue, en cours de vérification" in answer.text
        assert citizen not in answer.text
        assert clerk not in answer.text
    deliver_all()
    assert awa.get(citizen).status_code == sena.get(clerk).status_code == 200


def test_an_antivirus_that_is_away_means_quarantine_and_the_file_passes_when_it_is_back(awa, clamd):
    file = filing.attach(begun(awa), "identity", photo())
    clamd.stop()
    deliver_all()
    row = OutboxMessage.objects.get(kind="scan")
    assert (row.state, row.key) == ("FAILED", f"scan:{file.pk}")
    assert state_of(file) == FileState.QUARANTINE
    clamd.start()
    due_again()
    deliver_all()
    assert state_of(file) == FileState.AVAILABLE


def test_what_could_not_be_scanned_is_seen_by_the_head_of_the_office(awa, settings, cast, signed_in):
    settings.CLAMD_URL = AWAY
    file = filing.attach(begun(awa), "identity", photo())
    deliver_all()
    answer = signed_in(cast.mahugnon).get("/agent/envois/")
    assert "vérification d’un fichier" in answer.text
    assert f"scan:{file.pk}" in answer.text


def test_an_antivirus_that_is_too_slow_means_quarantine(awa, clamd, monkeypatch):
    file = filing.attach(begun(awa), "identity", photo())
    clamd.freeze()
    with monkeypatch.context() as patch:
        patch.setattr(scanning, "ANSWER_SECONDS", 0.4)
        deliver_all()
    clamd.thaw()
    assert OutboxMessage.objects.get(kind="scan").error.startswith("TimeoutError")
    assert state_of(file) == FileState.QUARANTINE
    due_again()
    deliver_all()
    assert state_of(file) == FileState.AVAILABLE


def test_a_file_above_the_limit_of_the_antivirus_stays_in_quarantine(awa, clamd):
    case = begun(awa)
    file = filing.attach(case, "identity", photo(size=(800, 600)))
    assert file.size > CLAMD_STREAM_LIMIT
    small = filing.attach(case, "identity", photo(2))
    deliver_all()
    assert state_of(file) == FileState.QUARANTINE
    assert state_of(small) == FileState.AVAILABLE  # one file does not hold up the others
    assert OutboxMessage.objects.get(key=f"scan:{file.pk}").state == "FAILED"


def test_a_file_that_the_antivirus_did_not_read_whole_is_neither_clean_nor_dangerous(awa, clamd):
    """Small enough to be sent to it, larger than what it scans: it says so, and the file waits."""
    case = begun(awa)
    file = filing.attach(case, "identity", photo(size=(690, 470)))
    assert CLAMD_FILE_LIMIT < file.size < CLAMD_STREAM_LIMIT
    deliver_all()
    assert state_of(file) == FileState.QUARANTINE
    row = OutboxMessage.objects.get(key=f"scan:{file.pk}")
    assert (row.state, "Limits.Exceeded" in row.error) == ("FAILED", True)
    assert not JournalEntry.objects.filter(act="evidence.infected").exists()


def test_an_antivirus_that_calls_clean_what_it_did_not_read_is_named_before_it_is_used(lenient_clamd, settings):
    """Negative control: with clamd as it comes, the test virus behind too many layers is clean."""
    hidden = EICAR
    for _layer in range(probing.DEEPER_THAN_READ):
        hidden = gzip.compress(hidden, 1)
    assert scanning.signature_in(hidden, lenient_clamd.url) == ""
    assert [said.id for said in probing.antivirus_reads_whole()] == ["requests_app.W002"]


def test_the_configuration_that_comes_with_the_portal_is_the_right_one(our_clamd):
    assert probing.antivirus_reads_whole() == []
    with pytest.raises(scanning.NotScanned):
        scanning.signature_in(probing.too_deep(), our_clamd.url)
    assert scanning.signature_in(bytes(MAX_BYTES), our_clamd.url) == ""


def test_an_antivirus_with_narrow_limits_or_away_is_named_too(clamd, settings):
    assert [said.id for said in probing.antivirus_reads_whole()] == ["requests_app.W003"]
    settings.CLAMD_URL = AWAY
    assert [said.id for said in probing.antivirus_reads_whole()] == ["requests_app.W001"]
    settings.CLAMD_URL = ""
    assert probing.antivirus_reads_whole() == []


def test_the_deployment_check_asks_the_antivirus(settings):
    settings.CLAMD_URL = AWAY
    assert "requests_app.W001" in [said.id for said in run_checks(include_deployment_checks=True)]
    assert "requests_app.W001" not in [said.id for said in run_checks()]


def test_another_program_on_the_port_never_says_clean(smtp_server, monkeypatch):
    monkeypatch.setattr(scanning, "ANSWER_SECONDS", 0.5)
    with pytest.raises((scanning.NotScanned, OSError)):
        scanning.signature_in(b"x", f"tcp://127.0.0.1:{smtp_server.port}")


def test_clamd_is_reached_by_its_local_socket_too(clamd):
    assert scanning.signature_in(EICAR, f"unix:{clamd.socket}") == "Eicar-Local.UNOFFICIAL"
    assert scanning.signature_in(b"paper", f"unix:{clamd.socket}") == ""


def test_a_scan_delivered_twice_is_once_and_a_removed_file_is_nothing(awa, clamd):
    case = begun(awa)
    file = filing.attach(case, "identity", pdf(EICAR))
    for _ in range(2):
        scanning.scan({"evidence": file.pk})
    assert JournalEntry.objects.filter(act="evidence.infected").count() == 1
    scanning.scan({"evidence": 0})


def test_after_the_filing_the_citizen_is_told_and_sends_another(awa, clamd, cast, signed_in):
    case = filled(awa)
    case.evidence.all().delete()
    filing.attach(case, "identity", pdf(EICAR))
    sent(awa, case)
    case.refresh_from_db()
    deliver_all()
    assert OutboxMessage.objects.filter(kind="sms", key=f"infected:{case.evidence.get().pk}:sms").exists()
    assert [piece["key"] for piece in unchecked_pieces(case)] == ["identity"]
    opened(awa, case)
    shown = awa.get(f"/suivi/{case.reference}/")
    assert f"/suivi/{case.shown_reference}/remplacer/" in shown.text
    assert "refusée : fichier dangereux" in read_by(signed_in(cast.sena), case).text
    replaced = awa.post(f"/suivi/{case.reference}/remplacer/", {"piece-identity": photo(), "attach": "1"})
    assert replaced.status_code == 303
    deliver_all()
    assert unchecked_pieces(case) == []
    assert awa.get(f"/suivi/{case.reference}/remplacer/").status_code == 303  # nothing more to replace
    with pytest.raises(workflow.Refused):
        filing.attach(case, "identity", photo(3))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1", "http://127.0.0.1:3310", "3310", "unix:relative", "tcp://"])
def test_a_wrong_address_stops_the_start_with_a_sentence(address, monkeypatch):
    from django.core.exceptions import ImproperlyConfigured

    from portal.environment import Environment

    monkeypatch.setenv("CLAMD_URL", address)
    if address == "tcp://127.0.0.1":
        assert Environment().antivirus("CLAMD_URL") == address
        return
    with pytest.raises(ImproperlyConfigured, match="CLAMD_URL"):
        Environment().antivirus("CLAMD_URL")


@pytest.fixture
def with_a_plan(catalogue):
    """The certificate of life with a question answered by a file."""
    service = Service.objects.get(slug="certificat-vie")
    definition = publishing.definition_of(service.current)
    question = {"key": "plan", "type": "file", "label": {"fr": "Un plan", "en": "A map"}}
    definition["form"]["steps"][0]["fields"].append(question)
    publishing.publish(publishing.new_version(service, definition))


def test_a_dangerous_file_that_answers_a_question_is_no_longer_the_answer(awa, with_a_plan, clamd):
    case = begun(awa)
    file = filing.attach(case, "plan", pdf(EICAR))
    assert case.answers["plan"] == [file.pk]
    deliver_all()
    case.refresh_from_db()
    assert case.answers["plan"] is None
    assert "Un plan" in [gap.label for gap in filing.gaps(case)]


def test_after_the_filing_another_file_becomes_the_answer(awa, with_a_plan, clamd, cast):
    case = begun(awa)
    filing.attach(case, "plan", pdf(EICAR))
    for number in range(1, len(case.version.steps) + 1):
        awa.post(page(case, "step", number), posted_step(case, number))
    awa.post(page(case, "contact"), {"name": "Awa Dossou", "phone": "01 96 00 00 02", "email": ""})
    filing.attach(case, "identity", photo(5))
    sent(awa, case)
    case.refresh_from_db()
    assert case.state == State.SUBMITTED
    deliver_all()
    workflow.take(case, by=cast.sena)
    with pytest.raises(workflow.Refused, match="Un plan"):
        workflow.accept(case, by=cast.sena)
    opened(awa, case)
    awa.post(f"/suivi/{case.reference}/remplacer/", {"piece-plan": photo(), "attach": "1"})
    case.refresh_from_db()
    assert case.answers["plan"] == [case.evidence.get(piece="plan", state=FileState.QUARANTINE).pk]
    deliver_all()
    workflow.accept(case, by=cast.sena)
