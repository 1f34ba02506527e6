"""Every address of the site × everybody × every state, as one file says it.

`access_matrix.txt` is kept by hand's review, not by the code that enforces it: an address that is missing there, or
that lets in somebody else than it says, fails. After a change that is meant, `REWRITE_ACCESS_MATRIX=1` writes it
again, and the difference is read like any other. Each cell is a request of a real browser through the whole
middleware, on objects that exist; whatever it does is undone.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from arrondissements import journal
from arrondissements.models import JournalEntry, Role
from civil_status.documents.press import Press
from requests_app import permissions
from requests_app.desk.overview import rights
from requests_app.states import TRANSITIONS, State
from tests.requests_app.oversight import access_town
from tests.requests_app.oversight.access_town import PEOPLE, STATES, UNSIGNED, Town

pytestmark = pytest.mark.django_db

FILE = Path(__file__).parent / "access_matrix.txt"
HEADING = """\
# Qui entre où. Chaque case est une requête d’un vrai navigateur, sur des objets qui existent, dans le 1er
# arrondissement ; les trois colonnes du 5e sont la quasi-erreur ; « - » : pas essayé.
# « délégué » : délégation de signature du 1er, sans affectation.
#   lit      la page répond            fait     le formulaire est envoyé et le journal a une ligne d’acte de plus
#   .        404 : « pas à vous » et « inconnu » répondent la même chose
#   reçu     le formulaire est reçu ; rien au journal des actes (refus expliqué, saisie à compléter, réglage à soi)
#   entrer   renvoyé à la connexion    code     renvoyé au second facteur    prouver  renvoyé au suivi, à prouver
#   non      403, ou renvoyé à l’accueil de l’administration
# « lit/fait » : la page, puis son formulaire. Une page qui montre la demande demande d’abord pourquoi on la lit.
# Réécrit par : REWRITE_ACCESS_MATRIX=1 pytest -n 0 tests/requests_app/oversight/test_access_matrix.py
# (ou, pour ces seules adresses : REWRITE_ACCESS_MATRIX=desk:note,desk:take)
"""
# Tried in every state; the others on one case under review, where whoever has no power over cases enters no page.
IN_EVERY_STATE = ("fifame", "sena", "rekia", "mahugnon", "delegate", "secretary", "ablawa", "codjo")
# Where no function counts: who has none, a citizen, one of each kind of staff. Elsewhere everybody is tried.
ON_PUBLIC_PAGES = ("nobody", "owner", "stranger", "half", "sena", "viviane", "root")
IN_THE_ADMIN = ("nobody", "half", "gaston", "sena", "mahugnon", "ines", "viviane", "root")
NOT_TRIED = "-"
# Wagtail's own words for its scripts, its login, which leads to ours, and what sends an unknown address there.
OPEN_IN_THE_ADMIN = {"admin/login/", "admin/jsi18n/", "admin/sprite/", "admin/^.*/$"}
# They send to one another, whoever comes.
DOORS = {"/compte/connexion/", "/compte/deconnexion/", "/compte/second-facteur/", "/admin/login/"}
TO_PROVE = ("/suivi/", "/mon-espace/telephone/", "/mon-espace/")
# Without them an upload is refused before anybody asks whose it is.
TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": "piece aWRlbnRpdHk=,filename YS5qcGc="}
REFUSED = {"", ".", "non", "entrer", "code"}
WORDS = {403: "non", 404: ".", 405: ""}
Row = dict[str, str]
Found = dict[str, dict[str, Row]]


class Address(NamedTuple):
    """One pattern of the URLconf."""

    name: str
    pattern: str
    keys: tuple[str, ...]
    ours: bool
    model: Any = None


def addresses() -> list[Address]:
    """Every pattern, room by room."""
    return list(_walk(get_resolver().url_patterns))


def _walk(patterns: list[Any], path: str = "", space: str = "", keys: tuple[str, ...] = ()) -> Iterator[Address]:
    for one in patterns:
        names = (*keys, *one.pattern.converters, *one.pattern.regex.groupindex)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _walk(one.url_patterns, f"{path}{one.pattern}", inner, names)
        elif isinstance(one, URLPattern):
            view = getattr(one.callback, "view_class", one.callback)
            ours = view.__module__.split(".")[0] in {"portal", "requests_app", "civil_status", "arrondissements"}
            where = f"{path}{one.pattern}"
            yield Address(f"{space}{one.name or where}", where, tuple(dict.fromkeys(names)), ours, _model(one))


def _model(pattern: URLPattern) -> Any:
    return getattr(pattern.callback, "view_initkwargs", {}).get("model")


def is_stock(address: Address) -> bool:
    """Whether Wagtail alone answers there: one rule for all of them."""
    return address.pattern.startswith("admin/") and not address.ours


def is_of_case(address: Address) -> bool:
    return address.name.startswith("desk:") and "reference" in address.keys and "depot/" not in address.pattern


def path_of(town: Town, address: Address, named: dict[str, Any] | None = None) -> str:
    """Where `address` leads, with the objects of the town."""
    space = address.name.split(":")[0]
    known = town.names[""] | (named or {}) | town.names.get(space, {}) | town.names.get(address.name, {})
    if address.model is not None and "pk" in address.keys and address.name not in town.names:
        known["pk"] = _first(address.model)
    if address.name == "desk:slip-sheet":
        return f"{reverse(address.name, args=[known['office']])}?first=1&last=2"
    if address.name == "wagtail_serve":
        return f"/{known['path']}"
    try:
        return reverse(address.name, kwargs={key: known[key] for key in address.keys if key in known})
    except NoReverseMatch:
        return "/" + _by_hand(address.pattern, known)


def _by_hand(pattern: str, known: dict[str, Any]) -> str:
    """An address that `reverse` does not know: its names replaced, its regular expressions by what fits them."""
    path = re.sub(r"<\w+:(\w+)>", lambda match: str(known.get(match[1], 1)), pattern)
    path = re.sub(r"\((?:\?P<\w+>)?(?:live\|)?[^()]*\)", "1", path)
    return path.replace(".*", "x").replace("\\", "").replace("^", "").replace("$", "")


def _first(model: Any) -> int:
    """The first row of a table that Wagtail shows; 1 where the town has none, for Wagtail's own tables only."""
    first = (apps.get_model(model) if isinstance(model, str) else model)._default_manager.first()
    return first.pk if first else 1


# -- One cell -------------------------------------------------------------------------------------------------


def verdict(town: Town, login: str, path: str, posted: dict[str, Any], *, only: str = "") -> str:
    """What a browser of `login` is answered at `path`, asked and then sent to; nothing of it stays.

    `only`: "GET" or "POST", when that says it all.
    """
    said = [] if only == "POST" else [_said(town, login, path, None)]
    # Wagtail's forms break on a form without their boxes.
    if only != "GET" and not (path.startswith("/admin/") and said == ["lit"]):
        said.append(_said(town, login, path, posted))
    return "/".join(word for word in dict.fromkeys(said) if word)


def _said(town: Town, login: str, path: str, posted: dict[str, Any] | None) -> str:
    client = town.clients[login]
    client.cookies = SimpleCookie(town.cookies[login].output(header="", sep="\n"))
    mark = transaction.savepoint()
    try:
        if posted is None:
            return _word(login, client.get(path), "lit")
        acts = JournalEntry.objects.filter(chain=journal.ACTS)
        before = acts.count()
        answer = client.post(path, access_town.as_sent(posted), headers=TUS if "/envois/" in path else None)
        return _word(login, answer, "fait" if acts.count() > before else "reçu")
    finally:
        transaction.savepoint_rollback(mark)


def _word(login: str, answer: Any, entered: str) -> str:
    if answer.status_code in WORDS:
        return WORDS[answer.status_code]
    here, where = answer.request["PATH_INFO"], getattr(answer, "url", "").split("?")[0]
    if here in DOORS:
        return entered
    if where == "/compte/connexion/":
        return "entrer" if login in ("nobody", "owner", "stranger", "half") else "non"
    refused = {"/compte/second-facteur/": "code", "/admin/": "non"}.get(where)
    if (
        where in TO_PROVE
        and here.startswith(("/suivi/", "/mon-espace/"))
        and here not in TO_PROVE
        and entered != "fait"
    ):
        refused = "prouver"
    return refused or entered


# -- The whole file -------------------------------------------------------------------------------------------


@pytest.fixture
def town(site: Any, cast: Any, filed_case: Any, signed_in: Any, monkeypatch: Any, settings: Any) -> Town:
    """Everybody and everything. Paper is not what is tried: it is printed blank, once the cases are there."""
    # Where a page that moved is now: asked at each 404, and a third of the time of this test.
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith(".RedirectMiddleware")]
    settings.PHONE_CODES_PER_MINUTE = settings.VERIFY_PER_MINUTE = 10_000
    made = access_town.built(cast, filed_case, signed_in)
    monkeypatch.setattr(Press, "__init__", lambda self: None)
    monkeypatch.setattr(Press, "print", lambda self, html, *, identifier: b"%PDF-1.7 blank")
    return made


def found_by(town: Town, part: str) -> Found:
    """What everybody is answered at the addresses of one part of the site; "" is the state where none matters."""
    if part.startswith("cases"):
        return _found_of_cases(town, [*STATES, UNSIGNED][0 if part.endswith("1") else 1 :: 2])
    found: Found = {}
    for address in filter(asked, addresses()):
        if is_stock(address) or is_of_case(address) or part_of(address) != part:
            continue
        path, posted = path_of(town, address), town.posts.get(address.name, {})
        row, only = dict.fromkeys(PEOPLE, NOT_TRIED), methods_of(town, path)
        for login in {"desk": PEOPLE, "admin": IN_THE_ADMIN}.get(part, ON_PUBLIC_PAGES):
            more = town.posts.get(f"{address.name} {login}", {})
            row[login] = verdict(town, login, path, posted | more, only=only)
        found[line_of(address)] = {"": row}
    return found


def _found_of_cases(town: Town, states: list[str]) -> Found:
    found: Found = defaultdict(dict)
    for address in filter(is_of_case, filter(asked, addresses())):
        case = town.cases[State.UNDER_REVIEW]
        takes = methods_of(town, path_of(town, address, access_town.of_case(town, case)))
        for state in states:
            path = path_of(town, address, access_town.of_case(town, town.cases[state]))
            posted, whole = town.posts.get(address.name, {}), state == State.UNDER_REVIEW
            people = PEOPLE if whole else IN_EVERY_STATE
            row = dict.fromkeys(PEOPLE, NOT_TRIED)
            row |= {
                login: verdict(town, login, path, posted, only=takes if whole else takes or "POST") for login in people
            }
            found[line_of(address)][str(state)] = row
    return found


def methods_of(town: Town, path: str) -> str:
    """Which of the two methods an address takes: "GET", "POST", or "" for both."""
    client, taken = town.clients["root"], []
    for method in ("GET", "POST"):
        client.cookies = SimpleCookie(town.cookies["root"].output(header="", sep="\n"))
        mark = transaction.savepoint()
        try:
            if method == "POST" and path.startswith("/admin/"):
                break
            if getattr(client, method.lower())(path).status_code != 405:
                taken.append(method)
        finally:
            transaction.savepoint_rollback(mark)
    return taken[0] if len(taken) == 1 else ""


def asked(address: Address) -> bool:
    """Whether this address is tried: all are, unless some are named to be written again."""
    named = os.environ.get("REWRITE_ACCESS_MATRIX", "1")
    return named == "1" or address.name in named.split(",")


def part_of(address: Address) -> str:
    space = address.name.split(":")[0]
    if address.pattern.startswith("admin/"):
        return "admin"
    return "desk" if space in ("desk", "staff", "relay") else "public"


def line_of(address: Address) -> str:
    return f"{address.name}  {address.pattern}"


# -- The file -------------------------------------------------------------------------------------------------


def written(found: Found) -> str:
    text = [HEADING, " " * 4 + _columns(PEOPLE.values())]
    for name, rows in sorted(found.items()):
        text.append(f"\n{name}")
        alike: dict[str, list[str]] = defaultdict(list)
        for state, row in rows.items():
            alike[_columns(row.values())].append(state)
        for answers, states in alike.items():
            if states != [""]:
                known = sorted(states, key=[*map(str, STATES), UNSIGNED].index)
                text.append("  [tous les états]" if len(known) == len(STATES) + 1 else f"  [{'; '.join(known)}]")
            text.append(" " * 4 + answers)
    return "\n".join(text) + "\n"


def read(text: str) -> Found:
    """The file, as `found_by` says it."""
    found: Found = defaultdict(dict)
    name, states = "", [""]
    for line in text.split("\n\n", 1)[1].splitlines()[1:]:
        if line.startswith("  ["):
            said = line.strip()[1:-1]
            states = [*map(str, STATES), UNSIGNED] if said == "tous les états" else said.split("; ")
        elif line.startswith("    "):
            row = dict(zip(PEOPLE, line.split(), strict=True))
            found[name].update(dict.fromkeys(states, row))
        elif line:
            name, states = line, [""]
    return found


def _columns(words: Any) -> str:
    return " ".join(f"{word:<11}" for word in words).rstrip()


def _rewrite(found: Found) -> None:
    """Add what was found to the file: once every part was run, it is whole again."""
    kept = read(FILE.read_text()) if FILE.exists() else {}
    known = {line_of(address) for address in addresses()}
    for name, rows in found.items():
        kept[name] = kept.get(name, {}) | rows
    FILE.write_text(written({name: rows for name, rows in kept.items() if name in known}))


@pytest.mark.parametrize("part", ["cases 1", "cases 2", "desk", "public", "admin"])
def test_each_address_lets_in_whom_the_file_says_and_nobody_else(town: Town, part: str):
    found = found_by(town, part)
    if os.environ.get("REWRITE_ACCESS_MATRIX"):
        _rewrite(found)
    kept = read(FILE.read_text())
    differences = [
        f"{name} [{state}] {PEOPLE[login]} : {kept[name].get(state, {}).get(login)} dans le fichier, {word} ici"
        for name, rows in found.items()
        for state, row in rows.items()
        for login, word in row.items()
        if kept[name].get(state, {}).get(login) != word
    ]
    assert not differences, "\n".join(differences)


def test_each_address_of_ours_stands_in_the_file_and_nothing_else():
    kept = set(read(FILE.read_text()))
    ours = {line_of(address) for address in addresses() if not is_stock(address)}
    assert not ours - kept, f"Ajoutez ces adresses à {FILE.name} : {sorted(ours - kept)}"
    assert not kept - ours, f"Retirez ces adresses de {FILE.name} : {sorted(kept - ours)}"


# -- What the file says ---------------------------------------------------------------------------------------

OWN = {"fifame": Role.COUNTER, "sena": Role.CLERK, "rekia": Role.REGISTRAR, "mahugnon": Role.SUPERVISOR}
AWAY = {"codjo": Role.CLERK, "afiavi": Role.REGISTRAR, "gilles": Role.SUPERVISOR}
CITY = {"secretary": Role.EXECUTIVE_SECRETARY, "ablawa": Role.AUDITOR}
# The address of an act; the others are called by their name.
PAGES_OF_ACTS = {
    "label": "put-label", "assign": "give", "judge_duplicate": "judge-duplicate", "close_duplicate": "close-duplicate",
}  # fmt: skip


def did(name: str, login: str) -> bool:
    """Whether the file lets somebody do something at an address, in whatever state."""
    rows = [rows for line, rows in read(FILE.read_text()).items() if line.startswith(f"desk:{name}  ")]
    return any("fait" in row[login] for states in rows for row in states.values())


@pytest.mark.parametrize("act", permissions.ROLES_OF_ACT)
def test_the_page_of_who_may_do_what_says_what_the_addresses_answer(act: str):
    words = str(TRANSITIONS[act].label if act in TRANSITIONS else rights.OTHER_ACTS[act])
    (right,) = [line for line in rights.matrix()[0][1] if str(line.act) == words]
    scopes = {role: str(scope) for role, scope in zip(Role, right.scopes, strict=True)}
    page = PAGES_OF_ACTS.get(act, act.replace("_", "-"))
    assert {login: did(page, login) for login in OWN} == {login: bool(scopes[role]) for login, role in OWN.items()}
    elsewhere = {login: did(page, login) for login in AWAY | CITY}
    assert elsewhere == {login: scopes[role] == "tous les bureaux" for login, role in (AWAY | CITY).items()}


def test_who_signs_is_whom_the_page_says():
    (right,) = [line for line in rights.matrix()[1][1] if str(line.act) == str(TRANSITIONS["issue"].label)]
    scopes = {role: bool(scope) for role, scope in zip(Role, right.scopes, strict=True)}
    assert {login: did("issue", login) for login in OWN} == {login: scopes[role] for login, role in OWN.items()}
    assert did("issue", "delegate")
    assert not any(did("issue", login) for login in AWAY)


def test_nobody_of_another_office_does_or_reads_anything_of_a_case():
    """Every row of a page of a case, in every state, for three people of the 5th, a relay agent and two editors."""
    rows = [
        (name, row)
        for name, states in read(FILE.read_text()).items()
        if "agent/demande/" in name
        for row in states.values()
    ]
    assert len(rows) > 300
    strangers = (*AWAY, "gaston", "ines", "viviane", "root")
    assert not [(name, login) for name, row in rows for login in strangers if row[login] not in (".", NOT_TRIED)]
    # Negative control: the same rows let in those of the office.
    assert sum(row["sena"] not in (".", NOT_TRIED) for _name, row in rows) > 200


def test_the_second_factor_is_asked_at_every_address_that_asks_who_one_is():
    kept = read(FILE.read_text())
    asking = {name: row for name, states in kept.items() for row in states.values() if row["nobody"] == "entrer"}
    assert len(asking) > 130
    own_steps = {name for name, row in asking.items() if row["half"] != "code"}
    assert not own_steps


def test_the_stock_pages_of_wagtail_are_for_its_editors(town: Town):
    """One rule for all that Wagtail brings: whoever is no editor is sent away, whatever the page."""
    stock = [(address.pattern, path_of(town, address)) for address in addresses() if is_stock(address)]
    assert len(stock) > 200
    entered = {
        (pattern, login): word
        for pattern, path in stock
        for login in ("nobody", "half", "sena", "gaston")
        if (word := verdict(town, login, path, {}, only="GET")) not in REFUSED
    }
    found = {pattern for pattern, _login in entered}
    assert found == OPEN_IN_THE_ADMIN, "\n".join(f"{one}: {word}" for one, word in entered.items())
    # Negative control: the editor of the site comes in.
    assert verdict(town, "ines", "/admin/", {}, only="GET") == "lit"


def test_a_permission_taken_away_is_seen(town: Town, monkeypatch: Any):
    """Negative control: with the check of the office gone, the clerk of the 5th reads, writes, and the file says no."""
    monkeypatch.setattr(permissions, "can_perform", lambda *args: True)
    case = town.cases[State.UNDER_REVIEW]
    (note,) = [address for address in addresses() if address.name == "desk:note"]
    path = path_of(town, note, access_town.of_case(town, case))
    kept = read(FILE.read_text())[line_of(note)][State.UNDER_REVIEW]["codjo"]
    assert (verdict(town, "codjo", path, town.posts["desk:note"]), kept) == ("fait", ".")
