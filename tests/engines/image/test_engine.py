"""The image engine."""

from __future__ import annotations

import pytest

from periderm.engines.image import DETECTORS
from periderm.engines.image.detectors import set_uid_file
from periderm.engines.image.engine import ImageEngine, Want, printable
from periderm.model.errors import LimitError
from periderm.model.image import FileType, ImageConfig, LayerEntry, OsRelease
from periderm.model.limits import ScanLimits
from tests.images import AWS_KEY

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def entry(path: str, size: int = 1, mode: int = 0o644, kind: FileType = FileType.REGULAR) -> LayerEntry:
    """An entry."""
    return LayerEntry(path, kind, mode, 0, 0, size, 0)


def test_what_is_wanted() -> None:
    """Executables want a digest, texts are searched, large ones in pieces, folders and empty files want nothing."""
    engine = ImageEngine(DETECTORS, ScanLimits(secret_whole=100))
    engine.begin_layer("sha256:1")
    assert engine.look(entry("a")) == Want.TEXT
    assert engine.look(entry("b", 101)) == Want.PIECES
    assert engine.look(entry("c", mode=0o755)) == Want.TEXT | Want.DIGEST
    assert engine.look(entry("d", kind=FileType.DIRECTORY)) == Want.NOTHING
    assert engine.look(entry("e", 0)) == Want.NOTHING
    assert engine.look(entry(".wh.a")) == Want.NOTHING


def test_binaries_and_giants() -> None:
    """Binaries are passed over and counted; a text beyond the limit is said."""
    engine = ImageEngine(DETECTORS, ScanLimits(secret_file=50))
    engine.begin_layer("sha256:1")
    assert not engine.is_text(entry("a"), b"\x7fELF\0")
    assert engine.binaries == 1
    assert not engine.is_text(entry("b", 51), b"text")
    assert "1 text files" in engine.facts(ImageConfig(), OsRelease(), (), ()).not_examined[0].en


def test_digests_owners_and_layers() -> None:
    """The manifest has the digest that was told, that of nothing for an empty file, the owner, the layer."""
    engine = ImageEngine(DETECTORS)
    engine.begin_layer("sha256:1")
    engine.look(entry("usr/bin/x", mode=0o755))
    engine.digest("ab")
    engine.begin_layer("sha256:2")
    engine.look(entry("usr/bin/y", 0, 0o755))
    facts = engine.facts(ImageConfig(), OsRelease(), (), [("usr/bin/x", "pkg"), ("gone", "other")])
    assert [(f.path, f.sha256, f.package, f.layer) for f in facts.executables] == [
        ("usr/bin/x", "ab", "pkg", "sha256:1"),
        ("usr/bin/y", EMPTY, "", "sha256:2"),
    ]


def test_a_replaced_secret_is_gone() -> None:
    """A secret whose file a later layer writes again is in the layer, and not in the final file."""
    engine = ImageEngine(DETECTORS)
    engine.begin_layer("sha256:1")
    engine.look(entry("k", 20))
    engine.text(entry("k", 20), AWS_KEY)
    engine.begin_layer("sha256:2")
    engine.look(entry("k", 5))
    engine.text(entry("k", 5), b"clean")
    (found,) = engine.facts(ImageConfig(), OsRelease(), (), ()).secrets
    assert (found.gone, found.layer) == (True, "sha256:1")
    assert AWS_KEY.decode() not in repr(found)


def test_ids_are_stable_and_bounded() -> None:
    """The same image gives the same ids at any time; one detector says a bounded number."""

    def findings(time: int) -> list[str]:
        engine = ImageEngine([set_uid_file.DETECTOR], ScanLimits(findings=3))
        engine.begin_layer("sha256:1")
        for i in range(10):
            engine.look(entry(f"p{i}", mode=0o4755))
        facts = engine.facts(ImageConfig(), OsRelease(), (), ())
        return [f.id for f in engine.findings(facts, "sha256:x", time)]

    assert findings(1) == findings(2)
    assert len(set(findings(1))) == 3


def test_entries_are_bounded() -> None:
    """Beyond the limit it stops."""
    engine = ImageEngine(DETECTORS, ScanLimits(entries=1))
    engine.begin_layer("sha256:1")
    engine.look(entry("a"))
    with pytest.raises(LimitError):
        engine.look(entry("b"))


def test_names_become_printable() -> None:
    """What is not UTF-8 is shown as bytes, so that every encoder takes it."""
    assert printable("caf\udce9") == "caf\\xe9"
    assert printable("日本") == "日本"
