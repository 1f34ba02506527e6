"""A PostgreSQL database for one run: beside the one of the site, or in a private server that goes away."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

START_SECONDS = 30.0
DEBIAN = Path("/usr/lib/postgresql")
# Whoever starts PostgreSQL as root must name somebody else to run it.
UNPRIVILEGED = ("postgres", "nobody")


class NoPostgres(Exception):
    """There is no PostgreSQL to measure on; the message says what to do."""


@contextmanager
def database(settings: dict[str, Any]) -> Iterator[str]:
    """The address of an empty database, dropped at the end. `settings` are those of the site (DATABASES).

    When the site is on PostgreSQL, the same server gets a database `bench_<pid>` for a while.
    Raises `NoPostgres`.
    """
    if settings["ENGINE"].endswith("postgresql"):
        with _beside(settings) as url:
            yield url
    else:
        with _private_server() as url:
            yield url


@contextmanager
def _beside(settings: dict[str, Any]) -> Iterator[str]:
    import psycopg
    from psycopg import sql

    name = f"bench_{os.getpid()}"
    facts = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    where = {key: settings[setting] for key, setting in facts.items() if settings.get(setting)}
    try:
        server = psycopg.connect(**where, autocommit=True)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise NoPostgres(f"La base {name} n’a pas pu être créée à côté de celle du site : {error}") from error
    with server:
        try:
            yield _address(name, **{key: str(value) for key, value in where.items() if key != "dbname"})
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _address(name: str, *, host: str = "", port: str = "", user: str = "", password: str = "") -> str:
    who = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    where = quote(host, safe="") + (f":{port}" if port else "")
    return f"postgresql://{who}@{where}/{name}"


@contextmanager
def _private_server() -> Iterator[str]:
    """A server of our own on a free port, with PostgreSQL's own settings (fsync included)."""
    programs = _programs()
    person = _person()
    with tempfile.TemporaryDirectory(prefix="bench-postgresql-") as folder:
        if person:
            shutil.chown(folder, person["user"], person["group"])
        data, port, log = Path(folder, "data"), free_port(), Path(folder, "log")
        create = [str(programs / "initdb"), f"--pgdata={data}", "--username=bench", "--auth=trust"]
        _run([*create, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"], folder, person)
        listen = ["-h", "127.0.0.1", "-p", str(port), "-c", "unix_socket_directories=", "-c", "timezone=UTC"]
        # The death of this program ends the server too.
        guard = ["setpriv", "--pdeathsig=INT", "--"] if shutil.which("setpriv") else []
        with log.open("wb") as output:
            server = subprocess.Popen(
                [*guard, programs / "postgres", "-D", data, *listen],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **person,
            )  # fmt: skip
        try:
            _wait_until_ready(programs, port, server, log)
            yield f"postgresql://bench@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(2)  # INT: does not wait for its sessions
            server.wait(START_SECONDS)


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _programs() -> Path:
    """The folder of initdb and postgres; the newest of Debian's."""
    found = [folder for folder in DEBIAN.glob("*/bin") if (folder / "initdb").exists()]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name) if folder.parent.name.isdecimal() else 0)
    if program := shutil.which("initdb"):
        return Path(program).resolve().parent
    raise NoPostgres(
        "Les mesures se font sur PostgreSQL, qui n’est pas installé : « apt install postgresql », "
        "ou donnez une DATABASE_URL en postgresql://."
    )


def _person() -> dict[str, Any]:
    """Whom to run PostgreSQL as: ourselves, or somebody without power when we are root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoPostgres("PostgreSQL refuse de tourner sous root, et il n’y a ici ni « postgres » ni « nobody ».")


def _run(arguments: list[str], folder: str, person: dict[str, Any]) -> None:
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False, **person)
    if done.returncode:
        raise NoPostgres(f"PostgreSQL ne démarre pas : {done.stderr.strip()}")


def _wait_until_ready(programs: Path, port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    ask = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(ask, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise NoPostgres(f"PostgreSQL ne démarre pas : {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)
