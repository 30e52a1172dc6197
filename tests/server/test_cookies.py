"""Reading a cookie: by name, the first, never more than a pass over the header."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from periderm.server import cookies
from periderm.server.cookies import LONGEST, cookie


def request(*lines: str) -> Request:
    """A request with these headers."""
    return Request({"type": "http", "headers": [(b"cookie", line.encode("latin-1")) for line in lines]})


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["a=1; b=2"], "2"),
        (["b=2;b=3"], "2"),
        (["a=1", "b=2"], "2"),
        (["bb=1; xb=2"], ""),
        (["b"], ""),
        (["b=x=y"], "x=y"),
        (['b="quoted"'], '"quoted"'),
        ([";;; b = 2 ;"], "2"),
        ([], ""),
    ],
)
def test_it_is_found_by_its_name(lines: list[str], found: str) -> None:
    """And as it was sent."""
    assert cookie(request(*lines), "b") == found


def test_one_that_is_longer_than_any_of_ours_is_none() -> None:
    """It is not asked about in the store."""
    assert cookie(request("b=" + "x" * LONGEST), "b") == "x" * LONGEST
    assert cookie(request("b=" + "x" * (LONGEST + 1)), "b") == ""


@given(st.text(st.characters(max_codepoint=255), max_size=200))
def test_any_header_is_read(line: str) -> None:
    """Without an error."""
    assert "\n" not in cookie(request(line.replace("\n", "")), "b")


def test_backslashes_cost_one_pass() -> None:
    """A header full of escapes is read in as many calls as one without: calls are counted, not seconds."""

    def steps(line: str) -> int:
        counted = 0

        def count(frame: object, event: str, argument: object) -> object:
            nonlocal counted
            counted += 1
            return count

        asked = request(line)
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            cookie(asked, "b")
        finally:
            sys.setprofile(before)
        return counted

    plain, hostile = "b=" + "x" * 30_000, 'b="' + "\\1" * 15_000 + '"'
    assert steps(hostile) <= steps(plain) + 10
    assert "http.cookies" not in vars(cookies)
