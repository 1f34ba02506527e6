"""How often documents are checked, without tracking: totals per answer, never a code, an address or a time of day."""

import logging
import threading
import time
from collections import Counter

logger = logging.getLogger("pole.documents")
EVERY = 60  # seconds


class Tally:
    """Totals of one process, written to the log at most once a minute: a reading writes nothing to the database."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.since = time.time()
        self.lock = threading.Lock()

    def add(self, answer: str) -> None:
        """Count one answer; the first of a new minute writes the totals so far."""
        with self.lock:
            self.counts[answer] += 1
            if time.time() - self.since < EVERY:
                return
            totals, self.counts, self.since = dict(self.counts), Counter(), time.time()
        logger.info("document.verifications", extra={"answers": totals})


tally = Tally()
