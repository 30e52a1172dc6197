"""Keeps the two READMEs honest: real output between marks, and a note of which English the Chinese one was made from.

    python tools/readme.py BLOCK FILE     put a captured run into the block of that name, on every page that has it

A block begins with `<!-- output: BLOCK -->` and ends with `<!-- end -->`. Runs nothing itself.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "README.md"
CHINESE = ROOT / "README.zh-CN.md"
PLACEHOLDER = "(filled from a captured run"
_BLOCK = r"(<!-- output: {name} -->\n)(.*?)(<!-- end -->)"
_NOTE = re.compile(r"<!-- Translated from README\.md with digest ([0-9a-f]{16})\. -->\n?\Z")


def digest(text: str) -> str:
    """What a translation depends on: the words. Captured output is left out, since it is the same in both."""
    words = re.sub(_BLOCK.format(name=r"[\w-]+"), r"\1\3", text, flags=re.DOTALL)
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()[:16]


def translated_from(text: str) -> str:
    """The digest of the English that a Chinese text says it was made from, '' if it does not say."""
    match = _NOTE.search(text)
    return match[1] if match else ""


def note_translation() -> None:
    """To be called by whoever has made the Chinese README say what the English one says."""
    body = _NOTE.sub("", CHINESE.read_text(encoding="utf-8")).rstrip("\n")
    note = f"<!-- Translated from README.md with digest {digest(ENGLISH.read_text(encoding='utf-8'))}. -->"
    CHINESE.write_text(f"{body}\n\n{note}\n", encoding="utf-8")
    print("readme: noted")


def headings(text: str) -> list[int]:
    """Levels of the headings, in order: both languages have the same."""
    outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [len(match[1]) for match in re.finditer(r"^(#+) ", outside, flags=re.MULTILINE)]


def blocks(text: str) -> dict[str, str]:
    """Name to content of the captured runs."""
    return {m[1]: m[2] for m in re.finditer(r"<!-- output: ([\w-]+) -->\n(.*?)<!-- end -->", text, flags=re.DOTALL)}


def pages() -> list[Path]:
    """The pages that may show captured runs."""
    return [ENGLISH, CHINESE, *sorted((ROOT / "docs").rglob("*.md"))]


def put(text: str, name: str, output: str) -> str:
    """The text with a block's content replaced. Raises KeyError if there is no such block."""
    if name not in blocks(text):
        raise KeyError(name)
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", output).replace("\r", "").strip("\n")
    if "```" in plain:
        raise ValueError("the output holds a code fence")
    body = f"```text\n{plain}\n```\n"
    return re.sub(_BLOCK.format(name=re.escape(name)), lambda m: m[1] + body + m[3], text, count=1, flags=re.DOTALL)


def main(arguments: list[str]) -> int:
    """Puts a run into both."""
    if len(arguments) != 2:
        print("readme: name a block and a file with the captured run", file=sys.stderr)
        return 2
    output = Path(arguments[1]).read_text(encoding="utf-8")
    filled = 0
    for path in pages():
        text = path.read_text(encoding="utf-8")
        if arguments[0] in blocks(text):
            path.write_text(put(text, arguments[0], output), encoding="utf-8")
            filled += 1
    if not filled:
        print(f"readme: no page has a block {arguments[0]!r}", file=sys.stderr)
        return 4
    print(f"readme: {filled} pages filled")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
