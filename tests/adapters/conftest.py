"""Real containers for the adapters' own tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.containerd import Daemon
from tests.ports.conftest import tiny_container, tiny_image

__all__ = ["tiny_container", "tiny_image"]


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """Only where containerd is installed."""
    if shutil.which("containerd") is None or shutil.which("ctr") is None:
        pytest.skip("needs containerd")
    running = Daemon(tmp_path)
    yield running
    running.close()
