"""Several people who do the same thing at the same moment, each with a connection of his own to the database."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def all_at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act(i)` in `count` threads that start together; return what each returned or raised."""
    gate = threading.Barrier(count)

    def run(i: int) -> Any:
        gate.wait()
        try:
            return act(i)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
