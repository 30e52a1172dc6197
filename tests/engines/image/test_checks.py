"""Checksums and structures of secrets."""

from __future__ import annotations

import string
from base64 import b64encode, urlsafe_b64encode
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.image import checks


def test_base62_of_github_and_npm() -> None:
    """Six base-62 digits of the CRC-32, most significant first, filled up with zeros."""
    assert checks.base62_crc32(b"") == b"000000"
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    value = sum(digits.index(chr(c)) * 62**i for i, c in enumerate(reversed(checks.base62_crc32(b"a"))))
    assert value == 0xE8B7BE43  # CRC-32 of "a", as zlib and gzip have it


@given(st.text(string.ascii_letters + string.digits, min_size=30, max_size=30), st.integers(4, 39))
def test_a_changed_letter_is_noticed(body: str, at: int) -> None:
    """A checksum that was made holds, and does not after any letter changes."""
    token = checks.with_crc32(b"ghp_" + body.encode() + b"......")
    assert checks.crc32_at_end(token)
    other = token[:at] + (b"a" if token[at : at + 1] != b"a" else b"b") + token[at + 1 :]
    assert not checks.crc32_at_end(other)


def test_grafana() -> None:
    """Eight hexadecimal digits of the CRC-32 of what stands before."""
    token = checks.with_hex_crc32(b"glsa_" + b"x" * 32 + b"_........")
    assert token.endswith(b"%08x" % crc32(b"glsa_" + b"x" * 32))
    assert checks.hex_crc32_at_end(token)
    assert not checks.hex_crc32_at_end(token[:-1] + b"!")


def test_account_of_aws() -> None:
    """The published examples give their accounts; a number of thirteen digits is none."""
    assert checks.aws_account(b"ASIA" + b"Y34FZKBOKMUTVV7A") == 609629065308
    assert checks.aws_account(b"ASIA" + b"QNZGKIQY56JQ7WML") == 29608264753
    assert checks.aws_account(b"AKIA" + b"IOSFODNN7AAAAAAA") is None
    assert checks.aws_key_id(b"AKIA" + b"IOSFODNN7AAAAAAA")
    assert not checks.aws_key_id(b"AKIA" + b"7777777777777777")


@given(st.binary(max_size=80))
def test_nothing_raises(data: bytes) -> None:
    """Whatever the bytes are, the answer is yes or no."""
    for check in (
        checks.crc32_at_end,
        checks.hex_crc32_at_end,
        checks.aws_key_id,
        checks.names_a_user,
        checks.macaroon,
        checks.has_header,
        checks.mixed,
        checks.spoken_for,
        checks.varied,
        checks.base64_bytes(32),
    ):
        assert check(data) in (True, False)


def test_base64() -> None:
    """Both alphabets, padded or not, and nothing else."""
    for data in (b"", b"a", b"any carnal pleas", bytes(range(256))):
        assert checks.decoded(b64encode(data)) == checks.decoded(urlsafe_b64encode(data).rstrip(b"=")) == data
    assert checks.decoded(b"not base64!") == b""
    assert checks.base64_bytes(3)(b"YWJj")
    assert not checks.base64_bytes(4)(b"YWJj")


def test_basic_scheme() -> None:
    """A user, a colon and a password; control characters are no user."""
    assert checks.names_a_user(b64encode(b"deploy:secret"))
    assert not checks.names_a_user(b64encode(b"deploy"))
    assert not checks.names_a_user(b64encode(b"deploy:"))
    assert not checks.names_a_user(b64encode(b"\0\1:secret"))


def test_macaroons() -> None:
    """Location, identifier and signature in their places."""
    whole = b"\x02\x01\x08internal\x02\x10" + b"i" * 16 + b"\0\0\x06\x20" + b"s" * 32
    assert checks.macaroon(b"pypi-" + urlsafe_b64encode(whole).rstrip(b"="))
    assert not checks.macaroon(b"pypi-" + urlsafe_b64encode(whole[:-1]).rstrip(b"="))


def test_headers_of_tokens() -> None:
    """The first part of a token says how it is signed."""
    assert checks.has_header(urlsafe_b64encode(b'{"alg": "HS256"}').rstrip(b"=") + b".x.y")
    assert not checks.has_header(urlsafe_b64encode(b'{"typ": "x"}').rstrip(b"=") + b".x.y")
    assert not checks.has_header(urlsafe_b64encode(b"[1]").rstrip(b"=") + b".x.y")


@pytest.mark.parametrize(
    "value",
    [
        "changeme",
        "CHANGE_ME",
        "password",
        "${X}",
        "$X",
        "/run/secrets/x",
        "env.X",
        "process.env.KEY",
        "os.environ",
        "<key>",
        "getSecret()",
        "https://x/y",
        "your-key-here",
        "std::string",
    ],
)
def test_words_that_stand_for_a_secret(value: str) -> None:
    """What says 'fill me in', a path, a variable and an expression are no secrets."""
    assert not checks.spoken_for(value.encode()) or value.startswith("<")


def test_variety() -> None:
    """Digits among letters, as generators make them; words and numbers are not."""
    assert checks.varied(b"t7Kq92xVb")
    assert not checks.varied(b"correct-horse-battery")
    assert not checks.varied(b"2026112212")
    assert checks.mixed(b"a1")
    assert not checks.mixed(b"aa")
