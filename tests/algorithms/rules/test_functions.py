"""Promises of the functions, through the language that calls them."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules.functions import FUNCTIONS, NAMES
from periderm.algorithms.rules.language import Language
from periderm.model.errors import RuleError
from tests.algorithms.rules import oracle

LANGUAGE = Language(oracle.Facts)


@pytest.mark.parametrize(
    "text",
    [
        "'AbÉ'.lowerAscii() == 'abÉ'",
        "'abé'.upperAscii() == 'ABé'",
        "' a '.trim() == 'a'",
        "'a,b,c'.split(',') == ['a', 'b', 'c']",
        "'a,b,c'.split(',', 2) == ['a', 'b,c']",
        "'abc'.split('') == ['a', 'b', 'c']",
        "'abc'.split('', 2) == ['a', 'bc']",
        "'a,b'.split(',', 0) == []",
        "'a,b'.split(',', -1).size() == 2",
        "'aba'.replace('a', 'x') == 'xbx'",
        "'aba'.replace('a', 'x', 1) == 'xba'",
        "'abcb'.indexOf('b') == 1",
        "'abcb'.lastIndexOf('b') == 3",
        "'a'.indexOf('z') == -1",
        "['a', 'b'].join() == 'ab'",
        "['a', 'b'].join('-') == 'a-b'",
        "int('-7') == -7",
        "int(2.9) == 2 && int(-2.9) == -2",
        "int(7u) == 7",
        "uint('7') == 7u",
        "double('1.5') == 1.5",
        "string(7) == '7'",
        "string(true) == 'true'",
        "bool(open)",
        "string(1.5) == '1.5'",
        "string(b'abc') == 'abc'",
        "bytes('é').size() == 2",
        "quantity('1Gi') == 1073741824.0",
        "quantity('500m') == 0.5",
        "quantity('1e3') == quantity('1k')",
        "quantity('-1.5M') < 0.0",
        "glob('/usr/lib/x', '/usr/**')",
        "!glob('/usr/lib/x', '/usr/*')",
        "vercmp('deb', '1.0~rc1', '1.0') < 0",
        "vercmp('maven', '1.0', '1') == 0",
        "name.matches('^open(ssl)?$')",
        "!name.matches('^ssl')",
        "matches(name, 'SSL') == false",
        "name.matches('(?i)SSL')",
        "sizes.size() == 3 && size(labels) == 2",
        "'a.b'.matches('a\\\\.b')",
        "''.matches('')",
    ],
)
def test_functions_do_what_they_say(text: str) -> None:
    """Each of these is true."""
    assert LANGUAGE.compile(text).holds(oracle.FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "int('1x') == 1",
        "int('99999999999999999999') == 1",
        "double('x') == 1.0",
        "uint(-1.0) == 1u",
        "string(b'\\xff') == ''",
        "quantity('1 Gi') == 1.0",
        "dyn([1]).join() == ''",
        "vercmp(name, '1', '2') < 0",
        "int(0.0 / 0.0) == 1",
        "double('nan') > 1.0",
    ],
)
def test_what_they_cannot_do_is_an_error(text: str) -> None:
    """A text that is no number, bytes that are no text."""
    condition = LANGUAGE.compile(text)
    with pytest.raises(RuleError):
        condition.holds(oracle.FACTS)


def test_every_overload_names_itself() -> None:
    """No function without a way to call it, and none that suggestions do not know."""
    assert {f.name for f in FUNCTIONS} <= NAMES
    assert all(set(f.style) <= set("fm") and f.style for f in FUNCTIONS)
