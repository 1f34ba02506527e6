"""The real parts that tests stop, start and look at: Redis, a Celery worker, SMTP, a running site, Chromium.

`deploy/test` names the programs and services (DATABASE_URL, REDIS_URL, TEST_REDIS_BIN, TEST_CHROMIUM,
JOURNEYS_DATABASE_URL). Under plain pytest they are looked for on this machine, and the embedded defaults serve.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tile_server import TileServer

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120.0  # a busy machine; an idle one needs a few
# A test that uses one of these is not part of the embedded subset.
REAL_PARTS = {"clamd", "redis_server", "broker", "celery_worker_process", "live_site", "browser", "page"}
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    """Pages under test name static files without a collected manifest; `live_site` collects a real one."""
    from django.conf import settings
    from django.test.signals import setting_changed

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    # Django may have read the setting while it started.
    setting_changed.send(sender=None, setting="STORAGES", value=settings.STORAGES, enter=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark `acceptance` and `embedded` by where a test is and what it uses; leave benchmarks out."""
    from django.conf import settings

    on_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    needs_postgresql = pytest.mark.skip(reason="needs PostgreSQL: SQLite has one writer and no row locks")
    for item in items:
        in_browser = "acceptance" in item.path.parts
        if in_browser:
            item.add_marker(pytest.mark.acceptance)
        elif item.get_closest_marker("postgresql"):
            if not on_postgresql:
                item.add_marker(needs_postgresql)
        elif not REAL_PARTS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.embedded)
    if "benchmark" not in config.getoption("markexpr"):
        left_out = [item for item in items if item.get_closest_marker("benchmark")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


# -- Programs -----------------------------------------------------------------------------------


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], *, what: str, program: "Program | None" = None) -> None:
    """Wait at most START_SECONDS for `ready`; fail at once when `program` has ended."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if program is not None and not program.running:
            pytest.fail(f"{what} ended while starting:\n{program.log_tail()}")
        if time.monotonic() > deadline:
            pytest.fail(f"{what} is not ready after {START_SECONDS:.0f} s:\n{program.log_tail() if program else ''}")
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether somebody listens on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Program:
    """One child process with its log; it dies with the test run (same process group, parent-death signal)."""

    def __init__(self, arguments: list[str], *, log: Path, environment: dict[str, str] | None = None) -> None:
        self.arguments = arguments
        self.log = log
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process; its output goes to the log."""
        guard = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                guard + self.arguments,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def stop(self, *, seconds: float = 15) -> None:
        """TERM, then KILL after `seconds`."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def kill(self) -> None:
        """KILL, as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def log_tail(self, characters: int = 4000) -> str:
        """The end of what the process wrote."""
        return self.log.read_text(errors="replace")[-characters:]


# -- Redis --------------------------------------------------------------------------------------


class RedisServer:
    """A private Redis without persistence, on one port for its whole life, that a test can stop and start."""

    def __init__(self, folder: Path) -> None:
        program = os.environ.get("TEST_REDIS_BIN") or shutil.which("redis-server")
        if not program:
            pytest.skip("redis-server is not installed (deploy/test installs it)")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        listen = ["--bind", "127.0.0.1", "--port", str(self.port)]
        keep_nothing = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        self._program = Program([program, *listen, *keep_nothing], log=folder / "redis.log")

    def start(self) -> None:
        """Start and wait until it answers."""
        self._program.start()
        wait_until(lambda: answers(self.port), what="redis-server", program=self._program)

    def stop(self) -> None:
        """Stop: connections are refused until `start`, and what was queued is lost."""
        self._program.stop()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A private, started Redis."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def broker(redis_server: RedisServer, settings: Any) -> Iterator[RedisServer]:
    """A private Redis that the outbox of this process uses as its broker, as in production."""
    from portal.celery import app

    before = app.conf.broker_url
    settings.REDIS_URL = settings.CELERY_BROKER_URL = redis_server.url
    settings.RELAY = "celery"
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = redis_server.url
    _forget_connections(app)
    yield redis_server
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = before
    _forget_connections(app)


def _forget_connections(app: Any) -> None:
    """Celery and kombu keep pools per process; the next publication must open its own connection."""
    from kombu import pools

    app._after_fork()
    pools.reset()


# -- The Celery worker --------------------------------------------------------------------------


def database_url() -> str:
    """The database this test uses now, as DATABASE_URL for another process."""
    from django.db import connection

    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    password = f":{facts['PASSWORD']}" if facts["PASSWORD"] else ""
    return f"postgresql://{facts['USER']}{password}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


class CeleryWorker(Program):
    """`celery worker` with one real child process, on the database and the broker it is given."""

    def __init__(self, *, log: Path, environment: dict[str, str]) -> None:
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
        worker = ["-m", "celery", "-A", "portal", "worker", "--concurrency", "1", "--pool", "prefork"]
        super().__init__([sys.executable, *worker, *quiet], log=log, environment=environment)

    def start(self) -> None:
        """Start and wait until it takes tasks."""
        written = self.log.stat().st_size if self.log.exists() else 0
        super().start()
        wait_until(lambda: b" ready." in self.log.read_bytes()[written:], what="celery worker", program=self)


@pytest.fixture
def celery_worker_process(
    transactional_db: None, broker: RedisServer, settings: Any, tmp_path: Path
) -> Iterator[CeleryWorker]:
    """A real worker on the test's own database, broker, files and keys.

    Request `private_files`, `seal_key` and `smtp_server` before it: it starts with what is set then.
    """
    from django.core.files.storage import storages

    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker.url,
        # What the test set up is what the worker sees: its files, its keys, its secrets.
        "VAR_DIR": str(Path(storages["private"].location).parent),
        "DOCUMENT_KEY_DIR": str(settings.DOCUMENT_KEY_DIR),
        "DOCUMENT_CODE_KEY": settings.DOCUMENT_CODE_KEY,
        "SECRET_KEY": settings.SECRET_KEY,
        "DEMO": "1" if settings.DEMO else "0",
    }
    if settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend"):
        environment["EMAIL_URL"] = f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    worker = CeleryWorker(log=tmp_path / "celery.log", environment=environment)
    worker.start()
    yield worker
    worker.stop()


# -- SMTP ---------------------------------------------------------------------------------------


class SmtpServer:
    """A real SMTP server on the loopback that keeps what it receives; a test can stop and start it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.messages: list[Any] = []  # email.message.Message, in order of arrival
        self._controller: Any = None

    def start(self) -> None:
        """Listen (again on the same port)."""
        from aiosmtpd.controller import Controller
        from aiosmtpd.handlers import Message

        messages = self.messages

        class Keep(Message):
            def handle_message(self, message: Any) -> None:
                messages.append(message)

        self._controller = Controller(Keep(), hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Refuse connections until `start`."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[SmtpServer]:
    """A started SMTP server that this process (and a worker started after it) sends its e-mail to."""
    server = SmtpServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield server
    server.stop()


# -- A running site -----------------------------------------------------------------------------


class LiveSite:
    """The whole site as the demonstration runs it: gunicorn, the demo people and, with a broker, a worker.

    `url` is its address, `cast` what `demo_cast --json` prints, `manage(…)` runs a management command on
    its database, `server` and `worker` are the processes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.redis = RedisServer(folder) if os.environ.get("REDIS_URL") else None
        self.tiles = TileServer()
        self.environment = os.environ | {
            "DEMO": "1",
            "PORT": str(self.port),
            "SITE_BASE_URL": self.url,
            "VAR_DIR": str(folder),
            "DATABASE_URL": _journeys_database(folder),
            "REDIS_URL": self.redis.url if self.redis else "",
            "MAP_TILES_URL": self.tiles.template,
            "MAP_ATTRIBUTION": "Carte d’essai",
        }
        serve = ["-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{self.port}", "--no-control-socket"]
        threads = ["--workers", "2" if self.redis else "1", "--worker-class", "gthread", "--threads", "4"]
        self.server = Program(
            [sys.executable, *serve, *threads], log=folder / "server.log", environment=self.environment
        )
        self.worker = CeleryWorker(log=folder / "celery.log", environment=self.environment) if self.redis else None
        self.cast: dict[str, Any] = {}

    def manage(self, *arguments: str) -> str:
        """Run `manage.py` on the site's database; return what it printed, fail with what it said."""
        return self._run("manage.py", *arguments)

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def start(self) -> None:
        """Prepare the data, start every process, wait for the health page."""
        if self.redis and self.worker:
            self.redis.start()
        self.tiles.start()
        self._run("-m", "deploy.prepare")
        if self.worker:
            self.worker.start()
        self.server.start()
        wait_until(self._healthy, what="gunicorn", program=self.server)
        self.cast = json.loads(self.manage("demo_cast", "--json"))

    def stop(self) -> None:
        """Stop every process; the database of the journeys stays for who reads it next."""
        self.server.stop()
        self.tiles.shutdown()
        if self.worker and self.redis:
            self.worker.stop()
            self.redis.stop()

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as error:
            # It answers, and says what is wrong: no use waiting for something else.
            return error.code == 503 and pytest.fail(f"/healthz: {error.read().decode()}")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def _journeys_database(folder: Path) -> str:
    """JOURNEYS_DATABASE_URL, made empty; an SQLite file when no PostgreSQL was given."""
    url = os.environ.get("JOURNEYS_DATABASE_URL", "")
    if not url:
        return f"sqlite:///{folder / 'journeys.sqlite3'}"
    import psycopg
    from psycopg import sql

    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url


@pytest.fixture(scope="session")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """One running site for all the journeys of this run."""
    site = LiveSite(tmp_path_factory.mktemp("site"))
    try:
        site.start()
        yield site
    finally:
        site.stop()


# -- Chromium -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium of the distribution (a playwright Browser)."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    program = os.environ.get("TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not program:
        pytest.skip("Chromium is not installed (deploy/test installs it)")
    # Playwright keeps an event loop in this thread; Django would refuse the database to later tests.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, live_site: LiveSite) -> Iterator[Any]:
    """A page on a phone 360 px wide, in French, with its own cookies; relative addresses are the live site's."""
    context = browser.new_context(
        base_url=live_site.url, locale="fr-FR", viewport={"width": 360, "height": 740}, timezone_id="Africa/Porto-Novo"
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
