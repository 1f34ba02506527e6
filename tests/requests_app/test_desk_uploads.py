"""The files of the counter and of a clerk's letter: cut, resumed, for whoever opened the page and nobody else."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied

from arrondissements.models import JournalEntry, Posting
from portal.demo.cases import picture
from requests_app import letters
from requests_app.models import Message, PartialUpload, ServiceRequest
from requests_app.states import State
from tests.requests_app.desk import text_of
from tests.requests_app.test_counter import LIFE_PAGE, filed, typed
from tests.requests_app.test_uploads import TUS, create, offset, patch, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def fifame(cast, catalogue, private_files, signed_in):
    """Fifamè at the counter of the 1st arrondissement, signed in."""
    return signed_in(cast.fifame)


@pytest.fixture
def sena(cast, catalogue, private_files, signed_in):
    """Sèna, a clerk of the 1st arrondissement, signed in."""
    return signed_in(cast.sena)


def door(key, service="certificat-vie", number=1):
    return f"/agent/guichet/{service}/{number}/envois/{key}/"


def sent(client, address, content, piece="identity", filename="carte.jpg"):
    """The answer to the last chunk of a file sent in one go."""
    return patch(
        client,
        create(client, None, len(content), piece=piece, filename=filename, address=address)["Location"],
        0,
        content,
    )


# -- The counter ----------------------------------------------------------------------------------


def test_a_file_cut_at_seventy_per_cent_goes_on_and_is_filed_with_the_page_of_the_counter(fifame, cast):
    posted = typed(**{"_seen-identity": ""})
    content, address = photo(), door(posted["_key"])
    url = create(fifame, None, len(content), filename="carte.jpg", address=address)["Location"]
    cut = len(content) * 7 // 10
    assert patch(fifame, url, 0, content[:cut]).status_code == 204
    assert offset(fifame, url) == cut
    told = patch(fifame, url, cut, content[cut:]).json()
    assert (told["label"], told["url"], told["evidence"]) == (
        "reçue : elle est jointe au dépôt",
        "",
        url.split("/")[-2],
    )
    draft = ServiceRequest.objects.get()
    assert (draft.state, draft.filed_by, str(draft.token)) == (State.DRAFT, cast.fifame, posted["_key"])
    assert fifame.post(LIFE_PAGE, posted).status_code == 302
    file = filed().get().evidence.get()
    assert (file.piece, file.original_name) == ("identity", "carte.jpg")
    assert not filed().get().seen_pieces.exists()
    assert PartialUpload.objects.get().evidence == file


def test_the_page_sent_by_its_script_is_told_where_to_go_and_attaches_nothing_when_it_has_something_to_say(fifame):
    posted = typed(**{"_seen-identity": ""})
    sent(fifame, door(posted["_key"]), photo())
    quiet = {"X-Portal-Quiet": "send"}
    assert fifame.post(LIFE_PAGE, posted | {"_name": ""}, headers=quiet).json() == {"next": ""}
    assert not ServiceRequest.objects.get().evidence.exists()
    reference_page = fifame.post(LIFE_PAGE, posted, headers=quiet).json()["next"]
    assert reference_page == f"/agent/depot/{filed().get().reference}/"


def test_a_page_that_comes_back_shows_what_came_and_takes_it_back(fifame):
    posted = typed(**{"_seen-identity": "", "_name": ""})
    upload = sent(fifame, door(posted["_key"]), photo()).json()["evidence"]
    text = text_of(fifame.post(LIFE_PAGE, posted))
    assert "carte.jpg" in text
    assert "Joignez cette pièce" not in text
    text = text_of(fifame.post(LIFE_PAGE, posted | {"remove": upload}))
    assert "carte.jpg" not in text
    assert "Écrivez" not in text  # nothing is judged by this button
    assert not PartialUpload.objects.exists()
    assert "Joignez cette pièce" in text_of(fifame.post(LIFE_PAGE, posted))


def test_a_file_that_came_by_the_plain_field_can_be_taken_back_too(fifame):
    posted = typed(**{"_seen-identity": "", "_name": ""})
    fifame.post(LIFE_PAGE, posted | {"piece-identity": picture("carte.jpg", "carte")})
    file = ServiceRequest.objects.get().evidence.get()
    fifame.post(LIFE_PAGE, posted | {"remove": str(file.pk)})
    assert not ServiceRequest.objects.get().evidence.exists()


def test_a_whole_file_that_is_not_what_it_says_is_refused_at_once(fifame):
    answer = sent(fifame, door(uuid.uuid4()), b"MZ\x90\x00\x00")
    assert answer.status_code == 422
    assert "n’est pas ce que dit son nom" in answer.json()["sentence"]


def test_a_piece_of_two_files_takes_no_third(fifame):
    key = uuid.uuid4()
    for seed in (1, 2):
        assert sent(fifame, door(key), photo(seed)).status_code == 200
    answer = create(fifame, None, 100, address=door(key))
    assert answer.status_code == 422
    assert "Retirez-en un" in answer.json()["sentence"]


@pytest.mark.parametrize("piece", ["love_letter", "", "surname", "_letter"])
def test_what_takes_no_file_at_the_counter_says_so(fifame, piece):
    answer = create(fifame, None, 100, piece=piece, address=door(uuid.uuid4()))
    assert answer.status_code == 422
    assert "pas demandée" in answer.json()["sentence"]


def test_a_proof_that_is_no_longer_asked_is_not_filed_and_not_kept(fifame):
    posted = typed()
    sent(fifame, door(posted["_key"]), photo(), piece="mandate")
    fifame.post(LIFE_PAGE, posted)
    assert not filed().get().evidence.exists()
    assert not PartialUpload.objects.exists()


@pytest.mark.parametrize("login", ["codjo", "other_clerk", "ines"])
def test_another_clerk_s_page_takes_no_file_and_shows_none(fifame, signed_in, cast, login):
    key, content = uuid.uuid4(), photo()
    url = create(fifame, None, len(content), address=door(key))["Location"]
    other = signed_in(getattr(cast, login))
    assert create(other, None, 100, address=door(key)).status_code == 404
    assert other.head(url, headers=TUS).status_code == 404
    assert patch(other, url, 0, content).status_code == 404
    assert other.delete(url, headers=TUS).status_code == 404
    assert offset(fifame, url) == 0


def test_who_serves_nowhere_any_more_sends_nothing(fifame, cast):
    key = uuid.uuid4()
    url = create(fifame, None, 100, address=door(key))["Location"]
    Posting.objects.filter(user=cast.fifame).delete()
    assert create(fifame, None, 100, address=door(key)).status_code == 404
    assert fifame.head(url, headers=TUS).status_code == 404


def test_a_page_of_no_service_takes_no_file(fifame):
    for address in (
        door(uuid.uuid4(), "nulle-part"),
        door(uuid.uuid4(), number=99),
        door(uuid.uuid4(), "casier-judiciaire"),
    ):
        assert create(fifame, None, 100, address=address).status_code == 404
    assert not ServiceRequest.objects.exists()


def test_once_filed_the_page_takes_no_more(fifame):
    posted = typed()
    fifame.post(LIFE_PAGE, posted)
    answer = create(fifame, None, 100, address=door(posted["_key"]))
    assert answer.status_code == 422
    assert "déjà déposée" in answer.json()["sentence"]


# -- A clerk's letter -----------------------------------------------------------------------------


def their_door(case):
    return f"/agent/demande/{case.reference}/ecrire/envois/"


def test_a_file_cut_at_seventy_per_cent_goes_with_the_letter_of_this_clerk(sena, cast, filed_case):
    case, content = filed_case(), photo()
    mine = letters.ahead_key(cast.sena)
    url = create(sena, None, len(content), piece=mine, filename="plan.jpg", address=their_door(case))["Location"]
    cut = len(content) * 7 // 10
    patch(sena, url, 0, content[:cut])
    assert offset(sena, url) == cut
    told = patch(sena, url, cut, content[cut:]).json()
    assert told["label"] == "reçue : elle part avec le message"
    assert not case.evidence.filter(message=None, original_name="plan.jpg").exists()
    sena.post(f"/agent/demande/{case.reference}/ecrire/", {"body": "Voici le plan.", "send": "1"})
    letter = Message.objects.get(case=case)
    assert [file.original_name for file in letter.attachments.all()] == ["plan.jpg"]


def test_each_clerk_s_files_wait_for_his_own_letter(sena, signed_in, cast, filed_case):
    case, other = filed_case(), signed_in(cast.other_clerk)
    url = create(sena, None, 100, piece=letters.ahead_key(cast.sena), address=their_door(case))["Location"]
    assert other.head(url, headers=TUS).status_code == 404
    assert create(other, None, 100, piece=letters.ahead_key(cast.sena), address=their_door(case)).status_code == 422
    sent(sena, their_door(case), photo(), piece=letters.ahead_key(cast.sena))
    other.post(f"/agent/demande/{case.reference}/ecrire/", {"body": "Bonjour.", "send": "1"})
    assert not Message.objects.get(case=case).attachments.exists()


@pytest.mark.parametrize("piece", ["identity", "_letter"])
def test_a_clerk_joins_nothing_in_the_name_of_the_citizen(sena, cast, filed_case, piece):
    case = filed_case(state=State.NEEDS_INFORMATION)  # the office waits for this piece
    assert create(sena, None, 100, piece=piece, address=their_door(case)).status_code == 422


@pytest.mark.parametrize("login", ["codjo", "koffi", "ines"])
def test_a_clerk_of_another_office_sees_404_at_the_door_of_the_letters(sena, signed_in, cast, filed_case, login):
    case = filed_case()
    url = create(sena, None, 100, piece=letters.ahead_key(cast.sena), address=their_door(case))["Location"]
    other = signed_in(getattr(cast, login))
    assert (
        create(other, None, 100, piece=letters.ahead_key(getattr(cast, login)), address=their_door(case)).status_code
        == 404
    )
    assert other.head(url, headers=TUS).status_code == 404


def test_a_file_that_waits_for_the_letter_is_shown_and_taken_back_without_a_script(sena, cast, filed_case):
    case = filed_case()
    upload = sent(sena, their_door(case), photo(), piece=letters.ahead_key(cast.sena), filename="plan.jpg").json()[
        "evidence"
    ]
    address = f"/agent/demande/{case.reference}/ecrire/"
    assert "plan.jpg" in text_of(sena.post(address, {"body": "", "send": "1"}))
    text = text_of(sena.post(address, {"body": "Déjà écrit.", "remove": upload}))
    assert "plan.jpg" not in text
    assert "Déjà écrit." in text


def test_who_no_longer_serves_the_office_of_the_case_writes_nothing_and_reads_nothing_off(cast, filed_case):
    """The right is judged on the case as it is when it is written, not as it was when it was fetched."""
    case = filed_case()
    ServiceRequest.objects.filter(pk=case.pk).update(unread=True)
    seen = ServiceRequest.objects.select_related("office", "version").get(pk=case.pk)
    ServiceRequest.objects.filter(pk=case.pk).update(office=cast.fifth)  # transferred meanwhile
    with pytest.raises(PermissionDenied):
        letters.write(seen, by=cast.sena, body="Trop tard.")
    with pytest.raises(PermissionDenied):
        letters.have_read(seen, by=cast.sena)
    assert not Message.objects.filter(case=case).exists()
    assert ServiceRequest.objects.get(pk=case.pk).unread
    assert not JournalEntry.objects.filter(obj=case.obj, act__in=["case.write", "case.letter_read"]).exists()
    letters.have_read(seen, by=cast.codjo)  # whose case it is now
    assert not ServiceRequest.objects.get(pk=case.pk).unread
