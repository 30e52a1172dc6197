"""Fields of a form with files (multipart/form-data, RFC 7578). Reads no nested parts; believes no name or type of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.model.errors import FormatError

MOST_PARTS = 100
_MOST_HEAD = 4096
_BOUNDARY = re.compile(
    r'^multipart/form-data;[^\r\n]{0,200}?\bboundary="?([A-Za-z0-9\'()+_,./:=?-]{1,70})"?\s*(?:;|$)', re.IGNORECASE
)
_NAME = re.compile(rb'^content-disposition:[ \t]*form-data[ \t]*;(?:[^\r\n]*?;)?[ \t]*name="([^"\r\n]{1,200})"', re.IGNORECASE)
_WRONG = FormatError("The form is malformed.", "Reload the page and try again.")


def parse(media: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Each field's name and what it holds, in the order of the form. `media` is the Content-Type. Raises FormatError."""
    found = _BOUNDARY.match(media)
    if found is None:
        raise _WRONG
    mark = b"--" + found[1].encode()
    # Each part is between two marks that begin a line; what is before the first and behind the last is nothing.
    parts = (b"\r\n" + data).split(b"\r\n" + mark)
    if len(parts) < 2 or parts[0] or not parts[-1].startswith(b"--"):  # a begin and an end
        raise _WRONG
    if len(parts) > MOST_PARTS + 2:
        raise FormatError(f"The form has more than {MOST_PARTS} fields.", "Reload the page and try again.")
    for part in parts[1:-1]:
        yield _field(part)


def _field(part: bytes) -> tuple[str, bytes]:
    head, blank, value = part.partition(b"\r\n\r\n")
    if not blank or not head.startswith(b"\r\n") or len(head) > _MOST_HEAD:
        raise _WRONG
    for line in head[2:].split(b"\r\n"):
        if (named := _NAME.match(line)) is not None:
            try:
                return named[1].decode("utf-8"), value
            except UnicodeDecodeError:
                break
    raise _WRONG
