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


class Clamd:
    """Debian's clamd with a configuration of its own that knows one signature, EICAR; nothing is downloaded."""

    def __init__(self, folder: Path) -> None:
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
        }
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


@pytest.fixture
def clamd(tmp_path: Path, settings: Any) -> Iterator[Clamd]:
    """A started clamd that this process asks about every file."""
    folder = tmp_path / "clamd"
    folder.mkdir(mode=0o755)
    antivirus = Clamd(folder)
    antivirus.start()
    settings.CLAMD_URL = antivirus.url
    yield antivirus
    antivirus.stop()
    antivirus.socket.parent.rmdir()
