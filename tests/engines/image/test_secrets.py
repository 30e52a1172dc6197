"""The matcher of secrets."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.image import DETECTORS
from periderm.engines.image.secrets import (
    BEFORE,
    BEHIND,
    MOST_PER_FILE,
    Matcher,
    SecretPattern,
    believed,
    entropy,
    expression,
    mask,
    severity_of,
)
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.images import AWS_KEY

ALL = [p for d in DETECTORS for p in d.patterns]
PIN = SecretPattern(name="pin", what=Text("pin", "码"), quick=rb"pin=[0-9]{6}", exact=rb"pin=(?P<secret>[0-9]{6})")


@pytest.mark.parametrize("pattern", ALL, ids=lambda p: p.name)
def test_the_exact_form_compiles(pattern: SecretPattern) -> None:
    """`re` takes each exact form, with a group for the secret."""
    assert "secret" in expression(pattern.exact).groupindex


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


def test_only_windows_are_searched_again() -> None:
    """What is confirmed costs in proportion to the hits, and hits close together are searched once."""
    matcher = Matcher([PIN])
    matcher.find(b" " * 200_000 + b"pin=739162" + b" " * 200_000, "x")
    assert (1 << 30) - matcher.confirm_left == BEFORE + BEHIND
    matcher = Matcher([PIN])
    dense = b"pin=11111" + b"pin=111111" * 5_000
    matcher.find(dense, "x")
    assert (1 << 30) - matcher.confirm_left == len(dense)


def test_a_kind_of_named_files() -> None:
    """Without a quick form, a kind is looked for where its path says, and nowhere else."""
    filed = SecretPattern(name="f", what=PIN.what, files=rb"(^|/)pins[.]txt$", exact=PIN.exact)
    assert Matcher([filed, PIN]).find(b"pin=739162", "srv/pins.txt")[0][0] is PIN
    assert [p.name for p, _, _ in Matcher([filed, PIN]).find(b"pin=739162", "srv/pins.txt")] == ["pin", "f"]
    assert Matcher([filed]).find(b"pin=739162", "srv/pins.txt.gz") == []


def test_a_context_decides() -> None:
    """A kind may look around its secret before it believes."""
    import msgspec

    shy = msgspec.structs.replace(PIN, context=lambda data, _begin, end: data[end : end + 1] == b"!")
    assert [at for _, at, _ in Matcher([shy]).find(b"pin=739162 pin=739163!", "x")] == [15]


def test_belief_and_severity() -> None:
    """Fillers of manuals are not believed; a single secret may be graded apart from its kind."""
    import msgspec

    graded = msgspec.structs.replace(
        PIN, severity=Severity.LOW, grade=lambda secret: Severity.HIGH if secret.startswith(b"9") else None
    )
    assert severity_of(graded, b"912345") is Severity.HIGH
    assert severity_of(graded, b"712345") is Severity.LOW
    assert not believed(PIN, b"<my-pin>")
    assert not believed(PIN, b"aaaaaaaaab")
    assert believed(PIN, b"739162")
