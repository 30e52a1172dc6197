"""Whether a text is a value of a setting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.errors import UsageError
from periderm.model.options import Option, OptionKind, checked, is_on, words
from periderm.model.text import Text


def option(kind: OptionKind, **more: object) -> Option:
    """A setting of a kind."""
    return Option(name="a.b", variable="X_B", kind=kind, meaning=Text("b", "b"), **more)  # type: ignore[arg-type]  # as given


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (OptionKind.NUMBER, ("1", "20", "007"), ("", "0", "21", "-1", "1e1", "²", "８", "1 ", "9" * 5000)),
        (OptionKind.SWITCH, ("on", "OFF", "true", "0"), ("", "maybe", "2")),
        (OptionKind.SHARE, ("0", "1", "0.25", "1.0"), ("", ".5", "1.1", "-0", "nan", "1e0", "0.", "²")),
        (OptionKind.CHOICE, ("x",), ("", "X", "x ")),
        (OptionKind.TEXT, ("", "a b", "中"), ("a\nb", "a\x1b[2J", "a" * 5000)),
        (OptionKind.LIST, ("", "a, b*"), ("a\0",)),
    ],
)
def test_what_fits(kind: OptionKind, right: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    """Digits of other scripts, signs and control characters are no values."""
    one = option(kind, most=20, choices=("x",))
    assert [value for value in right if not one.fits(value)] == []
    assert [value for value in wrong if one.fits(value)] == []


def test_a_wrong_one_is_told_with_what_it_needs() -> None:
    """And with the variable's name, shortened."""
    with pytest.raises(UsageError) as error:
        checked(option(OptionKind.NUMBER, most=9), "1" * 500)
    assert error.value.what == f"X_B is {'1' * 20!r}."
    assert error.value.next_step == "Set it to a whole number from 1 to 9."
    assert checked(option(OptionKind.NUMBER, most=9), "9") == "9"


def test_parts() -> None:
    """Section and key are the two halves of the name; a switch and a list read as their variable would."""
    one = option(OptionKind.TEXT)
    assert (one.section, one.key) == ("a", "b")
    assert [is_on(v) for v in ("on", "True", "1", "off", "no", "0")] == [True] * 3 + [False] * 3
    assert words(" a, ,b*,") == ("a", "b*")


@given(st.text(), st.sampled_from(tuple(OptionKind)))
def test_no_text_is_too_strange(value: str, kind: OptionKind) -> None:
    """The answer is yes or no, and a number that fits can be read."""
    if option(kind, choices=("x",)).fits(value) and kind is OptionKind.NUMBER:
        assert int(value) >= 1
