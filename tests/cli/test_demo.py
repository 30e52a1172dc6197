"""`periderm demo`: the sample alone, and the way to be rid of it."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from periderm import wiring
from tests.cli.conftest import Periderm


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A sample that notes what it is asked for."""
    made = SimpleNamespace(removed=["container \x1b[2J", "image"], built=0)

    def build(progress: object) -> None:
        made.built += 1

    monkeypatch.setattr(
        wiring,
        "sample",
        lambda _: SimpleNamespace(clean=lambda: made.removed, build=build, image_digest=lambda: "sha256:1"),
    )
    return made


def test_clean_says_what_it_removed(periderm: Periderm, sample: SimpleNamespace) -> None:
    """Each thing by name; nothing there is said too."""
    status, out, _ = periderm("demo", "--clean")
    assert status == 0
    assert out.splitlines() == ["removed container \\x1b[2J", "removed image"]
    assert json.loads(periderm("demo", "--clean", "--json")[1])["removed"] == sample.removed
    sample.removed = []
    assert "Nothing of the sample was there." in periderm("demo", "--clean")[1]


def test_build_only_builds(periderm: Periderm, sample: SimpleNamespace) -> None:
    """With the digest that a scan can be asked for."""
    assert periderm("demo", "--build")[1] == "built sha256:1\n"
    assert sample.built == 1


def test_otherwise_it_is_the_story_once(periderm: Periderm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same code as `up --sample --once`."""
    seen = []
    monkeypatch.setattr("periderm.cli.up.run", lambda options, *_: (seen.append((options.sample, options.once)), 0)[1])
    assert periderm("demo")[0] == 0
    assert seen == [(True, True)]
