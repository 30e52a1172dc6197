"""`--all`: what a command does to all that match its filters. Without `--expect` it only says how many these are."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from periderm.app.handle_all import MOST, Matching
from periderm.cli.output import Output
from periderm.model.errors import UsageError
from periderm.model.text import Text

_COUNTED = Text(
    "{count} match. Nothing was changed; to do it, say the same with --expect {count}.",
    "共匹配 {count} 项。未做任何更改；确认执行请在相同命令后加上 --expect {count}。",
)
_MORE = Text(
    "More than {count} match, and at most {most} are changed at once: narrow the filters.",
    "匹配超过 {count} 项，一次最多更改 {most} 项：请缩小筛选范围。",
)
_NONE = Text("Nothing matches.", "没有匹配项。")
_DONE = Text("{count} changed.", "已更改 {count} 项。")


def arguments(parser: argparse.ArgumentParser) -> None:
    """`--all` and `--expect`."""
    parser.add_argument("--all", action="store_true", help="instead of an ID: all that match; says how many")
    parser.add_argument("--expect", type=int, metavar="N", help="with --all: do it, if no more than so many match")


def wanted(options: argparse.Namespace, given: Sequence[str], actions: Sequence[str]) -> bool:
    """Whether it is about all that match. Raises UsageError where the words do not go with it."""
    if not options.all:
        if options.expect is not None:
            raise UsageError("--expect goes with --all.", "Name an ID without it, or say --all.")
        return False
    if len(given) != 1 or given[0] not in actions:
        raise UsageError("--all goes with one action and no ID.", f"Actions for all that match: {', '.join(actions)}.")
    if options.expect is not None and options.expect < 1:
        raise UsageError(f"--expect is {options.expect}.", "Give the number that the same command told without it.")
    return True


def filters_of(options: argparse.Namespace, *names: str) -> str:
    """Those that were given, as the audit log tells them."""
    return " ".join(f"--{name}={value}" for name in names if (value := getattr(options, name)))


def told_or_done(options: argparse.Namespace, out: Output, count: Callable[[], Matching], change: Callable[[int], int]) -> int:
    """Says how many match, or changes them if no more than expected do. The exit status."""
    if options.expect is not None:
        done = change(options.expect)
        out.answer({"changed": done}, _DONE.fill(count=done))
        return 0
    found = count()
    text = _MORE.fill(count=found.count, most=MOST) if found.more else _COUNTED.fill(count=found.count)
    out.answer(found, text if found.count else _NONE)
    return 0
