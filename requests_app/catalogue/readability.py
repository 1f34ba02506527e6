"""How easily a French text is read: the formula of Kandel and Moles.

L. Kandel and A. Moles adapted R. Flesch's reading ease to French in 1958:
    score = 207 − 1.015 × (words per sentence) − 73.6 × (syllables per word)
It is read on Flesch's scale: 90 and above for a child of eleven, 70 to 90 for a reader of twelve to thirteen, 60 to
70 for plain adult prose, below 50 for studies. Syllables are counted by their vowel sounds, the mute final "e" left
out; a wrong count now and then moves the score of a whole text by a point or two. Below `FEWEST_WORDS` the score
means nothing and is not given.
"""

import re
from dataclasses import dataclass

# A reader of twelve; below, the words or the sentences are too long for her.
FOR_A_READER_OF_TWELVE = 70
FEWEST_WORDS = 12
# A sentence longer than this is hard to follow whatever its words.
LONGEST_SENTENCE = 25

WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
SENTENCE_END = re.compile(r"[.!?…:;]+(?=\s|$)|\n+")
VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæɔɛ]+")
MUTE_END = re.compile(r"(?<=[^aeiouyàâäéèêëîïôöùûüœæ])(?:es?|ent)$")
# Words whose final "ent" is heard, unlike that of the verbs ("demandent").
HEARD_END = re.compile(
    r"ment$|^(?:agent|client|patient|urgent|argent|parent|récent|souvent|présent|absent|content|différent|accident|"
    r"excellent|permanent|cent|vent|dent)$"
)


@dataclass(frozen=True)
class Reading:
    """What was counted in a text; `score` is None when it is too short to be judged."""

    words: int
    sentences: int
    syllables: int
    longest_sentence: int

    @property
    def score(self) -> float | None:
        if self.words < FEWEST_WORDS:
            return None
        return 207 - 1.015 * self.words / self.sentences - 73.6 * self.syllables / self.words


def reading_of(text: str) -> Reading:
    """The words, sentences and syllables of a French text."""
    lengths = [len(words) for part in SENTENCE_END.split(text) if (words := WORD.findall(part))]
    syllables = sum(syllables_of(word) for word in WORD.findall(text))
    return Reading(sum(lengths), max(len(lengths), 1), syllables, max(lengths, default=0))


def syllables_of(word: str) -> int:
    """The vowel sounds of a word; a number counts one per digit, an acronym is spelt."""
    if word.isdecimal() or (word.isupper() and len(word) > 1):
        return len(word)
    heard = word.lower()
    if not HEARD_END.search(heard):
        heard = MUTE_END.sub("", heard)
    return max(len(VOWELS.findall(heard)), 1)
