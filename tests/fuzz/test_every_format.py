"""No format is forgotten by the fuzz targets."""

from __future__ import annotations

import ast
from pathlib import Path

from periderm.flow.catalogue import FORMATS

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent.parent / "src"
FORMATS_FOLDER = SOURCE / "periderm" / "formats"
# These only write; what they write is read back or validated in their own tests.
WRITERS = frozenset(
    (
        "prometheus_text",
        "otlp_traces",
        "codequality",
        "ocsf",
        "sarif",
        "junit",
        "gitlab",
        "github",
        "hardening",
        "html_report",
        "pdf",
        "notices",
    )
)


def modules_of(path: Path) -> set[str]:
    """The modules of ours that a file names in its imports."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("periderm"):
            named.add(str(node.module))
            named.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            named.update(alias.name for alias in node.names if alias.name.startswith("periderm"))
    return named


def file_of(module: str) -> Path | None:
    """The file of a module; None for a name inside one."""
    path = SOURCE / Path(*module.split("."))
    found = (path.with_suffix(".py"), path / "__init__.py")
    return next((p for p in found if p.exists()), None)


def test_every_format_is_reached_from_a_target() -> None:
    """A new format is fuzzed from its first day: a fuzz file names it, the list that a fuzz file walks names it, or a
    format that is fuzzed is built on it."""
    todo = [path for path in HERE.glob("*.py") if path.name != Path(__file__).name]
    seen: set[Path] = set()
    while todo:
        path = todo.pop()
        for module in modules_of(path):
            file = file_of(module)
            # From a fuzz file on only formats, what composes them and the list of them are followed.
            if file is not None and file not in seen and file.is_relative_to(SOURCE / "periderm"):
                seen.add(file)
                if file.is_relative_to(FORMATS_FOLDER) or file.parent.name == "flow":
                    todo.append(file)
    missing = []
    for path in sorted(FORMATS_FOLDER.rglob("*.py")):
        parts = path.relative_to(FORMATS_FOLDER).with_suffix("").parts
        writes = parts[0] in WRITERS or parts[-1] == "writing"
        if path.stem != "__init__" and not writes and path not in seen:
            missing.append(".".join(parts))
    assert missing == []


def test_package_formats_are_fuzzed_as_the_list_has_them() -> None:
    """The fuzz files walk the list of package formats, or name each."""
    texts = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    modules = {one.read.__module__.rpartition(".")[2] for one in FORMATS}
    assert {name for name in modules if name not in texts} == set() or "FORMATS" in texts
