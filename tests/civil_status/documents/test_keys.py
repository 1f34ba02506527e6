import datetime
import stat

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from civil_status.documents import base41, keys, seal
from civil_status.documents.document_codes import unlock
from civil_status.documents.models import KeyStatus, SealKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def key_dir(settings, tmp_path):
    settings.DOCUMENT_KEY_DIR = tmp_path / "keys"
    return settings.DOCUMENT_KEY_DIR


def test_without_a_key_nothing_is_sealed_and_the_sentence_says_what_to_do(key_dir):
    with pytest.raises(keys.NoCurrentKey, match="create_seal_key"):
        keys.current(timezone.localdate())


def test_creating_the_key_twice_creates_one(key_dir, capsys):
    call_command("create_seal_key")
    call_command("create_seal_key")
    assert SealKey.objects.count() == 1
    assert "est créée" in (out := capsys.readouterr().out)
    assert "déjà en service" in out


def test_the_private_half_is_readable_by_its_owner_alone(key_dir):
    key, _created = keys.create(timezone.localdate())
    assert stat.S_IMODE(keys.key_file(key.kid).stat().st_mode) == 0o600
    assert stat.S_IMODE(key_dir.stat().st_mode) == 0o700


def test_a_row_whose_file_is_gone_does_not_seal(key_dir):
    key, _created = keys.create(timezone.localdate())
    keys.key_file(key.kid).unlink()
    with pytest.raises(keys.NoCurrentKey):
        keys.current(timezone.localdate())


def test_a_key_seals_inside_its_window_only(key_dir):
    day = timezone.localdate()
    key, _created = keys.create(day)
    assert keys.current(day).kid == keys.current(key.issue_to).kid == key.kid
    for outside in (day - datetime.timedelta(days=1), key.issue_to + datetime.timedelta(days=1)):
        with pytest.raises(keys.NoCurrentKey):
            keys.current(outside)


def test_the_next_key_takes_over_from_its_first_day(key_dir):
    day = timezone.localdate()
    old, _created = keys.create(day)
    call_command("create_seal_key", "--from", (old.issue_to + datetime.timedelta(days=1)).isoformat(), verbosity=0)
    assert keys.current(day).kid == old.kid
    assert keys.current(old.issue_to + datetime.timedelta(days=1)).kid != old.kid


def test_only_a_compromised_key_has_a_limit_of_trust(key_dir):
    key, _created = keys.create(timezone.localdate())
    with pytest.raises(IntegrityError), transaction.atomic():
        SealKey.objects.filter(pk=key.pk).update(trust_before=timezone.localdate())


def test_the_published_list_holds_what_a_verifier_needs_and_no_secret(key_dir, client):
    key, _created = keys.create(timezone.localdate())
    response = client.get("/.well-known/documents/keys.json")
    data = response.json()
    assert response["Cache-Control"] == "public, max-age=300"
    assert data["bound"] == "bj-cotonou/doc/1:"
    assert data["types"]["10"] == "Permis d’inhumer"
    (jwk,) = data["keys"]
    assert jwk["kid"] == key.kid
    assert (jwk["kty"], jwk["crv"], jwk["status"]) == ("EC", "P-256", "active")
    assert jwk["issue_from"] == timezone.localdate().isoformat()
    assert "d" not in jwk
    assert datetime.datetime.fromisoformat(data["valid_until"]) > timezone.now() + datetime.timedelta(days=6)


def test_the_seal_of_an_issued_document_verifies(issue):
    document = issue()
    code, text = unlock(document.code_locked), base41.encode(bytes(document.seal))
    assert keys.verify_seal(code, text)[seal.NUMBER] == document.number


@pytest.mark.parametrize("text", ["", "A", "pas du base41", "000000"])
def test_a_text_that_is_no_seal_is_altered(text):
    with pytest.raises(seal.Altered):
        keys.verify_seal("0" * 16, text)


def test_a_seal_of_a_key_nobody_published_is_altered(issue):
    document = issue()
    code, text = unlock(document.code_locked), base41.encode(bytes(document.seal))
    SealKey.objects.filter(pk=document.key_id).update(issue_from="2020-01-01", issue_to="2020-12-31")
    with pytest.raises(seal.Altered):  # the day is outside what the key may seal
        keys.verify_seal(code, text)


def test_a_compromised_key_is_believed_before_the_limit_only(issue):
    document = issue()
    code, text = unlock(document.code_locked), base41.encode(bytes(document.seal))
    today = document.issued_on
    for limit, believed in [(today + datetime.timedelta(days=1), True), (today, False), (None, False)]:
        SealKey.objects.filter(pk=document.key_id).update(status=KeyStatus.COMPROMISED, trust_before=limit)
        if believed:
            assert keys.verify_seal(code, text)
        else:
            with pytest.raises(seal.Altered):
                keys.verify_seal(code, text)
    SealKey.objects.filter(pk=document.key_id).update(status=KeyStatus.RETIRED, trust_before=None)
    assert keys.verify_seal(code, text)
