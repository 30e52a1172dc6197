"""Why a signature is refused, in words."""

from __future__ import annotations

from periderm.model.errors import SignatureError
from periderm.model.signature import REFUSALS, Refusal, Span, UntrustedError


def test_every_refusal_has_words() -> None:
    """In both languages, each its own."""
    assert set(REFUSALS) == set(Refusal)
    assert len({text.en for text in REFUSALS.values()}) == len(Refusal)
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text.zh) for text in REFUSALS.values())


def test_a_refusal_is_an_error_of_the_family() -> None:
    """With its reason, and what stands there instead."""
    error = UntrustedError(Refusal.EXPIRED, "2001")
    assert isinstance(error, SignatureError)
    assert (error.why, error.detail) == (Refusal.EXPIRED, "2001")


def test_spans_include_both_ends() -> None:
    """As protobuf-specs says of a TimeRange."""
    span = Span(10, 20)
    assert [span.holds(t) for t in (9, 10, 20, 21)] == [False, True, True, False]
    assert Span(10).holds(1 << 40)
