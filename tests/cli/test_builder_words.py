"""What is ours and what is the builder's is told apart without guessing."""

from __future__ import annotations

import argparse

import pytest

from periderm.cli import build
from periderm.cli.builder_words import OURS, divide
from periderm.cli.main import common


@pytest.mark.parametrize(
    ("line", "ours", "theirs"),
    [
        ("build -t a .", "build", "-t a ."),
        ("build --fail-on high -t a --push .", "build --fail-on high --push", "-t a ."),
        ("build --fail-on=high -- podman build --push .", "build --fail-on=high", "-- podman build --push ."),
        ("build -t a --quiet . --lang zh", "build --quiet --lang zh", "-t a ."),
        ("build -- docker build --key x", "build", "-- docker build --key x"),
        ("build --key", "build --key", ""),
    ],
)
def test_divided(line: str, ours: str, theirs: str) -> None:
    """Behind '--' all is the builder's; before it whatever is no option of ours."""
    assert divide(line.split()) == (ours.split(), theirs.split())


def test_the_list_is_the_parsers() -> None:
    """Every option of the command is known here, and whether it takes a value."""
    parser = argparse.ArgumentParser()
    common(parser)
    build.configure(parser)
    told = {flag: action.nargs != 0 for action in parser._actions for flag in action.option_strings}
    assert told == OURS
