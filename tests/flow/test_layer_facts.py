"""Facts of a layer as bytes."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.engines.image.search import Searched
from periderm.engines.image.secrets import FoundSecret
from periderm.flow.layer_facts import LayerFacts, ReadFile, decode, encode
from periderm.model.errors import FormatError
from periderm.model.image import FileType, LayerEntry, OsRelease, Package
from periderm.model.package_format import FileFacts, Licensed, Owned
from periderm.model.text import Text

PACKAGE = Package(name="x", version="1", type="pypi", purl="pkg:pypi/x@1", path="a")
FACTS = LayerFacts(
    5,
    [LayerEntry("a", FileType.SYMLINK, 0o777, 1, 2, 3, 4, "b", 5, True, (1, 2))],
    (ReadFile(0, "f", True, FileFacts(packages=(PACKAGE,), owned=(Owned("deb:x", ("a",)),), os=OsRelease("debian"))),),
    {0: "ab" * 32},
    Searched(((FoundSecret(pattern="p", what=Text("w", "w"), place="file", location="a", line=1, masked="m"), "a"),), 1, 2),
    (Text("en", "zh"),),
)


def test_what_is_kept_comes_back() -> None:
    """Every field survives."""
    data = encode(FACTS)
    assert data is not None
    assert decode(data) == FACTS


def test_names_that_are_no_text_are_not_kept() -> None:
    """Such a layer is read again each time, which is never wrong."""
    assert encode(LayerFacts(0, [LayerEntry("caf\udce9", FileType.REGULAR, 0, 0, 0, 0, 0)])) is None


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_foreign_bytes_are_an_error(data: bytes) -> None:
    """Whatever lies in the cache gives facts or a FormatError."""
    with contextlib.suppress(FormatError):
        assert isinstance(decode(data), LayerFacts)


def test_damage_is_an_error() -> None:
    """Cut or changed facts are refused."""
    data = encode(FACTS)
    assert data is not None
    with pytest.raises(FormatError):
        decode(data[:-3])
    assert FileFacts(licensed=(Licensed("deb:x", "MIT"),))
