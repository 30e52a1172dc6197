"""What `ports.source_state` promises: nothing known is no error."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.git_local.state import GitStates
from periderm.ports.source_state import SourceState, SourceStates


@pytest.mark.parametrize("plug", [GitStates])
def test_nothing_known(plug: type[GitStates], tmp_path: Path) -> None:
    """An empty answer."""
    states: SourceStates = plug()
    assert states.look(str(tmp_path)) == SourceState()
