"""Words are compiled by the process that starts the others, and no database is loaded by one that reads images."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from periderm.app.scan_image import scan_reference
from periderm.engines.content import quick
from periderm.engines.image import database
from periderm.flow.compiled import compile_words
from periderm.model.report import ALL_SCANNERS
from periderm.model.settings import Settings
from periderm.wiring.scanning import image_scanner
from tests.images import base_layer, docker_archive


class Memory:
    """A place in memory that remembers which process asked."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    def get(self, kind: str, key: str) -> bytes | None:
        """What was put."""
        return self.values.get(f"{kind} {key}")

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Keeps it."""
        self.values[f"{kind} {key}"] = data


def forget() -> None:
    """As in a process that has just begun."""
    database.compiled.cache_clear()
    quick._compiled.cache_clear()


def test_both_kinds_are_compiled_once() -> None:
    """A second call in one process does nothing; a new process takes what is kept."""
    forget()
    kept = Memory()
    compile_words(ALL_SCANNERS, kept)
    assert {name.partition(" ")[0] for name in kept.values} == {"patterns", "words"}
    made = dict(kept.values)
    kept.values.clear()
    compile_words(ALL_SCANNERS, kept)
    assert kept.values == {}
    forget()
    other = Memory()
    other.values = dict(made)
    compile_words(ALL_SCANNERS, other)
    assert other.values == made


def test_who_searches_nothing_loads_nothing() -> None:
    """Scans for packages do not pay for a search engine."""
    code = (
        "import sys\nfrom periderm.flow.compiled import compile_words\nfrom periderm.model.report import Scanner\n"
        "compile_words(frozenset({Scanner.PACKAGES, Scanner.CONFIGURATION}), None)\n"
        "print([m for m in sys.modules if 'hyperscan' in m or m == 'periderm.engines.image.database'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_children_may_write_holds_no_database(tmp_path: Path) -> None:
    """The folder that the sandbox may write has layers and results; databases lie beside it, put there by the parent."""
    forget()
    archive = docker_archive(tmp_path / "a.tar", [base_layer()])
    scan_reference(image_scanner(Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c"))), str(archive))
    kinds = {path.name for path in (tmp_path / "c" / "scan").iterdir()}
    assert "layer" in kinds
    assert not kinds & {"words", "patterns"}
    assert {path.name.partition("-")[0] for path in (tmp_path / "c" / "compiled").iterdir()} == {"words", "patterns"}
