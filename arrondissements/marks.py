"""Pages laid out once and filled in many times: a template is rendered with marks, then words are put in their place.

For the few pages where Django's templates take longer than everything else. Only words differ between two fillings;
whatever changes the layout (a state, a missing word) makes another layout.
"""

import re
from collections.abc import Mapping, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Letters only: neither HTML nor an address writes them otherwise.
MARK = re.compile("zq([a-z]+)qz")


def mark(name: str) -> str:
    """What to render in the place of the word `name` (small letters)."""
    return f"zq{name}qz"


def cut(html: str) -> list[str]:
    """Text and names of words in turn."""
    return MARK.split(html)


def put(pieces: Sequence[str], words: Mapping[str, str]) -> SafeString:
    """The page with its words, each escaped once and never read again."""
    return mark_safe("".join(escape(words[piece]) if index % 2 else piece for index, piece in enumerate(pieces)))
