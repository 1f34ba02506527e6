"""Base41: bytes in symbols that are both QR-alphanumeric and legal, unescaped, in an address's fragment.

Two bytes make three symbols, a last odd byte two, big-endian: as dense as Base45, whose space and % would be
escaped by whatever opens the address.
"""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-:"
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """Return `data` in Base41."""
    symbols: list[str] = []
    for i in range(0, len(data) - 1, 2):
        pair = data[i] << 8 | data[i + 1]
        symbols += ALPHABET[pair // 1681], ALPHABET[pair // 41 % 41], ALPHABET[pair % 41]
    if len(data) % 2:
        symbols += ALPHABET[data[-1] // 41], ALPHABET[data[-1] % 41]
    return "".join(symbols)


def decode(text: str) -> bytes:
    """Return the bytes of `text`. Raises `ValueError` for anything `encode` cannot have written."""
    data = bytearray()
    for i in range(0, len(text), 3):
        size = {3: 2, 2: 1}.get(len(group := text[i : i + 3]))
        if size is None:
            raise ValueError("one symbol too many")
        data += _number(group).to_bytes(size, "big")
    return bytes(data)


def _number(group: str) -> int:
    value = 0
    for symbol in group:
        if symbol not in _VALUE:
            raise ValueError("not a Base41 symbol")
        value = value * 41 + _VALUE[symbol]
    if value >= 1 << 8 * (len(group) - 1):
        raise ValueError("value out of range")
    return value
