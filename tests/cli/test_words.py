"""What the commands share: labels that need no colour, filters that say what is wrong."""

from __future__ import annotations

import argparse
import io

import pytest

from periderm.cli import words
from periderm.cli.output import Output
from periderm.model.asset import Grade, Ownership
from periderm.model.errors import UsageError
from periderm.model.incident import IncidentState
from periderm.model.severity import Severity


def test_every_severity_and_state_has_words() -> None:
    """In both languages, each other than the rest."""
    for language in ("en", "zh"):
        severities = [words.severity_label(s).pick(language) for s in Severity]
        assert len(set(severities)) == len(Severity)
        assert len({words.STATES[s].pick(language) for s in IncidentState}) == len(IncidentState)


def test_severity_goes_there_and_back() -> None:
    """What `--severity` offers is what the model knows."""
    assert [words.severity_of(name) for name in words.severity_names()] == list(Severity)[1:]
    assert words.severity_of(None) is Severity.UNKNOWN


def test_a_severity_is_a_letter_first() -> None:
    """Without a terminal there is no colour, and the letter remains."""
    assert words.severity(Output(out=io.StringIO()), Severity.HIGH) == "H high"


def test_owner_says_what_is_known() -> None:
    """Only the fields that are set; none of them is said too."""
    assert words.owner(Ownership(owner="ann", grade=Grade.CORE)).en == "ann · core"
    assert words.owner(Ownership()).en == "owner unknown"


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_outside_is_told(limit: int) -> None:
    """With the numbers that are allowed."""
    with pytest.raises(UsageError, match="from 1 to 1000"):
        words.limit_of(argparse.Namespace(limit=limit))


def test_actions() -> None:
    """A list, an id alone, an action with an id; nothing else."""
    assert words.action([], ("show",), "inc-", "incidents") == ("", "")
    assert words.action(["inc-1"], ("show",), "inc-", "incidents") == ("show", "inc-1")
    assert words.action(["show", "x"], ("show",), "inc-", "incidents") == ("show", "x")
    for wrong in (["x"], ["show"], ["hide", "inc-1"], ["show", "a", "b"]):
        with pytest.raises(UsageError):
            words.action(wrong, ("show",), "inc-", "incidents")


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "x", "８８４３", "²", "9" * 5000])
def test_what_is_no_port(text: str) -> None:
    """Told by argparse as usage."""
    with pytest.raises(argparse.ArgumentTypeError, match="from 1 to 65535"):
        words.port(text)


def test_ports() -> None:
    """The first and the last."""
    assert (words.port("1"), words.port("65535")) == (1, 65535)
