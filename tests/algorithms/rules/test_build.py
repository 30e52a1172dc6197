"""Promises of building: types are known on load, nested facts are reached, and only what is read is named."""

from __future__ import annotations

import msgspec
import pytest

from periderm.algorithms.rules.language import Language
from periderm.model.errors import RuleError


class Port(msgspec.Struct, frozen=True):
    """A fact inside a fact."""

    number: int = 80
    name: str = ""


class Pod(msgspec.Struct, frozen=True):
    """Facts with facts inside."""

    ports: tuple[Port, ...] = (Port(), Port(443, "https"))
    main: Port = Port()
    note: str | None = None
    package: str = "x"


LANGUAGE = Language(Pod)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("main.number == 80", True),
        ("ports.exists(p, p.name == 'https' && p.number > 100)", True),
        ("has(main.name)", False),
        ("has(main.number)", True),
        ("ports[1].number == 443", True),
        ("ports.map(p, p.number) == [80, 443]", True),
        ("note == null", True),
        ("note == 'x'", False),
        ("package == 'x'", True),
        ("ports.filter(p, p.number == 443)[0].name == 'https'", True),
    ],
)
def test_facts_inside_facts(text: str, told: bool) -> None:
    """By their typed names; 'package' is a name here, though CEL reserves it for hosts."""
    assert LANGUAGE.compile(text).holds(Pod()) is told


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("main.numbr == 1", "Did you mean 'number'"),
        ("ports.exists(p, p.nam == '')", "Did you mean 'name'"),
        ("main.number == 'x'", "never equal"),
        ("ports.number == 1", "no fields"),
        ("ports['a'] == 1", "no place"),
        ("main < main", "compare"),
        ("-package == 'x'", "does not take"),
        ("main[0] == 1", "has no '"),
        ("package.all(c, true)", "goes over"),
    ],
)
def test_their_types_are_known_on_load(text: str, what: str) -> None:
    """Before any facts are seen."""
    with pytest.raises(RuleError, match=what):
        LANGUAGE.compile(text)


def test_a_condition_names_what_it_reads() -> None:
    """So that whoever gives the facts can leave out the rest."""
    assert LANGUAGE.compile("main.number == 80 && ports.exists(main, main.number == 1)").fields == {"main", "ports"}
