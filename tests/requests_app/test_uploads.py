"""A file that comes piece by piece: cut, resumed, repeated, raced, refused; never lost, never doubled."""

import base64
import datetime
import io
import random
import subprocess
import sys
import time

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from requests_app import drafts, filing
from requests_app.evidence import arriving
from requests_app.evidence.checks import MAX_BYTES
from requests_app.models import Evidence, PartialUpload
from requests_app.states import State
from tests.requests_app.citizen import begun, opened, page
from tests.together import all_at_once

pytestmark = pytest.mark.django_db

TUS = {"Tus-Resumable": "1.0.0"}


def photo(seed=7, size=(300, 200)):
    out = io.BytesIO()
    Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3)).save(out, "JPEG", quality=90)
    return out.getvalue()


def metadata(**facts):
    pairs = [f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in facts.items()]
    return {"Upload-Metadata": ",".join(pairs)}


def create(client, case, length, *, piece="identity", filename="Ma pièce.jpg", address=None):
    headers = TUS | {"Upload-Length": str(length)} | metadata(piece=piece, filename=filename)
    return client.post(address or page(case, "draft-uploads"), headers=headers)


def patch(client, url, offset, content, **headers):
    return client.patch(
        url,
        data=content,
        content_type="application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": str(offset), "Accept": "application/json"} | headers,
    )


def offset(client, url):
    return int(client.head(url, headers=TUS)["Upload-Offset"])


def test_a_file_cut_at_seventy_per_cent_goes_on_from_there_and_is_attached_once(
    awa, private_files, django_capture_on_commit_callbacks
):
    case, content = begun(awa), photo()
    url = create(awa, case, len(content))["Location"]
    cut = len(content) * 7 // 10
    answer = patch(awa, url, 0, content[:cut])
    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(cut))
    assert not case.evidence.exists()
    assert offset(Client(), url) == cut  # another browser, the same address
    with django_capture_on_commit_callbacks(execute=True):
        last = patch(awa, url, cut, content[cut:])
    file = case.evidence.get()
    assert last.status_code == 200
    assert last.json() | {"url": ""} == {
        "offset": len(content), "length": len(content), "evidence": file.pk, "piece": "identity", "pages": 1,
        "name": "Ma pièce.jpg", "state": "AVAILABLE", "label": "vérifiée", "url": "",
    }  # fmt: skip
    assert awa.get(last.json()["url"]).status_code == 200
    assert not list((private_files / "uploads").glob("*"))


def test_what_came_of_a_chunk_before_the_line_dropped_is_kept(awa):
    case, content = begun(awa), photo()
    upload = arriving.begin(case, "identity", name="photo.jpg", length=len(content))
    dropped = io.BytesIO(content[:50_000])  # announces everything, gives 50,000 bytes
    assert arriving.receive(upload, dropped, offset=0, size=len(content)) == 50_000
    url = page(case, "draft-upload", upload.pk)
    assert offset(awa, url) == 50_000
    assert patch(awa, url, 50_000, content[50_000:]).status_code == 200


def test_a_process_killed_in_the_middle_of_a_chunk_leaves_what_is_on_the_disk_and_no_lock(awa):
    case, content = begun(awa), photo()
    upload = arriving.begin(case, "identity", name="photo.jpg", length=len(content))
    with arriving.path_of(upload).open("ab") as file:
        file.write(content[:30_000])  # the row still says 0
    url = page(case, "draft-upload", upload.pk)
    assert offset(awa, url) == 30_000
    assert patch(awa, url, 0, content).status_code == 409
    assert patch(awa, url, 30_000, content[30_000:]).status_code == 200


def test_a_writer_that_is_killed_leaves_no_lock_and_what_it_had_written(awa):
    """A real process, killed by the system while it holds the lock in the middle of a chunk."""
    case, content = begun(awa), photo()
    upload = arriving.begin(case, "identity", name="photo.jpg", length=len(content))
    path = arriving.path_of(upload)
    code = (
        "import fcntl, os, sys, time\n"
        "file = os.open(sys.argv[1], os.O_RDWR | os.O_APPEND)\n"
        "fcntl.flock(file, fcntl.LOCK_EX)\n"
        "os.write(file, bytes.fromhex(sys.argv[2]))\n"
        "print('half', flush=True)\n"
        "time.sleep(60)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(path), content[:20_000].hex()], stdout=subprocess.PIPE)
    assert writer.stdout.readline() == b"half\n"
    url = page(case, "draft-upload", upload.pk)
    assert patch(awa, url, 20_000, content[20_000:]).status_code == 423  # while it lives
    writer.kill()
    writer.wait()
    assert offset(awa, url) == 20_000
    assert patch(awa, url, 20_000, content[20_000:]).status_code == 200


def test_what_came_is_written_down_before_another_may_write(awa):
    """A phone that resumes at once must not find its last byte forgotten by the chunk it cut."""
    case, content = begun(awa), b"x" * 4000
    upload = arriving.begin(case, "identity", name="photo.jpg", length=len(content))
    refused = []

    def meanwhile(execute, sql, *rest):
        if sql.startswith("UPDATE") and "partialupload" in sql:
            with pytest.raises(arriving.Busy):
                arriving.receive(upload, io.BytesIO(content), offset=2000, size=2000)
            refused.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        assert arriving.receive(upload, io.BytesIO(content), offset=0, size=2000) == 2000
    assert len(refused) == 1
    assert arriving.receive(upload, io.BytesIO(content), offset=2000, size=2000) == 4000
    assert [one.pk for one in arriving.arrived(case)] == [upload.pk]


@pytest.mark.parametrize("claimed", [0, 99, 101])
def test_bytes_that_do_not_follow_are_refused_and_change_nothing(awa, claimed):
    case, content = begun(awa), photo()
    url = create(awa, case, len(content))["Location"]
    patch(awa, url, 0, content[:100])
    answer = patch(awa, url, claimed, content[claimed : claimed + 10])
    assert (answer.status_code, answer["Upload-Offset"]) == (409, "100")
    assert offset(awa, url) == 100


def test_the_last_chunk_sent_again_is_answered_again_and_attached_once(awa):
    case, content = begun(awa), photo()
    url = create(awa, case, len(content))["Location"]
    patch(awa, url, 0, content[:1000])
    first = patch(awa, url, 1000, content[1000:]).json()
    assert patch(awa, url, 1000, content[1000:]).json() == first
    assert offset(awa, url) == len(content)
    assert patch(awa, url, len(content), b"").json() == first  # what the protocol asks of a client that lost the answer
    assert awa.get(url).json() == first
    assert Evidence.objects.count() == 1


def test_a_crash_between_the_last_byte_and_the_attachment_is_repaired_by_an_empty_chunk(awa):
    case, content = begun(awa), photo()
    upload = arriving.begin(case, "identity", name="photo.jpg", length=len(content))
    arriving.receive(upload, io.BytesIO(content), offset=0, size=len(content))
    assert not case.evidence.exists()
    assert patch(awa, page(case, "draft-upload", upload.pk), len(content), b"").status_code == 200
    assert case.evidence.count() == 1


@pytest.mark.parametrize(("length", "status"), [(MAX_BYTES, 201), (MAX_BYTES + 1, 413), (0, 413)])
def test_a_file_above_five_megabytes_is_refused_before_its_first_byte(awa, length, status):
    assert create(awa, begun(awa), length).status_code == status


def test_more_bytes_than_announced_are_refused(awa):
    url = create(awa, begun(awa), 100)["Location"]
    answer = patch(awa, url, 0, b"x" * 101)
    assert answer.status_code == 413
    assert "5 Mo" in answer.json()["sentence"]
    assert offset(awa, url) == 0


def test_a_whole_file_that_is_not_what_it_says_is_refused_with_its_sentence_and_forgotten(
    awa, private_files, django_capture_on_commit_callbacks
):
    url = create(awa, begun(awa), 5)["Location"]
    with django_capture_on_commit_callbacks(execute=True):
        answer = patch(awa, url, 0, b"MZ\x90\x00\x00")
    assert answer.status_code == 422
    assert "n’est pas ce que dit son nom" in answer.json()["sentence"]
    assert awa.head(url, headers=TUS).status_code == 404
    assert not list((private_files / "uploads").glob("*"))


@pytest.mark.parametrize("piece", ["love_letter", "", "surname"])
def test_a_piece_that_is_not_asked_takes_no_file(awa, piece):
    answer = create(awa, begun(awa), 100, piece=piece)
    assert answer.status_code == 422
    assert "pas demandée" in answer.json()["sentence"]


def test_a_piece_that_is_full_says_so_before_the_first_byte(awa):
    case = begun(awa)
    for number in range(2):
        filing.attach(case, "identity", SimpleUploadedFile("a.jpg", photo(number)))
    answer = create(awa, case, 100)
    assert answer.status_code == 422
    assert "Retirez-en un" in answer.json()["sentence"]


def test_ten_files_on_their_way_are_the_most_and_an_old_one_does_not_count(awa):
    case = begun(awa)
    for _ in range(10):
        assert create(awa, case, 100).status_code == 201
    assert create(awa, case, 100).status_code == 429
    assert create(awa, begun(awa), 100).status_code == 201  # another request
    PartialUpload.objects.filter(case=case).update(created_at=timezone.now() - arriving.LIFETIME)
    assert create(awa, case, 100).status_code == 201


def test_the_address_of_another_request_opens_nothing(awa):
    mine, other = begun(awa), begun(awa)
    url = create(awa, other, 100)["Location"]
    stolen = page(mine, "draft-upload", url.rstrip("/").rsplit("/", 1)[-1])
    assert awa.head(stolen, headers=TUS).status_code == 404
    assert patch(awa, stolen, 0, b"x").status_code == 404
    assert awa.delete(stolen, headers=TUS).status_code == 404
    assert offset(awa, url) == 0


def test_a_file_can_be_forgotten_on_its_way_but_an_attached_one_stays(
    awa, private_files, django_capture_on_commit_callbacks
):
    case, content = begun(awa), photo()
    url = create(awa, case, len(content))["Location"]
    patch(awa, url, 0, content[:10])
    with django_capture_on_commit_callbacks(execute=True):
        assert awa.delete(url, headers=TUS).status_code == 204
    assert awa.head(url, headers=TUS).status_code == 404
    assert not list((private_files / "uploads").glob("*"))
    url = create(awa, case, len(content))["Location"]
    patch(awa, url, 0, content)
    assert awa.delete(url, headers=TUS).status_code == 204
    assert case.evidence.count() == 1


def test_after_a_day_the_address_is_gone_and_the_bytes_are_swept(
    awa, private_files, django_capture_on_commit_callbacks
):
    case = begun(awa)
    url = create(awa, case, 100)["Location"]
    patch(awa, url, 0, b"x" * 40)
    (private_files / "uploads" / "without-a-row").write_bytes(b"x" * 7)
    young = timezone.now() + arriving.LIFETIME - datetime.timedelta(minutes=1)
    assert arriving.forget_old(young) == (0, 0)
    later = timezone.now() + arriving.LIFETIME + datetime.timedelta(minutes=1)
    with time_machine.travel(later):
        assert awa.head(url, headers=TUS).status_code == 404
        assert arriving.forget_old(later, dry_run=True) == (2, 47)
        with django_capture_on_commit_callbacks(execute=True):
            assert arriving.forget_old(later) == (2, 47)
    assert not list((private_files / "uploads").glob("*"))
    assert not PartialUpload.objects.exists()


def test_a_forgotten_draft_takes_what_was_arriving_with_it(awa, private_files, django_capture_on_commit_callbacks):
    case = begun(awa)
    url = create(awa, case, 100)["Location"]
    patch(awa, url, 0, b"x" * 40)
    with django_capture_on_commit_callbacks(execute=True):
        drafts._delete(case)
    assert not list((private_files / "uploads").glob("*"))
    assert not PartialUpload.objects.exists()


def test_a_page_of_another_site_cannot_send_anything(site):
    """The token is in the page only: what a foreign page makes the browser send is refused."""
    awa = Client(enforce_csrf_checks=True)
    start = awa.get(reverse_start())
    token = start.context["csrf_token"]
    begin = awa.post(reverse_start(), {"csrfmiddlewaretoken": str(token)})
    address = f"/demande/{begin.url.split('/')[2]}/envois/"
    headers = TUS | {"Upload-Length": "4"} | metadata(piece="identity", filename="a.jpg")
    assert awa.post(address, headers=headers).status_code == 403
    created = awa.post(address, headers=headers | {"X-CSRFToken": str(token)})
    assert created.status_code == 201
    url = created["Location"]
    assert patch(awa, url, 0, b"abcd").status_code == 403
    assert awa.delete(url, headers=TUS).status_code == 403
    assert patch(awa, url, 0, b"ab", **{"X-CSRFToken": str(token)}).status_code == 204


def reverse_start():
    return "/demarches/commencer/certificat-vie/"


def test_the_protocol_says_what_it_speaks_and_refuses_another_version(awa):
    case = begun(awa)
    answer = awa.options(page(case, "draft-uploads"))
    assert answer.status_code == 204
    assert (answer["Tus-Version"], answer["Tus-Max-Size"]) == ("1.0.0", str(MAX_BYTES))
    assert awa.post(page(case, "draft-uploads"), headers={"Upload-Length": "5"}).status_code == 412
    assert awa.post(page(case, "draft-uploads"), headers=TUS).status_code == 400
    assert (
        awa.post(
            page(case, "draft-uploads"), headers=TUS | {"Upload-Length": "9", "Upload-Metadata": "piece é"}
        ).status_code
        == 400
    )
    url = create(awa, case, 10)["Location"]
    assert awa.patch(url, data=b"x", content_type="text/plain", headers=TUS | {"Upload-Offset": "0"}).status_code == 415
    head = awa.head(url, headers=TUS)
    assert (head["Upload-Length"], head["Cache-Control"], head["Tus-Resumable"]) == ("10", "no-store", "1.0.0")


def test_a_filed_request_takes_only_the_piece_that_is_asked_and_only_in_the_browser_that_opened_it(
    filed_case, site, awa
):
    case = opened(awa, filed_case(state=State.NEEDS_INFORMATION))
    address, content = f"/suivi/{case.shown_reference}/envois/", photo()
    stranger = Client()
    assert create(stranger, case, 100, address=address).status_code == 404
    assert create(awa, case, 100, piece="love_letter", address=address).status_code == 422
    url = create(awa, case, len(content), address=address)["Location"]
    assert stranger.head(url, headers=TUS).status_code == 404
    answer = patch(awa, url, 0, content).json()
    assert awa.get(answer["url"]).status_code == 200


def test_a_filed_request_that_waits_for_nothing_takes_no_file(filed_case, site, awa):
    case = opened(awa, filed_case(state=State.UNDER_REVIEW))
    answer = create(awa, case, 100, address=f"/suivi/{case.shown_reference}/envois/")
    assert answer.status_code == 422
    assert awa.post(page(case, "draft-uploads"), headers=TUS).status_code == 404


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_chunks_at_once_are_one(site):
    case, content = begun(Client()), photo()
    url = create(Client(), case, len(content))["Location"]
    answers = all_at_once(6, lambda _: patch(Client(), url, 0, content))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(200) >= 1
    assert set(statuses) <= {200, 409, 423}
    assert {answer.json()["evidence"] for answer in answers if answer.status_code == 200} == {case.evidence.get().pk}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_halves_at_once_never_mix(site):
    case, content = begun(Client()), photo()
    upload = arriving.begin(case, "identity", name="a.jpg", length=len(content))
    half = len(content) // 2
    url = page(case, "draft-upload", upload.pk)
    all_at_once(8, lambda _: patch(Client(), url, 0, content[:half]))
    assert arriving.path_of(upload).read_bytes() == content[:half]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_chunks_would_mix(site):
    """Negative control: everybody looks at the size first, then everybody appends."""
    case = begun(Client())
    upload = arriving.begin(case, "identity", name="a.jpg", length=100_000)
    path = arriving.path_of(upload)

    def append_without_lock(_):
        seen = path.stat().st_size

        time.sleep(0.05)
        if seen == 0:
            with path.open("ab") as file:
                file.write(b"x" * 100)

    all_at_once(4, append_without_lock)
    assert path.stat().st_size > 100


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twenty_files_begun_at_once_are_ten(site):
    case = begun(Client())
    answers = all_at_once(20, lambda _: create(Client(), case, 100))
    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [429] * 10
