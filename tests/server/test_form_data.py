"""Forms with files."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.errors import FormatError
from periderm.server.form_data import MOST_PARTS, parse

MEDIA = "multipart/form-data; boundary=----WebKitFormBoundaryx"


def form(*fields: tuple[str, bytes], mark: bytes = b"----WebKitFormBoundaryx") -> bytes:
    """As browsers write it."""
    parts = (
        b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="../../etc/x"\r\nContent-Type: text/csv\r\n\r\n%s\r\n'
        % (mark, name.encode(), value)
        for name, value in fields
    )
    return b"".join(parts) + b"--" + mark + b"--\r\n"


@given(st.lists(st.tuples(st.sampled_from(["a", "table", "名称"]), st.binary(max_size=60)), max_size=5))
def test_what_was_sent_comes_out(fields: list[tuple[str, bytes]]) -> None:
    """Bytes as they are, in their order."""
    assert list(parse(MEDIA, form(*fields))) == fields


@given(st.binary(max_size=300))
def test_nothing_else_happens(data: bytes) -> None:
    """Whatever somebody sends."""
    with contextlib.suppress(FormatError):
        list(parse(MEDIA, data))


@pytest.mark.parametrize(
    ("media", "data"),
    [
        ("multipart/form-data", form(("a", b"1"))),
        ("text/csv; boundary=----WebKitFormBoundaryx", form(("a", b"1"))),
        (MEDIA, b""),
        (MEDIA, b"x" + form(("a", b"1"))),
        (MEDIA, form(("a", b"1"))[:-8]),
        (MEDIA, form(("a", b"1")).replace(b'name="a"', b"nome")),
        (MEDIA, form(("a", b"1")).replace(b'name="a"', b'name="\xff"')),
        (MEDIA, form(("a", b"1")).replace(b"\r\n\r\n1", b"\r\n1")),
        (MEDIA, form(*[("a", b"")] * (MOST_PARTS + 1))),
    ],
)
def test_what_is_no_form_is_told(media: str, data: bytes) -> None:
    """With what to do."""
    with pytest.raises(FormatError) as told:
        list(parse(media, data))
    assert told.value.next_step


def test_a_quoted_boundary_and_a_filename_before_the_name() -> None:
    """As other programs write them."""
    data = b'--b\r\nContent-Disposition: form-data; filename="x"; name="t"\r\n\r\n1\r\n2\r\n--b--'
    assert list(parse('multipart/form-data; boundary="b"', data)) == [("t", b"1\r\n2")]
