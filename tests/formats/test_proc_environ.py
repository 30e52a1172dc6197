"""Secrets of a process's environment and arguments are not told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.proc_environ import MASK, mask_value, parse_cmdline, parse_environ


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD",
        "password",
        "MYSQL_PWD",
        "API_KEY",
        "apikey",
        "AWS_SECRET_ACCESS_KEY",
        "GITHUB_TOKEN",
        "AUTH",
        "SESSION_ID",
    ],
)
def test_a_variable_that_names_a_secret_is_masked(name: str) -> None:
    """Whatever its value looks like."""
    assert parse_environ(f"{name}=abc\0".encode()) == ((name, MASK),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"),
        ("HOME", "/var/lib/postgresql"),
        ("LD_PRELOAD", "/tmp/evil.so"),
        ("VERSION", "1.25.3-1~bookworm"),
        ("PASSIVE", "yes"),
        ("AUTHOR", "somebody"),
        ("PGPORT", "5432"),
    ],
)
def test_what_explains_a_process_is_told(name: str, value: str) -> None:
    """Paths, versions, numbers and names."""
    assert parse_environ(f"{name}={value}".encode()) == ((name, value),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("postgres://app:hunter2@db:5432/shop", f"postgres://app:{MASK}@db:5432/shop"),
        ("Authorization: Bearer abcdef", f"Authorization: Bearer {MASK}"),
        ("AKIAIOSFODNN7EXAMPLE", MASK),
        ("x eyJhbGciOiJIUzI1NiJ9.e30.abc y", f"x {MASK} y"),
        ("0123456789abcdef0123456789abcdef", MASK),
        ("a-plain-sentence-without-any-number", "a-plain-sentence-without-any-number"),
    ],
)
def test_values_are_masked_by_their_form(text: str, told: str) -> None:
    """Where the name says nothing."""
    assert mask_value(text) == told


def test_arguments_are_masked_too() -> None:
    """In one word, or in the next."""
    data = b"mysql\0--password=hunter2\0--token\0abc\0-h\0db\0"
    assert parse_cmdline(data) == ("mysql", f"--password={MASK}", "--token", MASK, "-h", "db")
    assert parse_cmdline(b"") == ("",)


@given(st.binary(max_size=4000))
def test_any_bytes_are_told_within_bounds(data: bytes) -> None:
    """Hostile content neither fails nor grows, and can be written as text."""
    for name, value in parse_environ(data):
        (name + value).encode()
    assert sum(len(word) for word in parse_cmdline(data)) <= 12 * len(data) + 16


@given(st.text(st.characters(blacklist_characters="\0"), min_size=1, max_size=60))
def test_a_password_never_comes_through(secret: str) -> None:
    """Whatever it is made of."""
    ((_, value),) = parse_environ(b"DB_PASSWORD=" + secret.encode("utf-8", "replace"))
    assert value == MASK
