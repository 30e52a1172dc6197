"""A store is there whole, or the old one is: and the same advisories are the same store."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from periderm.adapters.advisories_sqlite.source import SqliteAdvisories
from periderm.adapters.advisories_sqlite.writer import SqliteWriter, Written
from periderm.flow.advisory_merge import merge
from periderm.model.advisory import Advisory, Exploitation
from periderm.model.errors import AdvisoryError
from tests.ports.advisory_plugs import DJANGO, OPENSSL, advisory, affected


def written(path: Path, advisories: Sequence[tuple[Advisory, int]], built: int = 5) -> Written:
    """A store of advisories with their ranks."""
    with SqliteWriter().writing(str(path)) as writing:
        for each, rank in advisories:
            writing.put(each, rank)
        return writing.finish(merge, (), built)


def test_one_id_from_two_feeds(tmp_path: Path) -> None:
    """The higher rank leads; what it does not tell comes from the other."""
    path = tmp_path / "a.sqlite"
    poor = advisory(1, summary="", affected=(affected(fixed="9.9"),))
    rich = advisory(1, summary="told", scores=(), affected=(affected(fixed="1.1"), affected(OPENSSL, "3")))
    made = written(path, [(poor, 2), (rich, 1), (advisory(2), 1)])
    assert (made.advisories, made.merged, made.packages, made.rows) == (2, 1, 2, 3)
    source = SqliteAdvisories(str(path))
    assert source.advisories(["PYSEC-2024-1"])["PYSEC-2024-1"].summary == "told"
    assert "9.9" in [hit.affected.ranges[0].fixed for hit in source.affecting([DJANGO])[DJANGO]]
    assert "1.1" not in [hit.affected.ranges[0].fixed for hit in source.affecting([DJANGO])[DJANGO]]
    source.close()


def test_the_same_is_the_same(tmp_path: Path) -> None:
    """The digest names the content: not the time, not the order, not the place."""
    many = [(advisory(n), 1) for n in range(300)]
    first = written(tmp_path / "a.sqlite", many, built=1)
    second = written(tmp_path / "b.sqlite", list(reversed(many)), built=2)
    other = written(tmp_path / "c.sqlite", many[1:], built=1)
    assert first.info.digest == second.info.digest != other.info.digest


def test_likelihood_and_known_exploitation_meet(tmp_path: Path) -> None:
    """Two feeds tell different things of one CVE, in any order."""
    path = str(tmp_path / "a.sqlite")
    with SqliteWriter().writing(path) as writing:
        writing.put(advisory(1), 1)
        writing.put_exploitation(Exploitation(cve="CVE-2024-0001", known_since=7, due=8, ransomware=True))
        writing.put_exploitation(Exploitation(cve="CVE-2024-0001", probability=0.5, percentile=0.75))
        writing.put_exploitation(Exploitation(cve="no CVE", probability=0.5, percentile=0.75))
        made = writing.finish(merge, (), 1)
    assert made.exploitations == 1
    source = SqliteAdvisories(path)
    wanted = Exploitation(cve="CVE-2024-0001", probability=0.5, percentile=0.75, known_since=7, due=8, ransomware=True)
    assert source.exploitations(["CVE-2024-0001"]) == {"CVE-2024-0001": wanted}
    source.close()


def test_what_breaks_off_leaves_the_old_one(tmp_path: Path) -> None:
    """No half store, and nothing left lying about."""
    path = tmp_path / "a.sqlite"
    written(path, [(advisory(1), 1)])
    before = path.read_bytes()

    def broken(advisories: Sequence[Advisory]) -> Advisory:
        raise KeyboardInterrupt

    with SqliteWriter().writing(str(path)) as writing:
        writing.put(advisory(2), 1)
        with pytest.raises(KeyboardInterrupt):
            writing.finish(broken, (), 1)
    with SqliteWriter().writing(str(path)) as writing:
        writing.put(advisory(2), 1)  # never finished
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.sqlite"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """It is told, with what to do."""
    (tmp_path / "file").write_text("x", encoding="ascii")
    with pytest.raises(AdvisoryError, match="cannot be written"), SqliteWriter().writing(str(tmp_path / "file" / "a.sqlite")):
        raise AssertionError("nothing is begun")


def test_it_may_be_read_by_others(tmp_path: Path) -> None:
    """Advisories are public; the worker that scans may be another user."""
    path = tmp_path / "a.sqlite"
    made = written(path, [(advisory(1), 1)])
    assert path.stat().st_mode & 0o777 == 0o644
    assert path.stat().st_size == made.size
