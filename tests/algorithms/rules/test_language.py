"""Promises of the rule language: it means what CEL means, tells mistakes where they are, and is bounded."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.rules.language import Language
from periderm.algorithms.rules.places import Place
from periderm.model.errors import RuleError
from tests.algorithms.rules import oracle

LANGUAGE = Language(oracle.Facts, {"high": 4, "names": ["a", "b"]}, {"name": ("openssl", "glibc")})


def answer(text: str, language: Language = LANGUAGE) -> bool | RuleError:
    """What a condition gives."""
    try:
        return language.compile(text).holds(oracle.FACTS)
    except RuleError as error:
        return error


def test_another_implementation_agrees() -> None:
    """Thousands of random expressions, a fifth of which fail: the same value, or both an error."""
    chance = random.Random(5)
    plain = Language(oracle.Facts)
    different = []
    for _ in range(2500):
        text = oracle.truth(chance, 3)
        mine, other = answer(text, plain), oracle.told(text)
        if not oracle.same(mine, other):
            different.append((text, mine, other))
    assert different == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("false && 1 / 0 == 1", False),
        ("1 / 0 == 1 && false", False),
        ("true || 1 / 0 == 1", True),
        ("1 / 0 == 1 || true", True),
        ("sizes.all(x, 10 / (x - 2) > 100)", False),
        ("sizes.exists(x, 10 / (x - 2) == 10)", True),
        ("1 == 1.0", True),
        ("1u == 1", True),
        ("1u < 1.5", True),
        ("dyn(1) == dyn('1')", False),
        ("[1, 2] == [1.0, 2u]", True),
        ("-7 / 2 == -3", True),
        ("-7 % 2 == -1", True),
        ("0.0 / 0.0 == 0.0 / 0.0", False),
        ("1.0 / 0.0 > 1e300", True),
        ("'a' < 'b' && 'B' < 'a'", True),
        ("true > false", True),
        ("b'a' == b'\\x61'", True),
        ("'\\u00e9' == 'é'", True),
        ("size('é') == 1 && size(b'é') == 2", True),
        ("{'a': 1}.a == 1 && {1: 2}[1] == 2", True),
        ("has({'a': 1}.b)", False),
        ("sizes.map(x, x > 1, x * 2) == [4, 6]", True),
        ("tags.exists_one(t, t == '')", True),
        ("null == null", True),
        ("labels.all(k, k.startsWith('app') || k == 'tier')", True),
        ("true ? true : 1 / 0 == 1", True),
        ("// c\ntrue", True),
        ("9223372036854775807 > 0 && -9223372036854775808 < 0", True),
        ("0xff == 255", True),
        ("size(names) == 2", True),
        ("[[1, 2], [3]].exists(x, x.exists(y, y == 3))", True),
        ("[1].all(x, [2].all(x, x == 2) && x == 1)", True),
    ],
)
def test_what_the_definition_says(text: str, told: bool) -> None:
    """cel-spec, doc/langdef.md: logic that absorbs errors, numbers across types, division, strings, macros."""
    assert answer(text) is told


@pytest.mark.parametrize(
    ("text", "line", "column", "what"),
    [
        ("cuont > 1", 1, 1, "Did you mean 'count'?"),
        ("open &&\n  opne", 2, 3, "Did you mean 'open'?"),
        ("name.startWith('a')", 1, 6, "Did you mean 'startsWith'?"),
        ("name == 'opensl'", 1, 6, "Did you mean 'openssl'?"),
        ("name in ['glib']", 1, 6, "Did you mean 'glibc'?"),
        ("count >= 'high'", 1, 7, "Write high without quotes."),
        ("count in ['high']", 1, 7, "Write high without quotes."),
        ("name == 1", 1, 6, "never equal"),
        ("open = true", 1, 6, "=="),
        ("open and open", 1, 6, "written &&"),
        ("not open", 1, 1, "written !"),
        ("(open", 1, 6, "')' was expected"),
        ("count", 1, 1, "Compare it: count == …"),
        ("count + 1.0 > 2.0", 1, 7, "double(…)"),
        ("'a' in name", 1, 5, "contains"),
        ("!count == 1", 1, 2, "brackets"),
        ("name.matches('(')", 1, 6, "refused"),
        ("name.matches(name)", 1, 6, "written out"),
        ("contains(name, 'a')", 1, 1, "Write x.contains"),
        ("sizes.all(x, x)", 1, 14, "true or false"),
        ("", 1, 1, "empty"),
        ("'abc", 1, 1, "not closed"),
        ("vercmp('dpkg', name, '1') > 0", 1, 1, "does not know 'dpkg'"),
        ("name.nope", 1, 6, "no fields"),
        ("99999999999999999999 > 1", 1, 1, "64 bits"),
        ("open > null", 1, 6, "compare"),
        ("[1][0]", 1, 1, "gives int"),
    ],
)
def test_mistakes_are_told_on_load(text: str, line: int, column: int, what: str) -> None:
    """With line, column, and what was perhaps meant."""
    with pytest.raises(RuleError) as caught:
        LANGUAGE.compile(text, "policy.yaml")
    assert (caught.value.line, caught.value.column) == (line, column)
    assert what in str(caught.value)
    assert str(caught.value).startswith(f"policy.yaml:{line}:{column}: ")


def test_places_are_those_of_the_file() -> None:
    """A condition in the middle of a file says where in the file the mistake is."""
    with pytest.raises(RuleError, match=r"f:12:7: "):
        LANGUAGE.compile("opne", "f", line=12, column=7)
    with pytest.raises(RuleError, match=r"f:13:9: "):
        LANGUAGE.compile("open ||\nopne", "f", line=12, column=7, indent=8)


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0 == 1",
        "count % 0 == 1",
        "9223372036854775807 + count > 0",
        "-(-9223372036854775807 - 1) > 0",
        "sizes[3] == 1",
        "sizes[-1] == 1",
        "labels['x'] == ''",
        "labels.x == ''",
        "int('x') == 1",
        "uint(-1) == 1u",
        "int(1e300) == 1",
        "dyn(1) + dyn('a') == dyn(2)",
        "dyn(1) < dyn('a')",
        "dyn(count) && open",
        "dyn('x')",
        "dyn(1).startsWith('a')",
        "{'a': 1, 'a': 2}.a == 1",
        "sizes.exists_one(x, 1 / (x - 1) == 1)",
        "quantity('1Xi') > 1.0",
        "1 in dyn('a')",
    ],
)
def test_what_cannot_be_said_is_an_error(text: str) -> None:
    """Neither true nor false: whoever asks must not take it for 'no'."""
    condition = LANGUAGE.compile(text)
    with pytest.raises(RuleError):
        condition.holds(oracle.FACTS)


MANY = "[" + ",".join("1" * 1 for _ in range(200)) + "]"


@pytest.mark.parametrize(
    "text",
    [
        f"{MANY}.all(a, {MANY}.all(b, {MANY}.all(c, a == b)))",
        f"{MANY}.map(a, {MANY}.map(b, {MANY}.map(c, 'x'))).size() == 1",
        "['x'].map(a, " * 18
        + "'x'"
        + ".split('')" * 0
        + ")" * 18
        + " == 1 || "
        + f"{MANY}.all(a, {MANY}.all(b, {MANY}.all(c, true)))",
        "'" + "a" * 4000 + "'.replace('a', '" + "b" * 4000 + "') == 'x'",
        "'" + "a" * 9000 + "'.split('').map(x, '" + "b" * 500 + "').join('" + "c" * 100 + "') == 'x'",
    ],
)
def test_hostile_conditions_end(text: str) -> None:
    """A condition that would need a day, or all memory, is stopped with an error."""
    result = answer(text)
    assert isinstance(result, RuleError)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000,
        "!" * 3000 + "open",
        "-" * 3000 + "1",
        "[" * 3000,
        "{1:" * 900,
        "a." * 3000 + "b",
        "open && " * 2000 + "open",
        "1 + " * 2400 + "1 > 1",
        "open ? " * 900,
        "name" + "[0]" * 900,
        "x(" * 900,
        "'" * 2001,
        "\\" * 500,
        "a" * 20_000,
        "\x00",
        "\ud800",
    ],
)
def test_hostile_texts_are_refused(text: str) -> None:
    """Deep, long, or no text at all: a RuleError, never a traceback. Some are merely long, and fine."""
    result = answer(text)
    assert isinstance(result, RuleError | bool)


@settings(max_examples=300)
@given(st.text("openctags&|!=<>()[]{}.,?:+-*/%'\"\\ 0123456789urbnx\n", max_size=40))
def test_any_text_is_a_condition_or_an_error(text: str) -> None:
    """The parser has no other way out."""
    assert isinstance(answer(text), RuleError | bool)


def test_the_definition_minimum_is_met() -> None:
    """cel-spec demands 32 levels, and 32 terms of each operator in a row."""
    assert answer("(" * 32 + "open" + ")" * 32) is True
    assert answer(" && ".join(["open"] * 60)) is True
    assert answer("+".join(["1"] * 60) + " == 60") is True
    assert answer("[" * 32 + "]" * 32 + " == []") is False


def test_lists_and_macros_extend_a_language() -> None:
    """Each may use those before it; the fields that a macro reads are the condition's; names are unique."""
    language = LANGUAGE.with_list("base", ["openssl", "glibc"]).with_macro("in_base", Place("name in base"))
    language = language.with_macro("both", Place("in_base && tags.exists(t, t == 'a')"))
    condition = language.compile("both && sizes.exists(t, t == 2)")
    assert condition.holds(oracle.FACTS)
    assert condition.fields == {"name", "tags", "sizes"}
    for name in ("base", "in_base", "name", "high", "1x", "a-b"):
        with pytest.raises(RuleError):
            language.with_list(name, [1])
    with pytest.raises(RuleError, match="later"):
        language.with_macro("first", Place("later && open"))
