"""What `ports.builder` promises, by every plug: a program's end is its status, a question has an answer."""

from __future__ import annotations

import os

import pytest

from periderm.adapters.builder_local import LocalBuilder
from periderm.ports.builder import Builder


@pytest.fixture(params=[LocalBuilder])
def builder(request: pytest.FixtureRequest) -> Builder:
    """Every plug."""
    made: Builder = request.param()
    return made


def test_the_contract(builder: Builder) -> None:
    """Status, answer, folder, chance."""
    assert builder.run(["true"]) == 0
    assert builder.run(["false"]) == 1
    assert builder.ask(["echo", "x"]).output == b"x\n"
    with builder.folder() as path:
        assert os.path.isdir(path)
    assert len(builder.random()) == 16
