"""Names that ask for secrets, values that are some, and lines that may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.config.credentials import LONGEST, evidence, is_literal, is_random, is_secret_name, is_throwaway

SECRET = "Zq81kd" + "PpW4xT90vB"


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "password", "NPM_TOKEN", "api-key", "AWS_SECRET_ACCESS_KEY", "clientSecret", "PGPASSWORD"]
)
def test_secret_names(name: str) -> None:
    """As people write them."""
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "TOKEN_URL",
        "PASSWORD_FILE",
        "MAX_TOKENS",
        "TOKEN_TTL",
        "SSH_AUTH_SOCK",
        "PUBLIC_KEY",
        "AUTHOR",
        "CACHE_KEY",
        "PWD",
        "TOKENIZER",
        "SECRET_NAME",
        "x" * 200,
    ],
)
def test_other_names(name: str) -> None:
    """Where a secret lies, how long it lives, and words that only hold such a word."""
    assert not is_secret_name(name)


@pytest.mark.parametrize("value", [SECRET, "Tr0ub4dor9", "'quoted99'"])
def test_literals(value: str) -> None:
    """Written out."""
    assert is_literal(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "$X",
        "${X:-y}",
        "{{ x }}",
        "changeme",
        "<password>",
        "true",
        "1234",
        "/run/secrets/x",
        "your-token",
        "a b c",
        "test123",
        "file:x",
        "xxx",
    ],
)
def test_references_and_placeholders(value: str) -> None:
    """None of these is a secret."""
    assert not is_literal(value)


def test_throwaway() -> None:
    """Words that stand in for a password."""
    assert is_throwaway("'Postgres'")
    assert not is_throwaway("Tr0ub4dor9")


def test_random() -> None:
    """What a machine made is told from what a person made up."""
    assert is_random(SECRET)
    assert not is_random("Tr0ub4dor9")
    assert not is_random("a1" * 20)


@pytest.mark.parametrize(
    "line",
    [
        f"ENV DB_PASSWORD={SECRET}",
        f"curl -u bot:{SECRET} x",
        f"git clone https://bot:{SECRET}@h/x",
        f'token: "{SECRET}"',
        f"echo {SECRET}",
        f"--token {SECRET}",
    ],
)
def test_evidence_shows_no_secret(line: str) -> None:
    """Whatever the form, the secret is masked."""
    assert SECRET not in evidence(line, SECRET if "-u" in line else "")


def test_evidence_keeps_what_helps() -> None:
    """Digests of pins, references and permissions stay."""
    for line in ("FROM a@sha256:" + "0af1" * 16, "password: ${{ secrets.P }}", "id-token: write", "uses: a/b@" + "0af1b" * 8):
        assert evidence("  " + line) == line


@given(st.text(max_size=2000))
def test_any_line_can_be_shown(line: str) -> None:
    """Printable and short."""
    shown = evidence(line)
    assert len(shown) <= LONGEST
    assert shown.isprintable()
