"""QR codes of bytes (ISO/IEC 18004), with error correction M, as rows of dark and light modules. Draws nothing.

Versions 1 to 20 only: 666 bytes, which is more than any address of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from periderm.model.errors import LimitError

# ISO/IEC 18004:2015, table 9, level M: error correction codewords of a block, its blocks as (how many, data codewords).
_BLOCKS: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = (
    (10, ((1, 16),)),
    (16, ((1, 28),)),
    (26, ((1, 44),)),
    (18, ((2, 32),)),
    (24, ((2, 43),)),
    (16, ((4, 27),)),
    (18, ((4, 31),)),
    (22, ((2, 38), (2, 39))),
    (22, ((3, 36), (2, 37))),
    (26, ((4, 43), (1, 44))),
    (30, ((1, 50), (4, 51))),
    (22, ((6, 36), (2, 37))),
    (22, ((8, 37), (1, 38))),
    (24, ((4, 40), (5, 41))),
    (24, ((5, 41), (5, 42))),
    (28, ((7, 45), (3, 46))),
    (28, ((10, 46), (1, 47))),
    (26, ((9, 43), (4, 44))),
    (26, ((3, 44), (11, 45))),
    (26, ((3, 41), (13, 42))),
)
_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, _: r % 2 == 0,
    lambda _, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)
Rows = tuple[tuple[bool, ...], ...]


def qr(data: bytes) -> Rows:
    """The symbol, True for dark, without the quiet zone of four modules around it. Raises LimitError."""
    version = _version(len(data))
    bits = _interleaved(version, _codewords(version, data))
    plain, fixed = _frame(version)
    _place(plain, fixed, bits)
    drawn = [_masked(plain, fixed, mask) for mask in range(len(_MASKS))]
    return min(drawn, key=_penalty)


def _room(version: int) -> int:
    return sum(count * size for count, size in _BLOCKS[version - 1][1])


def _version(length: int) -> int:
    for version in range(1, len(_BLOCKS) + 1):
        if length + (2 if version < 10 else 3) <= _room(version):  # mode and length take 12 or 20 bits, rounded up
            return version
    raise LimitError(f"{length} bytes do not fit into a QR code.", "Shorten them.")


def _codewords(version: int, data: bytes) -> bytes:
    """Mode, length, data, end and padding."""
    width = 8 if version < 10 else 16
    text = f"0100{len(data):0{width}b}" + "".join(f"{byte:08b}" for byte in data)
    room = _room(version) * 8
    text += "0" * min(4, room - len(text))
    text += "0" * (-len(text) % 8)
    found = bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8))
    return found + (b"\xec\x11" * (room // 8))[: room // 8 - len(found)]


def _tables() -> tuple[list[int], list[int]]:
    powers, logs, value = [0] * 255, [0] * 256, 1
    for exponent in range(255):
        powers[exponent], logs[value] = value, exponent
        value = (value << 1) ^ (0x11D if value & 0x80 else 0)
    return powers, logs


_POWERS, _LOGS = _tables()


def _times(one: int, other: int) -> int:
    return _POWERS[(_LOGS[one] + _LOGS[other]) % 255] if one and other else 0


def correction(data: bytes, count: int) -> bytes:
    """Reed-Solomon codewords over GF(256) with 0x11D."""
    generator = [1]
    for exponent in range(count):
        longer = [*generator, 0]
        for place, factor in enumerate(generator):
            longer[place + 1] ^= _times(factor, _POWERS[exponent])
        generator = longer
    rest = [0] * count
    for byte in data:
        lead = byte ^ rest[0]
        rest = [*rest[1:], 0]
        rest = [value ^ _times(factor, lead) for value, factor in zip(rest, generator[1:], strict=True)]
    return bytes(rest)


def _interleaved(version: int, data: bytes) -> Iterator[bool]:
    count, groups = _BLOCKS[version - 1]
    blocks, start = [], 0
    for number, size in groups:
        for _ in range(number):
            blocks.append(data[start : start + size])
            start += size
    extra = [correction(block, count) for block in blocks]
    longest = max(map(len, blocks))
    mixed = [block[i] for i in range(longest) for block in blocks if i < len(block)]
    mixed += [block[i] for i in range(count) for block in extra]
    return (bool(byte >> shift & 1) for byte in mixed for shift in range(7, -1, -1))


def _centres(version: int) -> list[int]:
    """Of the alignment patterns, along one side (annex E)."""
    if version == 1:
        return []
    count, last = version // 7 + 2, version * 4 + 10
    step = (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return [6, *(last - step * number for number in range(count - 2, -1, -1))]


Grid = list[list[bool]]


def _frame(version: int) -> tuple[Grid, Grid]:
    """What is fixed, and where it is. Places of the format information are fixed and light."""
    size = version * 4 + 17
    dark, fixed = ([[False] * size for _ in range(size)] for _ in range(2))

    def put(row: int, column: int, value: bool) -> None:  # a colour, in a grid of them
        if 0 <= row < size and 0 <= column < size:
            dark[row][column], fixed[row][column] = value, True

    for place in range(size):
        put(6, place, place % 2 == 0)
        put(place, 6, place % 2 == 0)
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):
        for down in range(-4, 5):
            for right in range(-4, 5):
                put(row + down, column + right, max(abs(down), abs(right)) not in (2, 4))
    centres = _centres(version)
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for row, column in ((r, c) for r in centres for c in centres if (r, c) not in corners):
        for down in range(-2, 3):
            for right in range(-2, 3):
                put(row + down, column + right, max(abs(down), abs(right)) != 1)
    for place in (*range(6), 7, 8):
        put(8, place, False)
        put(place, 8, False)
    for place in range(8):
        put(8, size - 1 - place, False)
        put(size - 1 - place, 8, place == 7)
    if version >= 7:
        told = _with_remainder(version, 6, 12, 0x1F25)
        for bit in range(18):
            put(bit // 3, size - 11 + bit % 3, bool(told >> bit & 1))
            put(size - 11 + bit % 3, bit // 3, bool(told >> bit & 1))
    return dark, fixed


def _with_remainder(value: int, width: int, extra: int, generator: int) -> int:
    rest = value << extra
    for bit in range(width - 1, -1, -1):
        if rest >> (bit + extra) & 1:
            rest ^= generator << bit
    return value << extra | rest


def _place(dark: Grid, fixed: Grid, bits: Iterator[bool]) -> None:
    """Two columns at a time from the right, up and down in turn, past the vertical timing pattern."""
    size, upwards = len(dark), True
    for right in (column for column in range(size - 1, 0, -2)):
        column = right if right > 6 else right - 1
        for row in range(size - 1, -1, -1) if upwards else range(size):
            for place in (column, column - 1):
                if not fixed[row][place]:
                    dark[row][place] = next(bits, False)
        upwards = not upwards


def _masked(plain: Grid, fixed: Grid, mask: int) -> Rows:
    size = len(plain)
    flips = _MASKS[mask]
    dark = [[plain[r][c] ^ (not fixed[r][c] and flips(r, c)) for c in range(size)] for r in range(size)]
    told = _with_remainder(mask, 5, 10, 0x537) ^ 0x5412  # level M is 00
    bits = [bool(told >> bit & 1) for bit in range(15)]
    for bit, row in zip(bits, (*range(6), 7, 8, *range(size - 7, size)), strict=True):
        dark[row][8] = bit
    for bit, column in zip(bits, (*range(size - 1, size - 9, -1), 7, *range(5, -1, -1)), strict=True):
        dark[8][column] = bit
    return tuple(map(tuple, dark))


def _penalty(rows: Rows) -> int:
    """How hard it is to read (7.8.3)."""
    size, total = len(rows), 0
    for lines in (rows, tuple(zip(*rows, strict=True))):
        for line in lines:
            text = "".join("1" if dark else "0" for dark in line)
            total += sum(len(run) - 2 for run in text.replace("10", "1 0").replace("01", "0 1").split() if len(run) >= 5)
            total += 40 * sum(text.startswith(("00001011101", "10111010000"), start) for start in range(size - 10))
    for row in range(size - 1):
        for column in range(size - 1):
            total += 3 * (rows[row][column] == rows[row][column + 1] == rows[row + 1][column] == rows[row + 1][column + 1])
    share = sum(map(sum, rows)) * 100 / size**2
    return total + 10 * int(abs(share - 50) / 5)
