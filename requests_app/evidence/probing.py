"""Whether the antivirus is set so that "clean" means "read whole"; asked by `manage.py check --deploy`.

By default clamd answers OK for what is larger, or packed deeper, than its limits: nobody read it. `AlertExceedsMax`
makes it say so, and such a file then stays in quarantine (`scanning`).
"""

import gzip
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.checks import Warning as Warn

from requests_app.evidence import scanning
from requests_app.evidence.checks import MAX_BYTES

# More layers than any clamd unpacks: its `MaxRecursion` is 17, and 100 at most.
DEEPER_THAN_READ = 120
AWAY = "The antivirus (CLAMD_URL) did not answer: files wait in quarantine until it does."
LENIENT = "clamd says that a file is clean although it did not read it whole."
LENIENT_HINT = "Write `AlertExceedsMax yes` in clamd.conf, as in deploy/clamd.conf, and start clamd again."
NARROW = "clamd refuses files as large as those that the portal takes: they would stay in quarantine."
NARROW_HINT = "Write `StreamMaxLength 25M` and `MaxFileSize 100M` in clamd.conf, as in deploy/clamd.conf."


def antivirus_reads_whole(**_kwargs: Any) -> list[CheckMessage]:
    """The system check: nothing to say without an antivirus."""
    if not settings.CLAMD_URL:
        return []
    try:
        scanning.signature_in(b"paper", settings.CLAMD_URL)
    except (scanning.NotScanned, OSError):
        return [Warn(AWAY, id="requests_app.W001")]
    said: list[CheckMessage] = []
    if _passes(too_deep()):
        said.append(Warn(LENIENT, hint=LENIENT_HINT, id="requests_app.W002"))
    if not _passes(bytes(MAX_BYTES)):
        said.append(Warn(NARROW, hint=NARROW_HINT, id="requests_app.W003"))
    return said


def too_deep() -> bytes:
    """A harmless file that no clamd unpacks to the end."""
    content = b"paper"
    for _layer in range(DEEPER_THAN_READ):
        content = gzip.compress(content, 1, mtime=0)
    return content


def _passes(content: bytes) -> bool:
    """Whether the antivirus says that it read this and found nothing."""
    try:
        return not scanning.signature_in(content, settings.CLAMD_URL)
    except (scanning.NotScanned, OSError):
        return False
