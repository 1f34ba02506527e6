import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civil_status.documents import document_codes, issuance
from civil_status.documents.models import RevocationReason
from civil_status.documents.scans import Tally
from civil_status.documents.verification import Answer, verify

pytestmark = pytest.mark.django_db


def code_of(document) -> str:
    return document_codes.unlock(document.code_locked)


def as_json(client, code: str, **headers):
    return client.get(f"/v/{code}", headers={"accept": "application/json", **headers})


# -- The answer -------------------------------------------------------------------------------------


def test_a_standing_document_is_valid_with_the_least_data(issue, client):
    document = issue()
    response = as_json(client, code_of(document))
    assert response.status_code == 200
    assert response.json() == {
        "status": "valid",
        "number": document.number,
        "type": "Certificat de vie",
        "issued_on": document.issued_on.isoformat(),
        "office": document.office_name,
        "holder_masked": "H••••• Ɖ•",
        "valid_until": None,
        "ended_on": None,
        "replaced_by": None,
    }


def test_a_revoked_document_says_so_at_once(issue, cast, client):
    document = issue()
    issuance.revoke(document, by=cast.rekia, reason=RevocationReason.FRAUD, note="secret de l’enquête")
    response = as_json(client, code_of(document))
    assert response.json()["status"] == "revoked"
    assert response.json()["ended_on"] == timezone.localdate().isoformat()
    assert "enquête" not in response.content.decode()


def test_a_replaced_document_names_the_new_one(issue, cast, client):
    old, new = issue(), issue()
    issuance.replace(old, by=cast.rekia, new=new, reason=RevocationReason.UPDATE)
    assert as_json(client, code_of(old)).json()["replaced_by"] == new.number
    assert as_json(client, code_of(new)).json()["status"] == "valid"


def test_a_document_is_valid_through_its_last_day_and_expired_the_next(issue):
    last = timezone.localdate() + datetime.timedelta(days=90)
    code = code_of(issue(valid_until=last))
    with time_machine.travel(datetime.datetime.combine(last, datetime.time(22, 59), datetime.UTC), tick=False):
        assert verify(code).status == Answer.VALID  # 23:59 in Cotonou
    with time_machine.travel(datetime.datetime.combine(last, datetime.time(23, 1), datetime.UTC), tick=False):
        assert verify(code).status == Answer.EXPIRED


def test_a_revoked_document_that_also_expired_is_revoked(issue, cast):
    document = issue(valid_until=timezone.localdate())
    issuance.revoke(document, by=cast.rekia, reason=RevocationReason.ERROR)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=9)):
        assert verify(code_of(document)).status == Answer.REVOKED


def test_a_code_of_no_document_is_unknown_and_says_nothing_else(client):
    data = as_json(client, document_codes.new_document_code()).json()
    assert data.pop("status") == "unknown"
    assert set(data.values()) == {None}


def test_verification_is_one_query_on_the_index(issue, client, django_assert_num_queries):
    code = code_of(issue())
    with django_assert_num_queries(1) as queries:
        as_json(client, code)
    assert '"code_index" = ' in queries[0]["sql"]


# -- The address ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["/v/{code}", "/V/{code}", "/v/{shown}", "/v/{lower}"])
def test_the_address_is_read_however_it_is_written(issue, client, shape):
    code = code_of(issue())
    address = shape.format(code=code, shown=document_codes.shown(code), lower=code.lower())
    assert client.get(address, headers={"accept": "application/json"}).json()["status"] == "valid"


def test_a_malformed_code_is_404_without_looking_in_the_registry(client):
    code = document_codes.new_document_code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    with CaptureQueriesContext(connection) as queries:
        assert as_json(client, wrong).status_code == 404
    assert not any("documents_" in query["sql"] for query in queries)
    response = client.get(f"/v/{wrong}")
    assert response.status_code == 404
    assert "Le dernier caractère ne correspond pas" in response.content.decode()
    assert "16 lettres" in client.get("/v/1234").content.decode()
    assert wrong in response.content.decode()


@pytest.mark.parametrize("accept", ["text/html", "*/*", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", ""])
def test_a_browser_gets_a_page(issue, client, accept):
    document = issue()
    response = client.get(f"/v/{code_of(document)}", headers={"accept": accept})
    page = response.content.decode()
    assert response["Content-Type"].startswith("text/html")
    for words in ("Document valide", document.number, "H••••• Ɖ•", "Certificat de vie"):
        assert words in page
    assert "HOUNGB" not in page


def test_nothing_of_a_verification_is_kept_or_indexed(issue, client):
    for response in (client.get(f"/v/{code_of(issue())}"), client.get("/v/"), client.get("/v/123")):
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert not response.cookies
        assert "Accept" in response["Vary"]


def test_the_page_answers_reading_only(issue, client):
    assert client.post(f"/v/{code_of(issue())}").status_code == 405


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_answer_has_its_page(issue, cast, client, language):
    client.cookies["langue"] = language
    standing, fallen, old, late = issue(), issue(), issue(), issue(valid_until=timezone.localdate())
    issuance.revoke(fallen, by=cast.rekia, reason=RevocationReason.ERROR)
    issuance.replace(old, by=cast.rekia, new=standing, reason=RevocationReason.ERROR)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        pages = [client.get(f"/v/{code_of(document)}") for document in (standing, fallen, old, late)]
        pages.append(client.get(f"/v/{document_codes.new_document_code()}"))
    titles = {page.content.decode().split("<h1>")[1].split("</h1>")[0] for page in pages}
    assert len(titles) == 5


# -- The typed code ---------------------------------------------------------------------------------


def test_a_typed_code_leads_to_its_page(issue, client):
    code = code_of(issue())
    response = client.get("/v/", {"code": document_codes.shown(code).lower().replace("-", " ")})
    assert response.status_code == 302
    assert response["Location"] == f"/v/{document_codes.shown(code)}"


def test_a_mistyped_code_comes_back_with_what_was_typed(client):
    response = client.get("/v/", {"code": '12 34"><script>'})
    page = response.content.decode()
    assert response.status_code == 404
    assert "mal écrit" in page
    assert "12 34&quot;&gt;&lt;script&gt;" in page


# -- Limits -----------------------------------------------------------------------------------------


def look_ups(client, times: int, **extra) -> list[int]:
    code = document_codes.new_document_code()
    return [client.get(f"/v/{code}", headers={"accept": "application/json"}, **extra).status_code for _ in range(times)]


@pytest.fixture
def _one_minute():
    with time_machine.travel(datetime.datetime(2026, 11, 23, 10, 0, 5, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.mark.usefixtures("_one_minute")
def test_one_address_looks_up_thirty_codes_a_minute(client):
    assert look_ups(client, 31) == [200] * 30 + [429]
    assert look_ups(client, 1, REMOTE_ADDR="41.79.1.2") == [200]


@pytest.mark.usefixtures("_one_minute")
def test_everybody_together_has_a_limit_too(client, settings):
    settings.VERIFY_TOGETHER_PER_MINUTE = 3
    assert [look_ups(client, 1, REMOTE_ADDR=f"41.79.1.{i}")[0] for i in range(4)] == [200, 200, 200, 429]


@pytest.mark.usefixtures("_one_minute")
def test_behind_our_proxy_the_address_is_the_one_it_reports(client, settings):
    settings.VERIFY_PER_MINUTE, settings.TRUSTED_PROXIES = 1, 1
    assert look_ups(client, 1, HTTP_X_FORWARDED_FOR="6.6.6.6, 41.79.1.1") == [200]
    assert look_ups(client, 1, HTTP_X_FORWARDED_FOR="7.7.7.7, 41.79.1.1") == [429]
    assert look_ups(client, 1, HTTP_X_FORWARDED_FOR="6.6.6.6, 41.79.1.2") == [200]


@pytest.mark.usefixtures("_one_minute")
def test_over_the_limit_the_page_says_to_wait(client, settings):
    settings.VERIFY_PER_MINUTE = 0
    cache.set("warm", 1)
    responses = [client.get(f"/v/{document_codes.new_document_code()}") for _ in range(2)]
    assert responses[-1].status_code == 429
    assert responses[-1]["Retry-After"] == "60"
    assert "Trop de vérifications" in responses[-1].content.decode()


def test_when_the_cache_is_away_verification_goes_on(issue, client):
    code = code_of(issue())
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    with override_settings(CACHES={"default": away}):
        assert as_json(client, code).json()["status"] == "valid"


# -- Counted without tracking -----------------------------------------------------------------------


def test_answers_are_counted_once_a_minute_without_code_or_address(caplog):
    with time_machine.travel(datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.UTC), tick=False) as clock:
        tally = Tally()
        with caplog.at_level("INFO", logger="pole.documents"):
            for answer in (Answer.VALID, Answer.VALID, Answer.UNKNOWN):
                tally.add(answer)
            assert caplog.records == []
            clock.shift(60)
            tally.add(Answer.VALID)
    (line,) = caplog.records
    assert (line.getMessage(), line.answers) == ("document.verifications", {"valid": 3, "unknown": 1})
