"""The visitors: a few connections of the loopback, as cheap as they can be, since they share the processor."""

import socket
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import quantiles
from threading import Lock

LONGEST_WAIT = 30.0  # seconds, gunicorn's own limit


class WrongAnswer(Exception):
    """An answer other than the one expected: what was measured would not be the work."""


@dataclass(frozen=True)
class Sample:
    """One stretch: how many requests were answered, in how many seconds, and how long each took (seconds)."""

    seconds: float
    times: list[float]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.times) / self.seconds

    @property
    def p95_ms(self) -> float:
        """What 95 requests in 100 stay under, from opening the connection to the last byte."""
        return 1000 * (quantiles(self.times, n=20)[-1] if len(self.times) > 1 else self.times[0])


def drive(
    port: int, requests: Iterable[bytes], *, seconds: float, connections: int, status: int | tuple[int, ...]
) -> Sample:
    """Send requests one after the other on each connection, one at least, for `seconds` or until none is left.

    A request that was taken is always awaited, so that whatever was sent was answered. `status` is the one
    expected, or several. Raises `WrongAnswer`.
    """
    feed, gate = iter(requests), Lock()
    expected = {b"%d" % code for code in (status if isinstance(status, tuple) else (status,))}
    start = time.perf_counter()

    def visit() -> list[float]:
        times: list[float] = []
        while not times or time.perf_counter() - start < seconds:
            with gate:
                request = next(feed, None)
            if request is None:
                break
            times.append(_exchange(port, request, expected))
        return times

    with ThreadPoolExecutor(connections) as pool:
        visits = [pool.submit(visit) for _ in range(connections)]
        times = [spent for done in visits for spent in done.result()]
    if not times:
        raise WrongAnswer("no request was left to send")
    return Sample(time.perf_counter() - start, times)


def total(samples: Iterable[Sample]) -> int:
    """How many requests were answered in all."""
    return sum(len(sample.times) for sample in samples)


def get(path: str, *, cookies: str = "") -> bytes:
    """A prepared GET. gunicorn's sync workers answer one request per connection."""
    return _request("GET", path, cookies)


def post(path: str, body: bytes, *, cookies: str) -> bytes:
    """A prepared POST of a form."""
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return _request("POST", path, cookies, form) + body


def _request(method: str, path: str, cookies: str, more: str = "") -> bytes:
    lines = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nAccept-Language: fr\r\n"
    cookie = f"Cookie: {cookies}\r\n" if cookies else ""
    return f"{lines}{cookie}{more}Connection: close\r\n\r\n".encode()


def _exchange(port: int, request: bytes, expected: set[bytes]) -> float:
    start = time.perf_counter()
    with socket.socket() as link:
        link.settimeout(LONGEST_WAIT)
        link.connect(("127.0.0.1", port))
        link.sendall(request)
        answer = link.recv(65536)
        head = answer[:2000]
        while answer:
            answer = link.recv(65536)
    spent = time.perf_counter() - start
    if head[9:12] not in expected:
        raise WrongAnswer(f"{request.split(b' HTTP')[0].decode()} → {head.decode(errors='replace')}")
    return spent
