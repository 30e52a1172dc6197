"""The kinds of secrets beside gitleaks, where it is found: one folder with an example and the look-alikes of every kind.

Usage: `python bench/peers/secrets.py [FOLDER]`; with a folder, that one is searched by both. Looks for gitleaks (version 8)
on PATH and in PERIDERM_PEERS. Nothing is installed and nothing is fetched. Prints which files only one of them names, with
the kind, so that each difference can be explained: a checksum that does not hold, a file's name that only one knows, a
value that only its name tells.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from periderm.engines.image import DETECTORS
from periderm.engines.image.search import TextSearch
from periderm.model.image import FileType, LayerEntry
from periderm.model.limits import DEFAULT_LIMITS

PATTERNS = tuple(p for d in DETECTORS for p in d.patterns)
Found = dict[str, set[str]]  # file to kinds


def plant(folder: Path) -> None:
    """A file for each example and each look-alike, at a place where its kind is looked for."""
    for pattern in PATTERNS:
        for sort, texts in (("true", pattern.examples()), ("alike", pattern.alike())):
            for number, text in enumerate(texts):
                path = folder / f"{sort}-{pattern.name}-{number}" / pattern.place
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text)


def ours(folder: Path) -> Found:
    """By our own search."""
    found: Found = {}
    search = TextSearch(PATTERNS, DEFAULT_LIMITS, "", DEFAULT_LIMITS.confirm)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        entry = LayerEntry(str(path.relative_to(folder)), FileType.REGULAR, 0o644, 0, 0, len(data), 0)
        if search.begins(entry, data):
            search.text(entry, data)
    for secret, where in search.searched().secrets:
        found.setdefault(where, set()).add(secret.pattern)
    return found


def gitleaks(program: str, folder: Path) -> Found:
    """By gitleaks with its own rules."""
    with tempfile.TemporaryDirectory() as work:
        report = Path(work) / "report.json"
        command = [program, "dir", str(folder), "--no-banner", "--exit-code", "0", "-f", "json", "-r", str(report)]
        subprocess.run(command, check=True, capture_output=True)
        found: Found = {}
        for row in json.loads(report.read_bytes()):
            found.setdefault(str(Path(row["File"]).relative_to(folder)), set()).add(row["RuleID"])
        return found


def compare(mine: Found, theirs: Found) -> None:
    """What only one names, by kind, most first."""
    print(f"files: ours {len(mine)}, gitleaks {len(theirs)}, both {len(mine.keys() & theirs.keys())}")
    for name, one, other in (("only ours", mine, theirs), ("only gitleaks", theirs, mine)):
        kinds = Counter(kind for path in one.keys() - other.keys() for kind in one[path])
        print(f"{name}: " + (", ".join(f"{kind} ({count})" for kind, count in kinds.most_common()) or "none"))
    wrong = [path for path in theirs if path.startswith("alike-")], [path for path in mine if path.startswith("alike-")]
    print(f"look-alikes that fire: ours {len(wrong[1])}, gitleaks {len(wrong[0])}")


def main(arguments: list[str]) -> None:
    """Prints the comparison, or why there is none."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(arguments[0]) if arguments else Path(work)
        if not arguments:
            plant(folder)
        mine = ours(folder)
        program = shutil.which("gitleaks", path=os.pathsep.join((os.environ.get("PERIDERM_PEERS", ""), os.environ["PATH"])))
        if program is None:
            print(f"ours: {len(mine)} files; gitleaks: skipped, it is not on PATH nor in PERIDERM_PEERS")
            return
        compare(mine, gitleaks(program, folder))


if __name__ == "__main__":
    main(sys.argv[1:])
