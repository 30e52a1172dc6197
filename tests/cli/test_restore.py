"""`periderm restore`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import INCIDENT, Periderm


def test_what_was_copied_is_there_again(periderm: Periderm, state: Path, tmp_path: Path) -> None:
    """With its incident, and the old state beside it; a wrong passphrase or file is told."""
    words = tmp_path / "words"
    words.write_text("several words to seal it")
    words.chmod(0o600)
    copy, sealed = str(tmp_path / "copy"), ("--passphrase-file", str(words))
    assert periderm("backup", copy, *sealed, "--state", str(state))[0] == 0
    other = str(tmp_path / "other")
    status, _, err = periderm("restore", copy, "--state", other)
    assert (status, "sealed with a passphrase" in err) == (5, True)
    status, out, _ = periderm("restore", copy, *sealed, "--state", other)
    assert (status, "is as it was at" in out) == (0, True)
    found = json.loads(periderm("incidents", "--json", "--state", other)[1])
    assert INCIDENT in json.dumps(found)
    assert periderm("restore", copy, *sealed, "--state", other)[0] == 6
    status, out, _ = periderm("restore", copy, *sealed, "--replace", "--state", other)
    assert (status, f"{other}.before-restore-1" in out) == (0, True)
    assert periderm("restore", copy, *sealed, "--most-gib", "0", "--state", other)[0] == 2
    (tmp_path / "bad").write_bytes(b"no archive")
    assert periderm("restore", str(tmp_path / "bad"), "--state", str(tmp_path / "new"))[0] == 3
