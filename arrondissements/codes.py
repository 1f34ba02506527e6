"""References and codes people read aloud: Crockford's base-32 with a check symbol.

No I, L, O or U; what is read or typed badly is forgiven where it is unambiguous. The check symbol is
Σ (i+1)·v mod 31. Z, worth 31, would be confused with 0: it is never drawn and never accepted, so that
every single substitution and every adjacent transposition is caught.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "\u00a0": None, ".": None})


class MalformedCode(ValueError):
    """Wrong length, a symbol that does not exist, or a check symbol that does not fit."""


def new_code(symbols: int) -> str:
    """A random code of `symbols` symbols, the last being the check symbol (4.95 random bits each)."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(symbols - 1))
    return body + check_symbol(body)


def clean_code(text: str, symbols: int) -> str:
    """The canonical form of what somebody typed. Raises `MalformedCode`."""
    code = text.strip().upper().translate(FORGIVEN)
    if len(code) != symbols or any(symbol not in VALUE for symbol in code):
        raise MalformedCode
    if check_symbol(code[:-1]) != code[-1]:
        raise MalformedCode
    return code


def check_symbol(body: str) -> str:
    """Σ (i+1)·v mod 31, as one symbol."""
    return ALPHABET[sum((i + 1) * VALUE[symbol] for i, symbol in enumerate(body)) % 31]


def show_code(code: str, group: int = 4) -> str:
    """`K7M2X4TDB` → `K7M2-X4TD-B`."""
    return "-".join(code[i : i + group] for i in range(0, len(code), group))
