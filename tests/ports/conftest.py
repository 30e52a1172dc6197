"""Real containers for the conformance suites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import tiny


@pytest.fixture(scope="session")
def tiny_image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tiny.TinyImage]:
    """One tiny image for all tests of this process."""
    yield from tiny.make_image(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def tiny_container(tiny_image: tiny.TinyImage, tmp_path: Path) -> Iterator[tiny.TinyContainer]:
    """A running container of it, labelled as a fleet labels."""
    labels = ("owner=web-team", "application=shop", "environment=test", "grade=core", "workload=shop-web")
    options = [option for label in labels for option in ("--label", f"io.periderm.{label}")]
    yield from tiny.run(tiny_image, tmp_path / "out", *options)
