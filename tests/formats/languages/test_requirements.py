"""Requirements files of pip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages.requirements import FORMAT, accept
from tests.formats.languages.samples import REQUIREMENTS, only, read

pins = st.lists(
    st.tuples(st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True), st.integers(0, 99)), max_size=5, unique_by=lambda p: p[0]
)


def test_only_pins_are_versions() -> None:
    """Ranges, names, options, folders and git are not told; extras, markers, hashes and comments change nothing."""
    assert read(FORMAT, REQUIREMENTS, "app/requirements.txt") == [
        "pkg:pypi/flask@2.2.0",
        "pkg:pypi/requests@2.31.0",
        "pkg:pypi/zope-interface@5.4.0",
        "pkg:pypi/thing@1.2.3",
    ]


@pytest.mark.parametrize("line", ["a==1.*", "a==1.0,<2", "a>=1==2", "a!=1", "a~=1.0", "-c a==1", "a", "a @ ./a", "==1"])
def test_what_is_no_pin(line: str) -> None:
    """Nothing is guessed."""
    assert read(FORMAT, line, "requirements.txt") == []


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("app/requirements.txt", ""),
        ("app/requirements/base.txt", ""),
        ("app/requirements/dev.txt", "development"),
        ("app/requirements-test.txt", "development"),
        ("app/docs-requirements.txt", "development"),
        ("app/tests/requirements.txt", "test"),
        ("usr/lib/python3/site-packages/x/requirements.txt", "test"),
    ],
)
def test_scopes(path: str, scope: str) -> None:
    """By the file's name, and by its place."""
    assert accept(path)
    assert only(FORMAT.read(b"a==1\n", path)).scope == scope


def test_which_files() -> None:
    """Not every text."""
    assert not accept("app/notes.txt")


@given(pins, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", " ; python_version > '3'", " --hash=sha256:a", "  # c"]))
def test_every_pin(packages: list[tuple[str, int]], end: str, tail: str) -> None:
    """As many as there are, in order, whatever stands behind them."""
    text = end.join(f"{name}=={major}.0{tail}" for name, major in packages)
    assert read(FORMAT, text, "requirements.txt") == [f"pkg:pypi/{name}@{major}.0" for name, major in packages]
