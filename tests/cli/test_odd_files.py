"""Commands that read a file that a person names: what is no file, never ends, or leads in circles is refused in words and at
once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Periderm

# %s is the file.
READERS = (
    ("import", "%s"),
    ("restore", "%s"),
    ("owners", "import", "%s"),
    ("rules", "lint", "%s"),
    ("rules", "import-falco", "%s"),
    ("scan", "image", "%s"),
    ("scan", "sbom", "%s"),
    ("policy", "try", "%s"),
    ("policy", "set", "%s"),
    ("baseline", "import", "%s", "--unsigned"),
    ("incidents", "--config", "%s"),
)


def odd(folder: Path) -> dict[str, Path]:
    """What is no file, by what it is."""
    os.mkfifo(folder / "pipe")
    (folder / "folder").mkdir()
    (folder / "circle").symlink_to(folder / "circle")
    (folder / "nowhere").symlink_to(folder / "gone")
    (folder / "endless").symlink_to("/dev/zero")
    kinds = ("pipe", "folder", "circle", "nowhere", "endless")
    return {**{name: folder / name for name in kinds}, "a name too long": folder / ("x" * 5000)}


@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_what_is_no_file_is_refused(periderm: Periderm, state: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    """With a known status, a sentence, and nothing of our inside; a pipe that nobody writes into is not waited for."""
    for kind, path in odd(tmp_path).items():
        status, _, err = periderm(*(word.replace("%s", str(path)) for word in words))
        assert status in (2, 3, 4, 5, 6), (kind, status, err)
        assert "Traceback" not in err
        assert len(err) < 7000, kind


def test_a_backup_is_written_through_no_link(periderm: Periderm, state: Path, tmp_path: Path) -> None:
    """Who may write into the folder does not choose which file of root's is written over."""
    (tmp_path / "victim").write_text("mine", encoding="utf-8")
    (tmp_path / "copy").symlink_to(tmp_path / "victim")
    periderm("backup", str(tmp_path / "copy"))
    assert (tmp_path / "victim").read_text(encoding="utf-8") == "mine"


def test_a_report_takes_the_place_of_a_link(periderm: Periderm, state: Path, tmp_path: Path) -> None:
    """What it pointed to is left alone."""
    (tmp_path / "victim").write_text("mine", encoding="utf-8")
    (tmp_path / "told").symlink_to(tmp_path / "victim")
    periderm("export", str(tmp_path / "told"), "--unsigned")
    assert (tmp_path / "victim").read_text(encoding="utf-8") == "mine"
