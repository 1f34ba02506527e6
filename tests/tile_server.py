"""A tile server that speaks the real protocol on this machine, and every way it may fail."""

import io
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image


class TileServer(ThreadingHTTPServer):
    """Serves /{z}/{x}/{y}.png; `mood` says how: good, away, slow, lying…"""

    daemon_threads = True
    mood = "good"
    patience, largest = 0.5, 300_000  # what the site under test allows: seconds, bytes

    def __init__(self):
        self.asked, self.headers_seen = [], []
        super().__init__(("127.0.0.1", 0), Tile)

    def start(self):
        """Answer, in a thread of its own."""
        threading.Thread(target=self.serve_forever, daemon=True).start()

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

    def _busy(self):
        out = io.BytesIO()
        Image.effect_noise((256, 256), 90).convert("RGB").save(out, "JPEG", quality=70)
        self._answer(out.getvalue())

    def _away(self):
        self.send_error(503)

    def _slow(self):
        time.sleep(self.server.patience * 3)
        self._answer(b"")

    def _endless(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            time.sleep(self.server.patience / 5)

    def _lying(self):
        self._answer(b"<html><script>alert(1)</script>")

    def _huge(self):
        self._answer(b"\x89PNG\r\n\x1a\n" + b"x" * (self.server.largest + 1))

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
