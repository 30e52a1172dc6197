"""The image engine."""

from __future__ import annotations

import pytest

from periderm.engines.image import DETECTORS
from periderm.engines.image.detectors import set_uid_file
from periderm.engines.image.engine import ImageEngine, Want, wanted
from periderm.engines.image.search import Searched, TextSearch
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
    limits = ScanLimits(secret_whole=100)
    assert wanted(entry("a"), limits) == Want.TEXT
    assert wanted(entry("b", 101), limits) == Want.PIECES
    assert wanted(entry("c", mode=0o755), limits) == Want.TEXT | Want.DIGEST
    assert wanted(entry("d", kind=FileType.DIRECTORY), limits) == Want.NOTHING
    assert wanted(entry("e", 0), limits) == Want.NOTHING


def test_binaries_and_giants() -> None:
    """What the searches of all layers left out is added up and said."""
    engine = ImageEngine(DETECTORS)
    engine.begin_layer("sha256:1")
    engine.searched(Searched(binaries=1, large=1))
    engine.searched(Searched(binaries=2))
    assert engine.binaries == 3
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
    search = TextSearch(engine.patterns, ScanLimits(), "sha256:1", 1 << 20)
    engine.look(entry("k", 20))
    search.text(entry("k", 20), AWS_KEY)
    engine.searched(search.searched())
    engine.begin_layer("sha256:2")
    engine.look(entry("k", 5))
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
