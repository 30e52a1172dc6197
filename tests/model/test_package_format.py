"""What a format tells of one file."""

from __future__ import annotations

import msgspec
import pytest

from periderm.model.image import OsRelease, Package
from periderm.model.package_format import FileFacts, Licensed, Owned
from periderm.model.text import Text

PACKAGE = Package(name="a", version="1", type="npm", purl="pkg:npm/a@1", path="app/package-lock.json")


@pytest.mark.parametrize(
    "facts",
    [
        FileFacts(packages=(PACKAGE,)),
        FileFacts(owned=(Owned("deb:a", ("usr/bin/a",)),)),
        FileFacts(licensed=(Licensed("deb:a", "MIT"),)),
        FileFacts(os=OsRelease("debian", "12", "Debian 12")),
        FileFacts(missed=(Text("it is damaged", "已损坏"),)),
    ],
)
def test_anything_that_is_told_counts(facts: FileFacts) -> None:
    """Facts are true if there are any, and are kept as bytes and read again the same."""
    assert facts
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts


def test_nothing_told() -> None:
    """A file that says nothing need not be kept."""
    assert not FileFacts()
