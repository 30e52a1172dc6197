"""Writes docs/reference from the code, or says what differs. Explains nothing itself: the words are in the code.

python tools/docs.py             write the pages
python tools/docs.py --check     print which pages differ; exit with 1 if any does
python tools/docs.py --translated  note that README.zh-CN.md says what README.md says now
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script: the tools import each other as a package

from tools import readme  # noqa: E402 -- after the path above
from tools.reference import api, attack, commands, detectors, evasion, event_types, report, secrets, values  # noqa: E402 -- after the path above
from tools.reference.markdown import page, table  # noqa: E402 -- after the path above

FOLDER = ROOT / "docs" / "reference"


def pages() -> dict[str, str]:
    """Every generated page, by its file name."""
    made: dict[str, str] = {}
    for module in (commands, detectors, event_types, secrets, attack, evasion, values, report, api):
        made.update(module.pages())
    titles = {name: text.split("\n# ", 1)[1].split("\n", 1)[0] for name, text in made.items()}
    made["README.md"] = page(
        "Reference", "Made from the code.", table(("page",), [(f"[{titles[n]}]({n})",) for n in sorted(titles)])
    )
    return made


def different() -> list[str]:
    """Names of pages that are not as the code says, or that nothing makes any more."""
    made = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    return sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))


def main(arguments: list[str]) -> int:
    """Writes, or checks."""
    if "--translated" in arguments:
        readme.note_translation()
        return 0
    changed = different()
    if "--check" in arguments:
        for name in changed:
            print(f"docs: docs/reference/{name} differs from the code; run `make docs`")
        return 1 if changed else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages()
    for name in changed:
        if name in made:
            (FOLDER / name).write_text(made[name], encoding="utf-8")
        else:
            (FOLDER / name).unlink()
    print(f"docs: {len(changed)} of {len(made)} pages written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
