"""The house stays tidy: what no reviewer should have to look for."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import activate, get_language

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("arrondissements", "civil_status", "requests_app", "portal")
LONGEST_FILE = 500
LOCKS = [ROOT / "deploy" / f"requirements{kind}.txt" for kind in ("", "-dev", "-uv")]
# Django and Wagtail look these up by name.
FOUND_BY_NAME = re.compile(r"^(400|403|403_csrf|404|500|robots)\.\w+$|^(admin|django|wagtail\w*|registration)/")
NOT_OURS_TO_WRITE = {
    "a path of somebody's machine": re.compile(
        r"(?<![\w.-])/(?:work|root|opt|mnt)/\w|(?<![\w.-])/(?:home|Users)/[a-z]\w*/|/tmp/\w"
    ),
    "the address of a registry": re.compile(
        r"(?<!no-emit-)(?:extra-index|index|find)-(?:url|links)|pythonhosted|pypi\.org/simple|registry\.npmjs|artifactory|devpi"
    ),
}


def project_files(*suffixes: str) -> list[Path]:
    """Files of the project (in the repository or about to be), by suffix; all when none is given."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [file for file in files if file.is_file() and (not suffixes or file.suffix in suffixes)]


def short(file: Path) -> str:
    return str(file.relative_to(ROOT))


# -- Rooms --------------------------------------------------------------------------------------


def imported_rooms(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (name.split(".")[0] for name in names if name.split(".")[0] in ROOMS)


def test_a_room_imports_only_from_its_left():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_migrations_and_late_imports_keep_the_line_too():
    wrong = [
        f"{short(file)} imports {room}"
        for file in project_files(".py")
        if (here := file.relative_to(ROOT).parts[0]) in ROOMS
        for room in imported_rooms(file)
        if ROOMS.index(room) > ROOMS.index(here)
    ]
    assert not wrong


def test_the_catalogue_knows_nothing_of_the_cases():
    catalogue = [file for file in project_files(".py") if file.is_relative_to(ROOT / "requests_app" / "catalogue")]
    wrong = re.compile(
        r"^\s*(?:from requests_app(?!\.catalogue)[\w.]* import|import requests_app(?!\.catalogue))", re.M
    )
    assert not [short(file) for file in catalogue if wrong.search(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("rule", ["INT", "DTZ", "T20", "TID", "FIX"])
def test_the_linter_refuses_f_string_msgids_naive_dates_prints_and_leftovers(rule):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert rule in project["tool"]["ruff"]["lint"]["select"]


# -- Files --------------------------------------------------------------------------------------


def test_no_file_tires_the_eye():
    written = project_files(".py", ".html", ".css", ".js", ".sh")
    long = [
        f"{short(file)}: {lines} lines"
        for file in written
        if "migrations" not in file.parts
        and (lines := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    assert not long


def texts() -> Iterator[tuple[Path, str]]:
    for file in project_files():
        if file == Path(__file__):
            continue
        try:
            yield file, file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture, a font


@pytest.mark.parametrize("what", NOT_OURS_TO_WRITE)
def test_the_repository_names_no_machine_and_no_registry(what):
    found = [
        f"{short(file)}:{text.count(chr(10), 0, match.start()) + 1}: {match.group()}"
        for file, text in texts()
        for match in NOT_OURS_TO_WRITE[what].finditer(text)
    ]
    assert not found


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a path of somebody's machine", "open('/home/" + "awa/x')"),
        ("the address of a registry", "--extra-index" + "-url https://example.org"),
    ],
)
def test_the_search_for_machines_and_registries_finds_them(what, line):
    assert NOT_OURS_TO_WRITE[what].search(line)


def pins(lock: Path) -> dict[str, str]:
    """{requirement line without hashes: its first hash} of a lock file."""
    return dict(re.findall(r"^([a-z0-9][^\\\n]*?) \\\n +--hash=sha256:([0-9a-f]{64})", lock.read_text(), re.MULTILINE))


def test_every_locked_library_has_its_hash_and_no_address():
    for lock in LOCKS:
        text = lock.read_text()
        requirements = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
        assert len(pins(lock)) == len(requirements) > 0, short(lock)
        assert "://" not in text, short(lock)


def test_the_demonstration_runs_the_versions_that_were_tested():
    missing = set(pins(LOCKS[0])) - set(pins(LOCKS[1]))
    assert not missing


# -- Templates ----------------------------------------------------------------------------------


def templates() -> list[Path]:
    return [file for file in project_files() if file.is_relative_to(ROOT / "templates")]


def named_in_python(file: Path) -> Iterator[str]:
    """Regular expressions of the strings of a module; the variable parts of an f-string match anything."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
            yield re.escape(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(p.value) if isinstance(p, ast.Constant) else "[^/]+" for p in node.values]
            if "." in "".join(parts):
                yield "".join(parts)


def default_page_templates() -> Iterator[str]:
    from django.apps import apps
    from wagtail.models import Page

    for model in apps.get_models():
        if issubclass(model, Page) and model._meta.app_label in {"portal", "requests_app"}:
            yield re.escape(model.template)


def test_every_template_is_used():
    code = [file for file in project_files(".py") if file.relative_to(ROOT).parts[0] in ROOMS]
    named = {pattern for file in code for pattern in named_in_python(file)} | set(default_page_templates())
    for file in templates():
        quoted = re.findall(r"""["']([^"'\s{}]+\.\w+)["']""", file.read_text(encoding="utf-8"))
        named |= {re.escape(name) for name in quoted}
    used = re.compile("|".join(f"(?:{pattern})" for pattern in named if "/" in pattern or "\\." in pattern))
    names = [str(file.relative_to(ROOT / "templates")) for file in templates()]
    assert not [name for name in names if not FOUND_BY_NAME.match(name) and not used.fullmatch(name)]


INLINE = re.compile(
    r"<style\b|<script\b(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|href\s*=\s*[\"']javascript:"
)


def test_pages_carry_no_inline_style_or_script():
    # Paper and e-mail are not pages: no content security policy applies to them.
    pages = [file for file in templates() if file.suffix == ".html" and not {"documents", "emails"} & set(file.parts)]
    assert not [short(file) for file in pages if INLINE.search(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("markup", ['<p style="x">', "<script>x</script>", '<a onclick="x">', "<style>"])
def test_the_search_for_inline_code_finds_it(markup):
    assert INLINE.search(markup)


def test_text_that_was_left_for_later_does_not_stay():
    later = re.compile(r"\b(TODO|FIXME|XXX|lorem ipsum)\b", re.IGNORECASE)
    kinds = {".html", ".txt", ".md", ".css", ".js", ".po"}
    assert not [short(file) for file, text in texts() if file.suffix in kinds and later.search(text)]


# -- Translations -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fresh_messages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the messages were collected again."""
    if not shutil.which("xgettext"):
        pytest.skip("gettext is not installed (deploy/test installs it)")
    copy = tmp_path_factory.mktemp("messages")
    for file in project_files(".py", ".html", ".txt", ".po"):
        if file.relative_to(ROOT).parts[0] in {*ROOMS, "templates", "locale"}:
            target = copy / file.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    (copy / "locale").mkdir(exist_ok=True)
    collect = [sys.executable, "-m", "django", "makemessages", "--locale", "en", "--locale", "fr", "--no-location"]
    plain = {"PATH": os.environ["PATH"]}  # no settings: only the files count
    done = subprocess.run(collect, cwd=copy, capture_output=True, text=True, check=False, env=plain)
    assert done.returncode == 0, done.stdout + done.stderr
    return copy / "locale"


def entries(catalogue: Path, *options: str) -> list[str]:
    """The entries of a catalogue that msgattrib keeps with these options, header left out."""
    command = ["msgattrib", "--no-obsolete", "--no-wrap", *options, str(catalogue)]
    kept = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [entry for entry in kept.split("\n\n") if "msgid " in entry and 'msgid ""\nmsgstr ""\n"' not in entry]


def of_language(locale: Path, language: str) -> Path:
    return locale / language / "LC_MESSAGES" / "django.po"


def refuse(lacking: list[str], why: str) -> None:
    if lacking:
        pytest.fail(f"{len(lacking)} {why}:\n\n" + "\n\n".join(lacking), pytrace=False)


def test_english_is_complete(fresh_messages):
    english = of_language(fresh_messages, "en")
    lacking = entries(english, "--untranslated") + entries(english, "--only-fuzzy")
    refuse(lacking, "messages lack English")


def test_french_plurals_are_written(fresh_messages):
    french = of_language(fresh_messages, "fr")
    doubtful = entries(french, "--untranslated") + entries(french, "--only-fuzzy")
    lacking = [entry for entry in doubtful if "msgid_plural" in entry]
    refuse(lacking, "plurals lack their French forms")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_translations_keep_their_placeholders(language):
    catalogue = of_language(ROOT / "locale", language)
    check = ["msgfmt", "--check", "--output-file=-", str(catalogue)]
    done = subprocess.run(check, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_begins_in_french_whatever_the_one_before_left(turn):
    assert get_language() == "fr"
    activate("en")
