"""Content rules over bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.content import DETECTORS, ContentEngine, UserRules
from periderm.model.errors import FormatError
from periderm.model.severity import Severity

ENGINE = ContentEngine()


def test_all_examples_in_one_engine() -> None:
    """Rules do not hide each other, and no quiet example of one fires another."""
    for detector in DETECTORS:
        for example in detector.spec.fires:
            assert detector.spec.id in {match.rule for match in ENGINE.inspect(example.given)[0]}, example.why
        for example in detector.spec.quiet:
            assert ENGINE.inspect(example.given) == ((), ""), example.why


def test_a_users_rule_says_what_it_means() -> None:
    """Severity, technique and words come from its metadata; where it stands is told."""
    text = (
        'rule x { meta: description = "an odd thing" severity = "critical" technique = "T1505.003, T1105" '
        "strings: $a = { 00 ff 41 } condition: $a }"
    )
    ((match,), unfinished) = ContentEngine([UserRules("a.yar", text)]).inspect(b"..\x00\xffA..")
    assert unfinished == ""
    assert (match.rule, match.title, match.severity, match.source) == ("yara:x", "an odd thing", Severity.CRITICAL, "a.yar")
    assert match.techniques == ("T1505.003", "T1105")
    assert match.found == ("\\x00\\xffA",)


def test_a_user_cannot_take_our_rules_name() -> None:
    """A rule of the same name is the user's own and does not speak as ours."""
    matches, _ = ContentEngine([UserRules("a.yar", "rule CON_001 { condition: true }")]).inspect(b"x")
    assert [match.rule for match in matches] == ["yara:CON_001"]


@pytest.mark.parametrize(
    "text", ["rule", "rule x { condition: y }", 'include "/etc/passwd"', "\x00", "rule x { condition: true } " * 2]
)
def test_wrong_rules_are_refused(text: str) -> None:
    """With the file's name."""
    with pytest.raises(FormatError) as caught:
        ContentEngine([UserRules("wrong.yar", text)])
    assert "wrong.yar" in str(caught.value)


@given(st.binary(max_size=2000))
def test_any_bytes(data: bytes) -> None:
    """Whatever a file holds, a look ends, and what it tells is printable."""
    matches, unfinished = ENGINE.inspect(data)
    assert unfinished == ""
    assert all(piece.isascii() and piece.isprintable() for match in matches for piece in match.found)
