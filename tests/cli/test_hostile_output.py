"""Every command that reads, over a store in which every text is an attack: nothing that a terminal obeys is printed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest

from periderm.adapters.store_sql import store as store_module
from periderm.cli.main import COMMANDS
from tests.baseline_story import WEB
from tests.cli.conftest import Periderm
from tests.poisoned import PoisonedStore
from tests.scanned import digest
from tests.server.test_stored_markup import tell_all
from tests.story import CONTAINER_ID, INCIDENT_ID, application

# What is asked of each command; one that prints nothing of the store says why.
WALKED: dict[str, tuple[tuple[str, ...], ...]] = {
    "incidents": ((), ("show", INCIDENT_ID)),
    "findings": ((), ("show", "fnd-shell")),
    "images": ((), ("show", digest(0))),
    "packages": (("perl",), ()),
    "registry": ((), ("list",)),
    "queue": ((), ("show", digest(5))),
    "notify": ((), ("list",)),
    "triage": ((), ("show", INCIDENT_ID)),
    "exceptions": ((),),
    "assets": ((), ("show", CONTAINER_ID)),
    "owners": ((),),
    "coverage": ((),),
    "user": ((), ("sessions",)),
    "group": ((),),
    "token": ((),),
    "audit": ((), ("list",), ("verify",)),
    "status": ((),),
    "harden": ((WEB,),),
    "baseline": (("list",), ("show", WEB), ("review", WEB), ("unused", WEB)),
    "slim": ((digest(0),),),
    "policy": ((),),
    "respond": (("list",),),
    "session": ((),),
    "node": ((),),
    "join-token": ((),),
    "explain": (("RUN-002",), ("\x1b]0;x\x07",)),
    "search": (("shop",), ("severity>=low",), ("\x1b[2J\u202e",)),
    "view": ((),),
    "views": ((),),
    "false-alarm": ((INCIDENT_ID,),),
    "settings": ((),),
    "report": ((),),
}
# They look at what lies beside the store, change something, or run on; their words go through the same `Output`.
ELSEWHERE = {
    *("up", "advisories", "scan", "build", "verify", "export", "import", "trust", "diff", "selftest", "events", "rules"),
    *("record", "replay", "demo", "config", "backup", "restore", "doctor", "completion", "authority", "agent", "guard"),
    *("server", "worker"),
}
OBEYED = ("Cc", "Cf", "Cs", "Zl", "Zp")


@pytest.fixture
def poisoned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state that tells attacks."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    app = application(folder)
    tell_all(app)
    app.store.close()
    real = store_module.SqlStore

    def opened(*args: Any, **named: Any) -> PoisonedStore:
        return PoisonedStore(real(*args, **named))

    for module in [
        m for name, m in sys.modules.items() if name.startswith("periderm.") and getattr(m, "SqlStore", None) is real
    ]:
        monkeypatch.setattr(module, "SqlStore", opened)
    return folder


def test_every_command_is_walked_or_excused() -> None:
    """Whoever adds a command says here how it is asked."""
    assert {name for name, _, _ in COMMANDS} <= WALKED.keys() | ELSEWHERE
    assert not WALKED.keys() & ELSEWHERE


@pytest.mark.parametrize("name", [name for name, _, _ in COMMANDS if name in WALKED])
def test_nothing_that_a_terminal_obeys_is_printed(poisoned: Path, periderm: Periderm, name: str) -> None:
    """No escape sequence, no turned line, no line that the command did not begin itself; and JSON stays JSON."""
    printed = 0
    for words in WALKED[name]:
        for language in ("en_US.UTF-8", "zh_CN.UTF-8"):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("LANG", language)
                status, out, err = periderm(name, *words)
            assert status in (0, 1, 2, 3, 4, 5), (words, err)
            text = out + err
            printed += len(out)
            bad = {sign for sign in text if category(sign) in OBEYED and sign != "\n"}
            assert not bad, (words, bad, [line for line in text.splitlines() if bad & set(line)][:2])
            assert not [line for line in text.split("\n") if line.startswith((" &lt;b&gt;", "&lt;b&gt;"))], words
            assert "Traceback" not in text
        if name != "explain":
            status, out, _ = periderm(name, *words, "--json")
            if status == 0 and out:
                json.loads(out)
                assert "\x1b" not in out
    assert printed, "it said nothing at all"
