"""Lines of pip's requirements notation, and the exact versions that they pin. Judges no marker.

Sources: pip.pypa.io, requirements file format; PEP 440, 508, 427.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

LONGEST = 2_000  # characters of one requirement; its hashes stand behind
_PIN = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?\s*={2,3}\s*([A-Za-z0-9][A-Za-z0-9.!+_-]*)\s*\)?\s*(?:$|[;#]|--)"
)
_ADDRESS = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*@\s*(\S+)")
_WHEEL = re.compile(r"[^/]*?-([0-9][^-/]*)-[^/]+\.whl(?:[#?].*)?")


def pins(text: str) -> Iterator[tuple[str, str]]:
    """(name, version) of each line that names exactly one version, or the address of a wheel."""
    for line in _lines(text):
        match = _PIN.match(line)
        if match:
            yield match[1], match[2]
            continue
        address = _ADDRESS.match(line)
        wheel = _WHEEL.fullmatch(unquote(address[2]).rpartition("/")[2]) if address else None
        if address and wheel:
            yield address[1], wheel[1]


def _lines(text: str) -> Iterator[str]:
    """Lines that ask for a package; one that ends with a backslash goes on in the next."""
    held = ""
    for line in (*text.splitlines(), ""):
        if line.endswith("\\") and len(held) < 10 * LONGEST:
            held += line[:-1] + " "
            continue
        whole, held = (held + line).strip(), ""
        if whole and whole[0] not in "#-":
            yield whole[:LONGEST]
