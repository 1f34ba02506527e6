"""A tile server that speaks the real protocol on this machine, and every way it may fail."""

import io
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from requests_app.maps import tiles


class TileServer(ThreadingHTTPServer):
    """Serves /{z}/{x}/{y}.png; `mood` says how: good, away, slow, endless, lying, huge, small, elsewhere, half."""

    daemon_threads = True
    mood = "good"

    def __init__(self):
        self.asked, self.headers_seen = [], []
        super().__init__(("127.0.0.1", 0), Tile)

    @property
    def template(self):
        return f"http://127.0.0.1:{self.server_port}/" + "{z}/{x}/{y}.png"


class Tile(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.server.headers_seen.append(dict(self.headers))
        mood = self.server.mood
        if mood == "half":
            mood = "away" if int(self.path.split("/")[2]) % 2 else "good"
        getattr(self, f"_{mood}")()

    def _good(self):
        zoom, column, row = self.path.removesuffix(".png").split("/")[1:]
        # A colour of its own for each square, with streets.
        picture = Image.new("RGB", (256, 256), (200 - int(column) % 7 * 9, 220, 200 - int(row) % 7 * 9))
        picture.paste((255, 255, 255), (0, 120, 256, 136))
        out = io.BytesIO()
        picture.save(out, "PNG")
        self._answer(out.getvalue())

    def _away(self):
        self.send_error(503)

    def _slow(self):
        time.sleep(tiles.PATIENCE * 3)
        self._answer(b"")

    def _endless(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            time.sleep(tiles.PATIENCE / 5)

    def _lying(self):
        self._answer(b"<html><script>alert(1)</script>")

    def _huge(self):
        self._answer(b"\x89PNG\r\n\x1a\n" + b"x" * (tiles.LARGEST + 1))

    def _small(self):
        out = io.BytesIO()
        Image.new("RGB", (1, 1)).save(out, "PNG")
        self._answer(out.getvalue())

    def _elsewhere(self):
        self.send_response(302)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/secret")
        self.end_headers()

    def _answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (BrokenPipeError, ConnectionResetError):  # who asked went away
            self.close_connection = True


@pytest.fixture
def no_map(settings):
    """The town hall has not said where its tiles are."""
    settings.MAP_TILES_URL = ""


@pytest.fixture
def tile_server(settings, tmp_path, monkeypatch):
    """A tile server of the test's own, which the settings name."""
    server = TileServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.MAP_TILES_URL, settings.MAP_ATTRIBUTION = server.template, "© les auteurs de la carte d’essai"
    settings.CACHES = settings.CACHES | {"tiles": settings.CACHES["tiles"] | {"LOCATION": str(tmp_path / "tiles")}}
    monkeypatch.setattr(tiles, "PATIENCE", 0.5)
    yield server
    server.shutdown()
    server.server_close()
