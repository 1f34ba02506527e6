"""Comparing words the way people type them: without accents, case or tone marks."""

import unicodedata

LETTERS = str.maketrans({"ɖ": "d", "ɛ": "e", "ɔ": "o", "œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "‘": "'"})


def fold(text: str) -> str:
    """`Xwlacodji-Kpɔ́dji` → `xwlacodji-kpodji`: for search and matching, never for display."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(bare.translate(LETTERS).split())
