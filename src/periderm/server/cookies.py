"""Reads one cookie of a request, in time that grows with the header's length and no faster. Decodes nothing: our own cookies
are plain words."""

from __future__ import annotations

from starlette.requests import HTTPConnection

LONGEST = 512


def cookie(connection: HTTPConnection, name: str) -> str:
    """The value of the first cookie of this name (browsers send the one with the longest path first: RFC 6265, 5.4); '' without
    one, or if it is longer than any of ours.

    Not Starlette's own: it undoes quoting by `http.cookies`, which before Python 3.11.10 takes time that grows with the square
    of the length (CVE-2024-7592): three seconds for one header of 32 KiB, before anybody has signed in."""
    for line in connection.headers.getlist("cookie"):
        for part in line.split(";"):
            key, _, value = part.partition("=")
            if key.strip(" \t") == name:
                value = value.strip(" \t")
                return value if len(value) <= LONGEST else ""
    return ""
