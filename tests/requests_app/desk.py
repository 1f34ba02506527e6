"""What several tests of the desk say."""

import re

EVERYBODY = [
    "sena", "other_clerk", "mahugnon", "fifame", "rekia", "codjo", "afiavi", "koffi", "secretary", "ines",
]  # fmt: skip


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())
