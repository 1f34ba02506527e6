"""The line between a browser and the site: a small TCP relay that counts what passes and cuts when told to."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

BLOCK = 4096


class Wire:
    """A relay on a port of its own (`url`). `sent` and `received` are the bytes of the browser, all of them.

    `cut()` kills every connection and refuses new ones until `mend()`; `cut_when_sent(n)` does so by itself once the
    browser has sent `n` bytes; `swallow(start)` lets a request that begins so reach the site, and kills the
    connection before its answer comes back: the site did it, the browser cannot know.
    """

    def __init__(self, site_url: str) -> None:
        self._site = (str(urlsplit(site_url).hostname), int(urlsplit(site_url).port or 80))
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self.sent = self.received = self.cuts = 0
        self.is_cut = False
        self._limit: int | None = None
        self._to_swallow = b""
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._welcome, daemon=True).start()

    def cut(self) -> None:
        """Kill every connection, and each new one at once."""
        self.is_cut = True
        self.cuts += 1
        self._limit = None
        for link in list(self._open):
            _kill(link)

    def mend(self) -> None:
        """Let the browser in again."""
        self.is_cut = False

    def cut_when_sent(self, count: int) -> None:
        """Cut once the browser has sent `count` more bytes."""
        self._limit = self.sent + count

    def swallow(self, start: str) -> None:
        """Cut after the next request that begins with `start`, once the site has answered it."""
        self._to_swallow = start.encode()

    def close(self) -> None:
        """End the relay."""
        self.cut()
        self._door.close()

    def _welcome(self) -> None:
        while True:
            try:
                browser, _address = self._door.accept()
            except OSError:
                return
            if self.is_cut:
                _kill(browser)
                continue
            site = socket.create_connection(self._site)
            self._open |= {browser, site}
            doomed = threading.Event()
            for work, ends in ((self._carry_up, (browser, site)), (self._carry_down, (site, browser))):
                threading.Thread(target=work, args=(*ends, doomed), daemon=True).start()

    def _carry_up(self, browser: socket.socket, site: socket.socket, doomed: threading.Event) -> None:
        for block in _blocks(browser):
            if self._to_swallow and block.startswith(self._to_swallow):
                self._to_swallow = b""
                doomed.set()
            self.sent += len(block)
            with contextlib.suppress(OSError):
                site.sendall(block)
            if self._limit is not None and self.sent >= self._limit:
                self.cut()
        self._end(browser, site)

    def _carry_down(self, site: socket.socket, browser: socket.socket, doomed: threading.Event) -> None:
        for block in _blocks(site):
            if doomed.is_set():
                self.cut()
                break
            self.received += len(block)
            with contextlib.suppress(OSError):
                browser.sendall(block)
        self._end(browser, site)

    def _end(self, *links: socket.socket) -> None:
        for link in links:
            self._open.discard(link)
            _kill(link)


def _blocks(link: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while block := link.recv(BLOCK):
            yield block


def _kill(link: socket.socket) -> None:
    """End a connection for whoever reads or writes it, in whichever thread."""
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
    link.close()
