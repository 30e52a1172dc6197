"""What RPM packages say of their programs' contents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.rpm.digests import sums
from periderm.formats.rpm.header import facts, parse
from tests.rpms import Content, header

SUM = "0123456789abcdef" * 4
FILES = [("/usr/bin/", "tool"), ("/usr/share/", "text")]


def told(content: Content, algorithm: int = 8) -> dict[str, str]:
    """What a header with one program and one text says."""
    return parse(header(FILES, contents=[content, Content(SUM, 0o100644)], algorithm=algorithm)).sums


def test_a_programs_digest_is_told() -> None:
    """In lower case, by its path below the root; of what is no program nothing is."""
    assert told(Content(SUM.upper())) == {"usr/bin/tool": SUM}
    assert told(Content(SUM, state=3)) == {"usr/bin/tool": SUM}  # shared over the network, and the package's own


@pytest.mark.parametrize(
    "content",
    [
        Content(SUM, flags=1),  # configuration
        Content(SUM, flags=1 << 6),  # a ghost
        Content(SUM, state=1),  # replaced by another package
        Content(SUM, state=2),  # not installed
        Content(SUM, state=4),  # of another architecture
        Content(SUM, mode=0o120777),  # a symbolic link
        Content(SUM, mode=0o040755),  # a folder
        Content(""),
        Content("ab" * 16),  # an MD5
    ],
)
def test_what_may_differ_is_not_told(content: Content) -> None:
    """Configuration, ghosts, what another package replaced or is not there, and what is no regular file."""
    assert told(content) == {}


def test_other_algorithms_are_not_told() -> None:
    """A digest that nobody computes would make every program look changed."""
    assert told(Content(SUM), algorithm=1) == {}


def test_a_database_tells_them_by_package() -> None:
    """The package's name stands with what it vouches for."""
    blobs = [header(FILES, contents=[Content(SUM), Content("", 0o100644)], name="tools"), header(FILES)]
    (one,) = facts(iter(blobs), "db").vouched
    assert (one.package, one.sums) == ("tools", {"usr/bin/tool": SUM})


NUMBERS = st.lists(st.integers(0, 0xFFFF), max_size=4)


@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.binary(max_size=70), max_size=4), NUMBERS, NUMBERS, NUMBERS)
def test_lists_that_do_not_fit_tell_nothing(
    files: list[str], digests: list[bytes], modes: list[int], flags: list[int], states: list[int]
) -> None:
    """A hostile header gives no error, and nothing of a file that it does not name."""
    assert set(sums(files, digests, modes, flags, states)) <= set(files)
