"""One interface for SMS, and the words made to fit one segment.

A carrier is a class with `send(to, text)`; settings.SMS_BACKEND names it. GSM-7 keeps a message of
160 characters in one segment; letters outside it (ç ê î ô œ …) would halve that.
"""

import logging
import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

log = logging.getLogger("pole.sms")

# 3GPP TS 23.038, basic character set, without the Greek capitals nobody types here.
GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅå_ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
PLAINER = str.maketrans({
    "ç": "c", "ê": "e", "ë": "e", "î": "i", "ï": "i", "ô": "o", "û": "u", "â": "a", "œ": "oe", "æ": "ae",
    "À": "A", "Ê": "E", "È": "E", "’": "'", "‘": "'", "«": '"', "»": '"', "“": '"', "”": '"', "–": "-", "—": "-",
    "…": "...", "\u00a0": " ", "\u202f": " ",
})  # fmt: skip


class Carrier(Protocol):
    """Whoever carries SMS. `send` raises when the message was not accepted."""

    def send(self, to: str, text: str) -> None: ...


class ConsoleBackend:
    """Prints the message: for the demonstration and for development."""

    def send(self, to: str, text: str) -> None:
        sys.stderr.write(f"SMS {to}: {text}\n")


def carrier() -> Carrier:
    """The configured carrier."""
    backend: Carrier = import_string(settings.SMS_BACKEND)()
    return backend


def to_gsm7(text: str) -> str:
    """The same words with the French letters of GSM-7 only; other alphabets are left as they are."""
    return text.translate(PLAINER)


def segments(text: str) -> int:
    """How many SMS the text costs: 160/153 characters in GSM-7, 70/67 otherwise."""
    single, several = (160, 153) if set(text) <= GSM7 else (70, 67)
    return 1 if len(text) <= single else -(-len(text) // several)
