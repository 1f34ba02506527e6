"""A private file leaves whole or in parts, to who may read it, and nowhere else."""

from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.storage import storages
from django.test import Client
from django.urls import get_resolver

from portal.demo.cases import picture
from requests_app import filing
from requests_app.models import Evidence
from requests_app.states import State
from tests.requests_app.citizen import begun, opened, page
from tests.requests_app.desk import read_by

pytestmark = pytest.mark.django_db


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def file(awa):
    """The address of a photo of a draft, and its bytes."""
    case = begun(awa)
    evidence = filing.attach(case, "identity", picture("a.jpg", "x"))
    address = page(case, "draft-file", evidence.pk)
    return address, body(awa.get(address))


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=10-19", slice(10, 20)),
        ("bytes=10-", slice(10, None)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=10-999999999", slice(10, None)),
        ("bytes=-999999999", slice(0, None)),
    ],
)
def test_the_part_that_is_asked_is_given(awa, file, asked, part):
    address, whole = file
    answer = awa.get(address, headers={"Range": asked})
    assert answer.status_code == 206
    assert body(answer) == whole[part]
    first = part.indices(len(whole))[0]
    assert answer["Content-Range"] == f"bytes {first}-{first + len(whole[part]) - 1}/{len(whole)}"
    assert answer["Content-Length"] == str(len(whole[part]))


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0"])
def test_a_part_that_does_not_exist_is_said_not_to(awa, file, asked):
    address, whole = file
    answer = awa.get(address, headers={"Range": asked})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(whole)}")


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "pages=1-2", "bytes=5-2", "bytes=-", "bytes=a-b", "bytes=0-1,"])
def test_several_parts_and_words_not_understood_get_the_whole(awa, file, asked):
    address, whole = file
    answer = awa.get(address, headers={"Range": asked})
    assert answer.status_code == 200
    assert body(answer) == whole


def test_a_part_of_another_content_gets_the_whole(awa, file):
    address, whole = file
    tag = awa.get(address)["ETag"]
    same = awa.get(address, headers={"Range": "bytes=0-3", "If-Range": tag})
    assert (same.status_code, body(same)) == (206, whole[:4])
    for other in ('"another"', "Tue, 24 Nov 2026 10:00:00 GMT", f"W/{tag}"):
        changed = awa.get(address, headers={"Range": "bytes=0-3", "If-Range": other})
        assert (changed.status_code, body(changed)) == (200, whole)


def test_the_headers_alone_are_given_too(awa, file):
    address, whole = file
    answer = awa.head(address, headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer["Content-Length"], answer["Accept-Ranges"]) == (200, str(len(whole)), "bytes")
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("asked", [None, "bytes=0-3", "bytes=999999999-"])
def test_no_cache_keeps_it_and_no_browser_runs_it(awa, file, asked):
    answer = awa.get(file[0], headers={"Range": asked} if asked else {})
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def addresses_of(case, token=""):
    """Every address of the files of a filed case and of its document."""
    pk = case.evidence.first().pk
    staff = [f"/agent/demande/{case.reference}/piece/{pk}/", f"/agent/documents/{case.document_id}/document.pdf"]
    citizen = [f"/suivi/{case.reference}/pieces/{pk}/", f"/suivi/{case.reference}/document.pdf"]
    return citizen, staff


def test_every_address_of_a_file_answers_in_parts_to_who_may_and_404_to_all_others(filed_case, site, cast, signed_in):
    case = filed_case(state=State.READY)
    citizen, staff = addresses_of(case)
    awa, stranger = Client(), Client()
    opened(awa, case)
    other = filed_case("certificat-vie", state=State.SUBMITTED, surname="AUTRE")
    opened(stranger, other)
    codjo, sena = signed_in(cast.codjo), signed_in(cast.sena)  # the clerk of another office, the clerk of this one
    read_by(sena, case)
    for address in citizen:
        assert Client().get(address).status_code == stranger.get(address).status_code == 404
        assert awa.get(address, headers={"Range": "bytes=0-3"}).status_code == 206
    for address in staff:
        assert Client().get(address).status_code == 302  # to the staff's door
        assert codjo.get(address).status_code == 404
        assert awa.get(address).status_code == 302
        assert sena.get(address, headers={"Range": "bytes=0-3"}).status_code == 206
    secret = f"/demande/{case.token}/pieces/{case.evidence.first().pk}/"
    assert awa.get(secret).status_code == stranger.get(secret).status_code == 404  # no longer a draft


def test_private_files_have_no_public_address_whatever_the_settings_say():
    private = Path(project.STORAGES["private"]["OPTIONS"]["location"]).resolve()
    public = [
        Path(project.MEDIA_ROOT),
        Path(project.STATIC_ROOT),
        Path(project.STORAGES["default"]["OPTIONS"]["location"]),
    ]
    for folder in public:
        assert not private.is_relative_to(folder.resolve())
        assert not folder.resolve().is_relative_to(private)
    for storage in (storages["private"], Evidence._meta.get_field("file").storage):
        with pytest.raises(ValueError, match="no address"):
            storage.url("evidence/x.jpg")


def test_no_address_of_the_site_serves_a_folder_but_the_published_pictures(awa, private_files, file):
    name = Evidence.objects.get().file.name
    for address in (
        f"/media/{name}",
        f"/media/../private/{name}",
        f"/media/images/../../private/{name}",
        f"/static/../private/{name}",
    ):
        assert awa.get(address).status_code in (400, 404)
    served = [pattern for pattern in get_resolver().reverse_dict if getattr(pattern, "__name__", "") == "serve"]
    assert all(getattr(view, "__module__", "").startswith("wagtail") for view in served)
