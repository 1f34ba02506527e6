"""Comparing words the way people type them: without accents, case or tone marks; and names, the way they are heard."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile

LETTERS = str.maketrans({"ɖ": "d", "ɛ": "e", "ɔ": "o", "œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "‘": "'"})
LONGEST_SOUND = 24
SHORTEST_OPENING = 2  # heard before the beginning of a name says something
WORD = re.compile(r"[a-z]+")
# One name of Benin has several spellings at the registry: French ones, those of the Gbe and Yoruba alphabets, and
# what a clerk heard. Each rule makes one of two spellings the other; together they keep Koffi and Kossi apart.
RULES = [
    (re.compile(pattern), heard)
    for pattern, heard in [
        ("ph", "f"),                # Joseph, Josef
        ("t?ch|sh", "%"),           # Tchibozo, Chibozo; % stands for a sound without a letter until the end
        ("c(?=[eiy])", "s"),        # Cécile, Sécile
        ("qu(?=[aeio])|ck|[cq]", "k"),  # Coffi, Koffi; Quenum, Kenum
        ("gu(?=[eiy])", "g"),       # Gbaguidi, Gbagidi
        ("^g?[xz](?=[aeiouy])", "z"),   # Xavier, Gzavier, Zavier
        ("^x(?=w)|h", ""),          # Xwla, Houla; Ahouansou, Awansou; Mensah, Mensa
        ("x", "ks"),                # Alexis, Aleksis
        ("dj", "j"),                # Adjovi, Ajovi
        ("gb", "b"),                # Houngbédji, Hounbédji
        ("kp", "p"),                # Kpodji, Podji
        ("gn", "ny"),               # Gnonlonfoun, Nyonlonfoun
        ("au(?![aeiou])", "o"),     # Paul, Pol
        ("ou|w", "u"),              # Dossou, Dossu; Kouassi, Kwassi
        ("y", "i"),                 # Yves, Ives
        ("m(?=[bp])", "n"),         # Houmbédji, Hounbédji
        (r"(.)\1+", r"\1"),         # Assogba, Asogba
        ("%", "c"),
    ]
]  # fmt: skip
# How a name may go on: enough letters for each rule to show what it would do with those typed so far.
GOING_ON = ["", "a", "b", "ch", "d", "e", "h", "i", "j", "n", "o", "ou", "p", "s", "u", "ua", "w", "x", "y", "z"]


def fold(text: str) -> str:
    """`Xwlacodji-Kpɔ́dji` → `xwlacodji-kpodji`: for search and matching, never for display."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(bare.translate(LETTERS).split())


def sound(name: str) -> str:
    """One name as it is heard: `Koffi`, `Coffi` and `Kofi` → `kofi`; `Kossi` → `kosi`. Small letters a–z only.

    What the rules do not bring together: vowels (Adjovi, Adjovè), z and s (Zinsou, Sinsou), the soft g (Georges,
    Djorge), silent ends (Dossou, Dossous). "" when there is no letter.
    """
    return _heard("".join(_letters(name)))


def sounds(text: str) -> list[str]:
    """The sound of each name of `text`, each once, in their order; an apostrophe joins (`d’Almeida`)."""
    return list(dict.fromkeys(_heard(word) for word in _letters(text) if _heard(word)))


def openings(start: str) -> list[str]:
    """What the sound of a name that begins with `start` may begin with: `Hounb` → `unb`; `Ko` → `ko`, `ku` (Kouassi).

    Empty when fewer than 2 letters are heard.
    """
    letters = "".join(_letters(start))
    ways = [_heard(letters + more) for more in GOING_ON]
    certain = len(list(takewhile(lambda same: len(set(same)) == 1, zip(*ways, strict=False))))
    heard = {way[:certain] for way in ways} if certain == len(_heard(letters)) else {way[: certain + 1] for way in ways}
    return sorted(heard) if min(map(len, heard)) >= SHORTEST_OPENING else []


def _letters(text: str) -> Iterable[str]:
    # A cedilla is no accent: François is not Frankois.
    composed = unicodedata.normalize("NFC", text.lower())
    return WORD.findall(fold(composed.replace("ç", "s")).replace("'", ""))


@lru_cache(maxsize=50_000)
def _heard(word: str) -> str:
    for rule, heard in RULES:
        word = rule.sub(heard, word)
    return word[:LONGEST_SOUND]
