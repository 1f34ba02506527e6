"""The antivirus that tests stop, freeze and start again: Debian's clamd, with one signature of our own."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.real_parts import Program, answers, free_port, wait_until

# In two halves, so that no antivirus of a developer's machine eats this file.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()
CLAMD_STREAM_LIMIT = 256 * 1024  # bytes
CLAMD_FILE_LIMIT = 192 * 1024  # bytes
OURS = Path(__file__).parent.parent / "deploy" / "clamd.conf"


class Clamd:
    """Debian's clamd with a configuration of its own that knows one signature, EICAR; nothing is downloaded."""

    def __init__(self, folder: Path, **more: str) -> None:
        program = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if not program:
            pytest.skip("clamd is not installed (deploy/test installs clamav-daemon)")
        self.port = free_port()
        self.url = f"tcp://127.0.0.1:{self.port}"
        # The path of a socket has 107 characters at most.
        self.socket = Path(tempfile.mkdtemp(prefix="clamd")) / "clamd.ctl"
        signatures = folder / "signatures"
        signatures.mkdir()
        (signatures / "local.ndb").write_text(f"Eicar-Local:0:*:{EICAR.hex()}\n")
        settings = {
            "TCPAddr": "127.0.0.1",
            "TCPSocket": str(self.port),
            "DatabaseDirectory": str(signatures),
            "TemporaryDirectory": str(folder),
            "Foreground": "yes",
            "SelfCheck": "0",
            "LocalSocket": str(self.socket),
            "StreamMaxLength": str(CLAMD_STREAM_LIMIT),
            "MaxFileSize": str(CLAMD_FILE_LIMIT),
            "AlertExceedsMax": "yes",
        } | more
        configuration = folder / "clamd.conf"
        configuration.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self._program = Program([program, "--config-file", str(configuration)], log=folder / "clamd.log")

    def start(self) -> None:
        """Start and wait until it answers."""
        self._program.start()
        wait_until(lambda: answers(self.port), what="clamd", program=self._program)

    def stop(self) -> None:
        """Stop: connections are refused until `start`."""
        self._program.kill()
        self.socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Accept connections and never answer, as an overloaded machine would; `thaw` ends it."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._program.process is not None:
            self._program.process.send_signal(number)


def asked_about_every_file(tmp_path: Path, settings: Any, **more: str) -> Iterator[Clamd]:
    """A started clamd, with `more` in its configuration, that this process asks until the end of the test."""
    folder = tmp_path / "clamd"
    folder.mkdir(mode=0o755)
    antivirus = Clamd(folder, **more)
    antivirus.start()
    settings.CLAMD_URL = antivirus.url
    yield antivirus
    antivirus.stop()
    antivirus.socket.parent.rmdir()


@pytest.fixture
def clamd(tmp_path: Path, settings: Any) -> Iterator[Clamd]:
    """A clamd with small limits."""
    yield from asked_about_every_file(tmp_path, settings)


@pytest.fixture
def lenient_clamd(tmp_path: Path, settings: Any) -> Iterator[Clamd]:
    """A clamd as it comes: what is beyond its limits is clean."""
    yield from asked_about_every_file(tmp_path, settings, StreamMaxLength="25M", AlertExceedsMax="no")


@pytest.fixture
def our_clamd(tmp_path: Path, settings: Any) -> Iterator[Clamd]:
    """A clamd set as deploy/clamd.conf says."""
    lines = [line.split() for line in OURS.read_text().splitlines() if line and not line.startswith("#")]
    yield from asked_about_every_file(tmp_path, settings, **dict(lines))
