"""Every page leads somewhere: links resolve, and each command that a page shows is one that the product takes."""

from __future__ import annotations

import itertools
import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from periderm.cli.builder_words import divide
from periderm.cli.main import COMMANDS, parser_for

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


def names(path: Path) -> str:
    """A page's name for pytest."""
    return str(path.relative_to(ROOT))


def prose(text: str) -> str:
    """A page without its code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    found = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("path", PAGES, ids=names)
def test_links_resolve(path: Path) -> None:
    """To a file that exists and to a heading that is there."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


@cache
def parser():  # type: ignore[no-untyped-def]
    """The whole command line."""
    return parser_for([name for name, _, _ in COMMANDS])


def shown(text: str, program: str) -> list[str]:
    """Lines of code blocks that call a program."""
    blocks = re.findall(r"```(?:console|sh|bash)\n(.*?)```", text, flags=re.DOTALL)
    lines = [
        line.strip().removeprefix("$ ").removeprefix("sudo ").removeprefix(".venv/bin/")
        for b in blocks
        for line in b.splitlines()
    ]
    return [line for line in lines if line.startswith(program + " ")]


def first_command(line: str) -> list[str]:
    """The words of a line up to the shell's first operator that is not quoted."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|>;&<")
    lexer.whitespace_split = True
    return list(itertools.takewhile(lambda word: bool(set(word) - set("|>;&<")), lexer))


@pytest.mark.parametrize("path", PAGES, ids=names)
def test_commands_are_real(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A reader can type what is shown; words in the text name commands that exist."""
    text = path.read_text(encoding="utf-8")
    wrong = []
    for line in shown(text, "periderm"):
        words = first_command(line)[1:]
        if words[:1] == ["build"]:
            words, _ = divide(words)  # the rest is the builder's
        try:
            parser().parse_args(words)
        except SystemExit as stop:
            if stop.code:
                wrong.append(f"{line}: {capsys.readouterr().err.splitlines()[-1]}")
    named = set(re.findall(r"`(?:sudo )?periderm ([a-z][a-z-]*)\b", text)) - {name for name, _, _ in COMMANDS}
    assert (wrong, named) == ([], set())


@pytest.mark.parametrize("path", PAGES, ids=names)
def test_make_targets_are_real(path: Path) -> None:
    """The same for `make`."""
    called = [line.split() for line in shown(path.read_text(encoding="utf-8"), "make")]
    targets = [word for words in called for word in words[1:2] if "=" not in word]
    assert [target for target in targets if target not in TARGETS] == []


def test_every_page_of_the_docs_can_be_reached() -> None:
    """From docs/README.md, by links."""
    start = ROOT / "docs" / "README.md"
    reached, waiting = {start}, [start]
    while waiting:
        page = waiting.pop()
        for target in re.findall(r"\]\(([^)\s#]+)", prose(page.read_text(encoding="utf-8"))):
            file = (page.parent / target).resolve()
            if file.suffix == ".md" and file.exists() and file not in reached:
                reached.add(file)
                waiting.append(file)
    assert sorted(names(p) for p in (ROOT / "docs").rglob("*.md") if p.resolve() not in reached) == []
