"""What every file of the product must keep, whoever adds it: its test, its purity, its size, its words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.purity import PURE_ROOMS, breaches

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "periderm"
LONGEST = 400
# One test drives all migrations forwards and backwards; a file for each would say nothing more.
TESTED_TOGETHER = ("migrations",)


def sources() -> Iterator[Path]:
    """All Python files of the product."""
    return (p for p in sorted(SOURCE.rglob("*.py")) if "__pycache__" not in p.parts)


def name_of(path: Path) -> str:
    """A short name for messages."""
    return str(path.relative_to(ROOT))


def mirrored(path: Path) -> Path | None:
    """The test file of a source file, None for files that need none."""
    inside = path.relative_to(SOURCE)
    if path.name == "__init__.py":
        return None
    for folder in TESTED_TOGETHER:
        if folder in inside.parts:
            return ROOT / "tests" / Path(*inside.parts[: inside.parts.index(folder)]) / f"test_{folder}.py"
    return ROOT / "tests" / inside.parent / f"test_{path.stem.strip('_')}.py"


def test_every_source_file_has_its_test() -> None:
    """Whoever looks for the test of a file finds it at the same place; a port's test is its conformance suite."""
    missing = [f"{name_of(p)} needs {name_of(t)}" for p in sources() if (t := mirrored(p)) and not t.exists()]
    assert missing == []


def test_the_mirror_knows_the_exceptions() -> None:
    """The rule itself: a format, a port, a migration, a package."""
    assert mirrored(SOURCE / "formats" / "tar.py") == ROOT / "tests/formats/test_tar.py"
    assert mirrored(SOURCE / "ports" / "store.py") == ROOT / "tests/ports/test_store.py"
    assert mirrored(SOURCE / "__main__.py") == ROOT / "tests/test_main.py"
    versions = SOURCE / "adapters" / "store_sql" / "migrations" / "versions" / "0001.py"
    assert mirrored(versions) == ROOT / "tests/adapters/store_sql/test_migrations.py"
    assert mirrored(SOURCE / "model" / "__init__.py") is None


def test_every_mirrored_test_has_tests() -> None:
    """An empty test file keeps no promise."""
    files = {t for p in sources() if (t := mirrored(p)) and t.exists()}
    empty = [
        name_of(t)
        for t in sorted(files)
        if not any(isinstance(n, ast.FunctionDef) and n.name.startswith("test_") for n in ast.walk(ast.parse(t.read_text())))
    ]
    assert empty == []


def test_pure_rooms_are_pure() -> None:
    """No file, clock, chance or made-up code in the rooms that judge."""
    found = [
        f"{name_of(p)}:{breach.line}: {breach.ban.name} {breach.ban.why}"
        for room in PURE_ROOMS
        for p in sorted((SOURCE / room).rglob("*.py"))
        for breach in breaches(p.read_text(encoding="utf-8"))
    ]
    assert found == []


def catches_all(source: str) -> list[int]:
    """Lines of handlers that catch everything."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(c is None or (isinstance(c, ast.Name) and c.id in ("Exception", "BaseException")) for c in caught):
                lines.append(node.lineno)
    return lines


@pytest.mark.parametrize("kind", ["", " Exception", " BaseException", " Exception as e", " (OSError, Exception)"])
def test_a_handler_of_everything_is_seen(kind: str) -> None:
    """The check below cannot be passed by writing it otherwise."""
    assert catches_all(f"try:\n    pass\nexcept{kind}:\n    pass\n") == [3]


def test_only_flow_catches_everything() -> None:
    """Elsewhere an unknown error is a bug that must be seen."""
    found = [f"{name_of(p)}:{n}" for p in sources() if "flow" not in p.parts for n in catches_all(p.read_text())]
    assert found == []


def test_every_folder_is_a_package() -> None:
    """The import contracts do not look into folders without `__init__.py`."""
    folders = {p.parent for p in sources()}
    assert [name_of(f) for f in sorted(folders) if not (f / "__init__.py").exists()] == []


def test_no_file_is_too_long() -> None:
    """A file that long holds two ideas."""
    long = {name_of(p): n for p in sources() if (n := len(p.read_text(encoding="utf-8").splitlines())) > LONGEST}
    assert long == {}


def test_no_room_is_a_drawer() -> None:
    """There is no room for what nobody could place."""
    drawers = {"utils", "util", "common", "helpers", "helper", "core", "manager", "misc", "shared"}
    assert [name_of(p) for p in sources() if drawers & {p.stem, *p.relative_to(SOURCE).parts}] == []


def raised_in_formats(path: Path) -> list[str]:
    """What a format raises by name, but for `choose`: which of several was meant is the caller's mistake, not the bytes'."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "choose"]
    excused = {id(n) for function in asked for n in ast.walk(function)}
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Raise) and id(n) not in excused]
    return [
        f"{name_of(path)}:{n.lineno}: raises {n.exc.func.id}"
        for n in found
        if isinstance(n.exc, ast.Call) and isinstance(n.exc.func, ast.Name) and not n.exc.func.id.startswith("_")
        if n.exc.func.id not in ("FormatError", "LimitError", "StopIteration")
    ]


def test_formats_raise_only_their_own_errors() -> None:
    """A format raises `FormatError` and its kin, so that no caller needs to know which format it was."""
    assert [line for p in sorted((SOURCE / "formats").rglob("*.py")) for line in raised_in_formats(p)] == []


def test_every_detector_file_has_its_line() -> None:
    """One more detector is one file and one line; a file without its line judges nothing. What it judges is tested by
    tests/engines/test_examples.py."""
    lost = []
    for folder in sorted((SOURCE / "engines").glob("*/detectors")):
        lines = "".join(p.read_text() for p in (folder / "__init__.py", *folder.parent.glob("*.py")))
        files = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
        lost += [name_of(folder / f"{name}.py") for name in files if f"{name}.DETECTOR" not in lines]
    assert lost == []
