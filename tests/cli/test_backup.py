"""`periderm backup`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Periderm


def test_it_says_what_it_holds(periderm: Periderm, state: Path, tmp_path: Path) -> None:
    """What was left out, and that an open one holds keys; a second one does not overwrite it."""
    (state / "service-token").write_text("x" * 40)
    status, out, err = periderm("backup", str(tmp_path / "copy"), "--state", str(state))
    assert status == 0
    assert "Left out: history, advisories." in out
    assert "has the server's keys" in err
    assert periderm("backup", str(tmp_path / "copy"), "--state", str(state))[0] == 6
    status, out, err = periderm("backup", str(tmp_path / "two"), "--without-keys", "--json", "--state", str(state))
    assert [file["path"] for file in json.loads(out)["files"]] == ["periderm.sqlite"]
    assert "keys:" not in err


def test_a_passphrase_is_read_from_a_file(periderm: Periderm, state: Path, tmp_path: Path) -> None:
    """One that everybody may read is none."""
    words = tmp_path / "words"
    words.write_text("several words to seal it")
    words.chmod(0o644)
    assert periderm("backup", str(tmp_path / "copy"), "--passphrase-file", str(words), "--state", str(state))[0] == 6
    words.chmod(0o600)
    assert periderm("backup", str(tmp_path / "copy"), "--passphrase-file", str(words), "--state", str(state))[0] == 0
    assert (tmp_path / "copy").read_bytes().startswith(b"PDRMSEAL1")
