"""The site as it is served: gunicorn, two sync workers, the settings of `portal.bench.settings`."""

import http.client
import shutil
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

WORKERS = 2
START_SECONDS = 60.0


class Site:
    """A started site on `port`; `stop` ends it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self._log = folder / "gunicorn.log"
        serve = ["-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
        workers = ["--workers", str(WORKERS), "--worker-class", "sync", "--log-level", "warning"]
        guard = ["setpriv", "--pdeathsig=TERM", "--"] if shutil.which("setpriv") else []
        with self._log.open("wb") as output:
            self._server = subprocess.Popen(
                [*guard, sys.executable, *serve, *workers],
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def wait(self) -> None:
        """Return once a page is answered; raise `RuntimeError` with the end of the log when it is not."""
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"gunicorn: {self._log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End gunicorn and its workers."""
        self._server.terminate()
        try:
            self._server.wait(15)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/v/")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()
