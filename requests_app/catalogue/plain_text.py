"""Making what people type safe to store, compare and print, without losing a letter of it."""

import unicodedata

# Controls, invisible formatting (zero width, bidirectional overrides) and lone surrogates.
UNWANTED = {"Cc", "Cf", "Cs"}
LINE_ENDS = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\u0085": "\n", "\v": "\n", "\f": "\n", "\t": " "})


def one_line(text: str) -> str:
    """One line in NFC: no control or invisible character, runs of spaces made one."""
    return " ".join(paragraphs(text).split())


def paragraphs(text: str) -> str:
    """Several lines in NFC: no control or invisible character, line ends made `\\n`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(LINE_ENDS)
    kept = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in UNWANTED)
    return unicodedata.normalize("NFC", kept).strip()
