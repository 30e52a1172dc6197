"""The matcher of secrets."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.image import DETECTORS
from periderm.engines.image.secrets import MOST_PER_FILE, Matcher, SecretPattern, entropy, mask
from periderm.model.text import Text
from tests.images import AWS_KEY

ALL = [p for d in DETECTORS for p in d.patterns]
PIN = SecretPattern(name="pin", what=Text("pin", "码"), quick=rb"pin=[0-9]{6}", exact=re.compile(rb"pin=(?P<secret>[0-9]{6})"))


@pytest.mark.parametrize("pattern", ALL, ids=lambda p: p.name)
def test_quick_and_exact_compile(pattern: SecretPattern) -> None:
    """Hyperscan takes each quick form, and `re` each exact one with a group for the secret."""
    Matcher([pattern])
    assert "secret" in pattern.exact.groupindex


def test_at_least_thirty_kinds() -> None:
    """Names are unique: they name kinds of secrets, and there are many."""
    assert len({p.name for p in ALL}) == len(ALL) >= 30


def test_offsets_and_secrets() -> None:
    """Each place is told with the secret itself, which goes no further than the mask."""
    found = Matcher([PIN]).find(b"pin=739162 and pin=118273", "x")
    assert [(at, secret) for _, at, secret in found] == [(4, b"739162"), (19, b"118273")]


def test_bounded_hits() -> None:
    """A file of nothing but secrets gives a bounded number."""
    assert len(Matcher([PIN]).find(b"pin=739162\n" * 1000, "x")) == MOST_PER_FILE


def test_confirming_is_bounded() -> None:
    """When the budget for confirming is used up, hits are counted as not looked at."""
    matcher = Matcher([PIN], confirm=30)
    assert matcher.find(b"pin=739162", "x")
    assert matcher.find(b"pin=739162" + b" " * 30, "x") == []
    assert matcher.unconfirmed == 1


def test_paths_and_checks() -> None:
    """A pattern for some files is silent in others; a check that fails silences it."""
    import msgspec

    only = msgspec.structs.replace(PIN, paths=re.compile("[.]env$").search)
    never = msgspec.structs.replace(PIN, check=lambda _: False)
    assert Matcher([only]).find(b"pin=739162", "a.env")
    assert not Matcher([only]).find(b"pin=739162", "a.txt")
    assert not Matcher([never]).find(b"pin=739162", "a")


@pytest.mark.parametrize("value", [b"pin=111111", b"pin=12345", b"pin=${PIN}"])
def test_placeholders(value: bytes) -> None:
    """What nobody would call a secret is none."""
    assert Matcher([PIN]).find(value, "x") == []


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    """No content breaks the matcher."""
    SHARED.find(data, "etc/config.yml")


SHARED = Matcher(ALL)


def test_no_patterns() -> None:
    """Without patterns nothing is found."""
    assert Matcher([]).find(AWS_KEY, "x") == []


@given(st.binary(min_size=1, max_size=100))
def test_masks_hide(secret: bytes) -> None:
    """A mask shows at most a quarter of the secret."""
    shown = mask(secret).partition("…")[0]
    assert len(shown) * 4 <= len(secret)


def test_entropy() -> None:
    """Nothing has none, one letter has none, sixteen different bytes have four bits each."""
    assert entropy(b"") == entropy(b"aaaa") == 0.0
    assert entropy(bytes(range(16))) == 4.0
