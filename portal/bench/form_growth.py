"""Does a long service make each of its steps slow? A step of 60 questions in 8 steps beside one of 5 questions in one.

A passage is what one step costs: its page is shown, then answered. The floor is the same passage in the small service.
"""

import itertools
from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse

from portal.bench import load, services
from portal.bench.form_step import COOKIES, posted
from portal.bench.results import Result, waits
from portal.bench.rounds import in_turns
from portal.bench.scale import Scale

TARGET = 1.5
DRAFTS = 200


def run(scale: Scale, port: int) -> Result:
    """Milliseconds under which 95 passages in 100 are made."""
    big, small = _visits(services.BIG), _visits(services.SMALL)
    measured, floors = in_turns(scale.rounds, lambda: _drive(scale, port, big), lambda: _drive(scale, port, small))
    return waits(
        "form_growth",
        measured,
        floors,
        TARGET,
        facts={"questions in the page": _asked(services.BIG), "beside": _asked(services.SMALL)},
    )


def _asked(size: tuple[int, int]) -> int:
    return len(services.step_of(size))


def _visits(size: tuple[int, int]) -> Iterator[bytes]:
    """GET, POST, GET, POST … over many drafts, without end."""
    body = urlencode(posted(size)).encode()
    paths = [reverse("requests:step", args=[token, services.STEP[size]]) for token in services.drafts(size, DRAFTS)]
    pairs = [(load.get(path, cookies=COOKIES), load.post(path, body, cookies=COOKIES)) for path in paths]
    return itertools.cycle(itertools.chain.from_iterable(pairs))


def _drive(scale: Scale, port: int, visits: Iterator[bytes]) -> load.Sample:
    sample = load.drive(port, visits, seconds=scale.seconds, connections=1, status=(200, 303))
    if len(sample.times) % 2:  # the clock stopped between a page and its answer
        sample.times.append(_last(port, visits))
    pairs = [shown + answered for shown, answered in zip(sample.times[::2], sample.times[1::2], strict=True)]
    return load.Sample(sample.seconds, pairs)


def _last(port: int, visits: Iterator[bytes]) -> float:
    return load.drive(port, itertools.islice(visits, 1), seconds=1, connections=1, status=(200, 303)).times[0]
