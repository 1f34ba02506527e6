"""The two commands: one sentence says what is missing, and nothing stays behind."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real_parts import ROOT, answers, free_port


@pytest.fixture
def start_demo(tmp_path: Path) -> Iterator[object]:
    """`start_demo(port)`: ./deploy/demo from another folder, its data under a path with a space."""
    started: list[subprocess.Popen[str]] = []

    def _start_demo(port: object) -> subprocess.Popen[str]:
        command = subprocess.Popen(
            [ROOT / "deploy" / "demo"],
            cwd="/",
            env=os.environ | {"PORT": str(port), "VAR_DIR": str(tmp_path / "à part")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(command)
        return command

    yield _start_demo
    for command in started:
        if command.poll() is None:
            command.terminate()
            command.wait(30)


def shell(script: str) -> subprocess.CompletedProcess[str]:
    """Run a script with the functions of deploy/lib.sh."""
    command = ["bash", "-euo", "pipefail", "-c", f'. "$0"; {script}', str(ROOT / "deploy" / "lib.sh")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def living_processes_of(session: int) -> list[str]:
    listed = subprocess.run(["ps", "-e", "-o", "sess=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    return [row[-1] for row in rows if row[0] == str(session) and not row[1].startswith("Z")]


def seconds_until_healthy(command: subprocess.Popen[str], port: int) -> float:
    begin = time.monotonic()
    while command.poll() is None and time.monotonic() - begin < 600:  # a minute on an idle machine
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                assert b'"ok"' in answer.read()
                return time.monotonic() - begin
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    command.terminate()
    pytest.fail(f"the demonstration did not start:\n{command.communicate()[0][-4000:]}")


def said_until(command: subprocess.Popen[str], text: str) -> str:
    """What the command printed, up to the line that holds `text` (or its end)."""
    said = ""
    for line in command.stdout:
        said += line
        if text in line:
            break
    return said


def test_the_demonstration_starts_from_nothing_stops_and_starts_again(start_demo):
    port = free_port()
    first = start_demo(port)
    first_time = seconds_until_healthy(first, port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
        assert answer.status == 200
    assert "sena" in said_until(first, f"→ http://127.0.0.1:{port}")
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=30)
    assert not answers(port)
    assert not living_processes_of(first.pid)

    second = start_demo(port)
    # Under 10 s on an idle machine; here others may share the processor.
    assert seconds_until_healthy(second, port) < max(10, first_time / 2)
    assert "sena" in said_until(second, "→ http://"), "the accounts are printed at every start"
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=30)
    assert not living_processes_of(second.pid)


def test_a_start_that_is_interrupted_leaves_nothing(start_demo):
    port = free_port()
    command = start_demo(port)
    time.sleep(3)
    command.send_signal(signal.SIGTERM)
    command.communicate(timeout=30)
    assert command.returncode == 143
    assert not living_processes_of(command.pid)


def test_a_port_in_use_is_said_with_another_to_choose(start_demo, tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        command = start_demo(port)
        said, _ = command.communicate(timeout=60)
    assert command.returncode == 1
    assert f"Le port {port} est déjà pris" in said
    assert "./deploy/demo" in said
    assert not (tmp_path / "à part").exists()


@pytest.mark.parametrize("port", ["0", "65536", "80a", "-1", "8000; true"])
def test_a_port_is_a_number(port, start_demo):
    command = start_demo(port)
    said, _ = command.communicate(timeout=60)
    assert command.returncode == 1
    assert "un port est un nombre de 1 à 65535" in said


def test_without_apt_the_missing_packages_are_named():
    done = shell("MISSING=(zbar-tools poppler-utils); PATH=/nowhere; install_missing")
    assert done.returncode == 1
    assert "zbar-tools poppler-utils" in done.stderr
    assert "With your package manager" in done.stderr


def test_what_is_there_is_not_asked_for():
    done = shell('need bash have bash; need no-such-package have no-such-program; printf "%s" "${MISSING[*]}"')
    assert done.stdout == "no-such-package"
