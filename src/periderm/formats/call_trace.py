"""A trace of calls as text: whole numbers apart by blanks, as public corpora of system calls have them. Knows no call."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from periderm.model.errors import FormatError

_PLAIN = re.compile(rb"[0-9\s]*")
_LONGEST = 18  # digits that surely fit into 64 bits
_TOO_LONG = re.compile(rb"[0-9]{%d}" % (_LONGEST + 1))
_HINT = "A trace is a file with whole numbers, apart by blanks or line ends."


def parse(data: bytes, where: str = "") -> NDArray[np.int64]:
    """The numbers in their order; none for an empty file. Raises FormatError."""
    match = _PLAIN.match(data)
    end = match.end() if match else 0
    if end != len(data):
        raise FormatError(f"byte {end} belongs to no number.", _HINT, where=where)
    if _TOO_LONG.search(data):
        raise FormatError(f"a number has more than {_LONGEST} digits.", _HINT, where=where)
    return np.array(data.split(), np.int64)
