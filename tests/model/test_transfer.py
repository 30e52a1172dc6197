"""What travels between networks is read as it was written."""

from __future__ import annotations

import msgspec
import pytest

from periderm.model.transfer import Manifest, Member, Part


def test_a_list_travels() -> None:
    """And a part that nobody knows is refused."""
    member = Member(name="verdicts.json.zst", part=Part.VERDICTS, size=1, sha256="a" * 64)
    told = Manifest(source="dev", exported=1, product="periderm 1", members=(member,))
    data = msgspec.json.encode(told)
    assert msgspec.json.decode(data, type=Manifest) == told
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(data.replace(b'"verdicts"', b'"programs"'), type=Manifest)
