"""What a copy says of itself."""

from __future__ import annotations

import msgspec

from periderm.model.backup import BackupChoice, BackupManifest, KeptFile


def test_it_survives_json() -> None:
    """And a reader of this version reads it whatever a later one adds."""
    told = BackupManifest(version="1", schema="0001", time=1, files=(KeptFile("a", 1, "00"),), left_out=("history",))
    data = msgspec.json.encode(told)
    assert msgspec.json.decode(data, type=BackupManifest) == told
    assert msgspec.json.decode(data[:-1] + b',"more":1}', type=BackupManifest) == told


def test_what_goes_in_by_default() -> None:
    """What is needed to go on; not what is large or can be fetched."""
    assert BackupChoice() == BackupChoice(keys=True, history=False, advisories=False)
