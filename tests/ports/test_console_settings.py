"""What every place for settings of the console promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.settings_file import ConsoleSettingsFile
from periderm.model.errors import DeniedError, StoreError
from periderm.ports.console_settings import ConsoleSettings
from tests.settings_told import Place


@pytest.fixture(params=["file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> ConsoleSettings:
    """Where nothing was set yet."""
    return ConsoleSettingsFile(str(tmp_path / "state" / "console-settings.json")) if request.param == "file" else Place()


def test_what_was_written_last_is_read(place: ConsoleSettings) -> None:
    """Whole; and nothing before the first time."""
    assert place.read() is None
    for data in (b"one", b"two" * 1000, b""):
        place.write(data)
        assert place.read() == data


def test_only_its_owner_reads_the_file_and_none_is_left_beside_it(tmp_path: Path) -> None:
    """A new one takes the place of the one before; what cannot be written changes nothing."""
    path = tmp_path / "console-settings.json"
    place = ConsoleSettingsFile(str(path))
    place.write(b"one")
    place.write(b"two")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        ConsoleSettingsFile(str(tmp_path / "file" / "x.json")).write(b"")
    path.chmod(0o666)
    with pytest.raises(DeniedError, match="Everybody"):
        place.read()
