"""Exceptions as data: what they cover, until when, and what is wrong in them."""

from __future__ import annotations

import msgspec
import pytest

from periderm.algorithms.rules.excepting import WrittenException, check
from periderm.algorithms.rules.kinds import message
from periderm.algorithms.rules.places import Place
from periderm.model.errors import RuleError
from periderm.model.event_facts import EventFacts

FIELDS = dict(message(EventFacts).fields)


def written(fields: list[str], *lines: list[str], rules: tuple[str, ...] = ()) -> WrittenException:
    """An exception that ends at 100."""
    return WrittenException(
        id="e",
        reason="r",
        owner="o",
        expires=100,
        fields=tuple(map(Place, fields)),
        values=tuple(tuple(map(Place, line)) for line in lines),
        rules=tuple(map(Place, rules)),
        place=Place("e"),
    )


def test_all_fields_of_a_line_and_one_line() -> None:
    """Texts are globs, in paths a '*' stays in its folder; of a list one element is enough; numbers and truths are equal."""
    made = check(
        written(["name", "path", "argv", "port", "tty"], ["n*", "/a/*", "-x", "22", "false"], ["z", "/**", "*", "1", "true"]),
        FIELDS,
        set(),
    )
    facts = EventFacts(name="nc", path="/a/b", argv=("y", "-x"), port=22)
    assert made.covers(facts, 99)
    assert not made.covers(facts, 100)
    for name, value in (("name", "x"), ("path", "/a/b/c"), ("argv", ("y",)), ("port", 23), ("tty", True)):
        assert not made.covers(msgspec.structs.replace(facts, **{name: value}), 0), name
    assert made.covers(EventFacts(name="z", path="/a/b", argv=("q",), port=1, tty=True), 0)


@pytest.mark.parametrize(
    ("exception", "what"),
    [
        (written(["nome"], ["a"]), "no 'nome'"),
        (written(["name"], ["a", "b"]), "1 values are expected"),
        (written(["name"], []), "1 values are expected"),
        (written(["name", "path"], ["*", "**"]), "excepts everything"),
        (written(["port"], ["x"]), "is no int"),
        (written(["tty"], ["1"]), "neither true nor false"),
        (written(["labels"], ["a"]), "is no map"),
        (written(["name"], ["a"], rules=("r",)), "no rule 'r'"),
    ],
)
def test_what_is_wrong(exception: WrittenException, what: str) -> None:
    """Told with its place."""
    with pytest.raises(RuleError, match=what.replace("(", r"\(")):
        check(exception, FIELDS, set())
