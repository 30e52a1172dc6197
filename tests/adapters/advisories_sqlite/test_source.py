"""A file that is damaged, foreign, cut or of another version says so when it is opened or read."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from periderm.adapters.advisories_sqlite import layout
from periderm.adapters.advisories_sqlite.source import SqliteAdvisories
from periderm.model.errors import AdvisoryError
from tests.ports.advisory_plugs import DJANGO, PLUGS, advisory

SQLITE = next(plug for plug in PLUGS if plug.name == "sqlite")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of two hundred advisories."""
    SQLITE.filled(tmp_path, [advisory(n) for n in range(200)], []).close()
    return tmp_path / "advisories.sqlite"


def test_it_is_whole(store: Path) -> None:
    """All rows are read and their checksums compared."""
    source = SqliteAdvisories(str(store))
    assert source.check() == 201
    source.close()


def test_a_name_with_any_signs(store: Path, tmp_path: Path) -> None:
    """The path is a path and no part of an address."""
    odd = tmp_path / "a?mode=rw&b#c %41"
    os.rename(store, odd)
    source = SqliteAdvisories(str(odd))
    assert source.affecting([DJANGO])
    source.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[:-1], "cut"),
        (lambda data: data + b"\0" * 4096, "cut"),
        (lambda data: data[:0], "no advisory store"),
        (lambda data: b"PK\3\4" + data[4:], "no advisory store"),
        (lambda data: data[:68] + b"\0\0\0\0" + data[72:], "another program"),
        (lambda data: data[:60] + (99).to_bytes(4, "big") + data[64:], "has the form 99"),
    ],
)
def test_the_wrong_file(store: Path, change: object, words: str) -> None:
    """Noticed by its first hundred bytes and its length, before anything is asked."""
    store.write_bytes(change(store.read_bytes()))  # type: ignore[operator]
    with pytest.raises(AdvisoryError, match=words):
        SqliteAdvisories(str(store))


def test_no_file(tmp_path: Path) -> None:
    """It is told with what to do."""
    with pytest.raises(AdvisoryError) as told:
        SqliteAdvisories(str(tmp_path / "none"))
    assert "periderm advisories" in told.value.next_step


def test_another_database(tmp_path: Path) -> None:
    """A database that claims our id but has other tables is damaged."""
    path = tmp_path / "x.sqlite"
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA application_id={layout.APPLICATION_ID}")
    database.execute(f"PRAGMA user_version={layout.SCHEMA}")
    database.execute("CREATE TABLE meta (name, value)")
    database.commit()
    database.close()
    with pytest.raises(AdvisoryError, match="damaged"):
        SqliteAdvisories(str(path))


def test_damage_inside(store: Path) -> None:
    """Bytes that changed on the disk are noticed when they are read, whichever they are: nothing wrong is answered."""
    good = SqliteAdvisories(str(store))
    rows = good.affecting([DJANGO])
    good.close()
    data = store.read_bytes()
    noticed = 0
    for place in range(4096, len(data) - 64, 1024):
        store.write_bytes(data[:place] + bytes(b ^ 0x5A for b in data[place : place + 64]) + data[place + 64 :])
        try:
            source = SqliteAdvisories(str(store))
            answer = source.affecting([DJANGO])
            assert answer in (rows, {})
            source.check()
            source.close()
        except AdvisoryError:
            noticed += 1
    assert noticed > 3


def test_a_new_store_does_not_disturb_a_reader(store: Path, tmp_path: Path) -> None:
    """Who has opened it goes on with what was there."""
    source = SqliteAdvisories(str(store))
    SQLITE.filled(tmp_path, [advisory(7)], []).close()
    assert len(source.affecting([DJANGO])[DJANGO]) == 200
    source.close()
    fresh = SqliteAdvisories(str(store))
    assert len(fresh.affecting([DJANGO])[DJANGO]) == 1
    fresh.close()


def test_what_a_look_up_loads(store: Path) -> None:
    """Neither SQLAlchemy nor a parser of feeds is needed to look something up."""
    code = (
        "import sys; from periderm.adapters.advisories_sqlite.source import SqliteAdvisories as S\n"
        f"from periderm.model.advisory import PackageName as P; assert S({str(store)!r}).affecting([P('PyPI', 'django')])\n"
        "print([m for m in ('sqlalchemy', 'yaml', 'numpy', 'cryptography') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() in ("[]", "['numpy']")
