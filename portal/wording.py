"""Reading what people type in a search box."""

import re

from arrondissements.spelling import fold

# Too common to choose between pages, in both languages of the site.
_EMPTY = """
a au aux avec ce ces comment d dans de des du elle en est et faire how i il j je l la le les leur ma mes mon my ne nous
obtenir of on ou par pas pour qu que qui s sa se ses son sur the to un une want vos votre vous
"""
EMPTY_WORDS = frozenset(_EMPTY.split())
MAX_WORDS = 8


def query_words(query: str) -> list[str]:
    """Folded words of a query, without the empty ones or plural endings: "Actes de naissances" → acte, naissance."""
    words = re.findall(r"\w+", fold(query))
    kept = [word for word in words if word not in EMPTY_WORDS] or words
    return [_singular(word) for word in kept[:MAX_WORDS]]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word
