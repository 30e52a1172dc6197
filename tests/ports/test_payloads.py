"""What every source of payloads promises (see `periderm/ports/payloads.py`)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.container_files import ContainerPayloads
from periderm.model.content import Suspect
from periderm.ports.payloads import Payloads

PLUGS: list[Payloads] = [ContainerPayloads()]


@pytest.mark.parametrize("payloads", PLUGS)
def test_bytes_or_a_reason(payloads: Payloads, tmp_path: Path) -> None:
    """Never more than the limit, never an error: what is not there says why."""
    (tmp_path / "x").write_bytes(b"12345")

    def ask(name: str) -> Suspect:
        return Suspect(path=str(tmp_path / name), subject="n", process=1, pid=os.getpid(), root=os.getpid(), time=1)

    found = payloads.read(ask("x"), 3)
    assert (found.data, found.size, found.missing) == (b"123", 5, "")
    gone = payloads.read(ask("gone"), 3)
    assert gone.data == b""
    assert gone.missing
