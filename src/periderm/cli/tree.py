"""Draws processes as `pstree` does, with what matters marked. Foreign loops, gaps and depths give a bounded picture."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.cli.output import clean
from periderm.model.alert import ProcessRecord
from periderm.model.text import Text

DEEPEST = 40
MOST = 400
_HOW = {
    "exec": Text("by exec into the container", "经 exec 进入容器"),
    "nsenter": Text("entered by nsenter", "经 nsenter 进入"),
    "host": Text("on the host", "在主机上"),
}
_DRIFTED = Text("not in the image", "镜像中没有")
_KILLED = Text("killed in the kernel", "在内核中被终止")
_TTY = Text("terminal", "有终端")
_REST = Text("{count} more processes", "另有 {count} 个进程")


def draw(processes: Sequence[ProcessRecord], language: str) -> list[str]:
    """Lines of the tree, each process once. A process whose parent is not among them is a root; of a loop the oldest is."""
    known = {process.key: process for process in processes}
    children: dict[int, list[ProcessRecord]] = {}
    for process in sorted(known.values(), key=_age):
        if process.parent in known and process.parent != process.key:
            children.setdefault(process.parent, []).append(process)
    ordered = sorted(known.values(), key=_age)
    roots = [p for p in ordered if p.parent not in known or p.parent == p.key]
    tree = _Tree(children, language)
    # Loops have no root of their own: what is left over starts with its oldest process.
    for process in [*roots, *ordered]:
        tree.branch(process, "", "")
    if len(known) > len(tree.drawn):
        tree.lines.append("… " + _REST.fill(count=len(known) - len(tree.drawn)).pick(language))
    return tree.lines


def _age(process: ProcessRecord) -> tuple[int, int]:
    return (process.started, process.key)


class _Tree:
    """The picture as far as it is drawn."""

    def __init__(self, children: dict[int, list[ProcessRecord]], language: str) -> None:
        self._children = children
        self._language = language
        self.drawn: set[int] = set()
        self.lines: list[str] = []

    def branch(self, process: ProcessRecord, lead: str, below: str) -> None:
        """`lead` stands before this process, `below` before its children."""
        if process.key in self.drawn or len(self.drawn) >= MOST or len(below) > 3 * DEEPEST:
            return
        self.drawn.add(process.key)
        self.lines.append(lead + label(process, self._language))
        offspring = [child for child in self._children.get(process.key, []) if child.key not in self.drawn]
        for number, child in enumerate(offspring, 1):
            last = number == len(offspring)
            self.branch(child, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  "))


def label(process: ProcessRecord, language: str) -> str:
    """'▲ /tmp/x (4711)  not in the image · killed in the kernel'."""
    command = " ".join(process.argv) or process.exe or "?"
    if process.argv and process.exe and process.exe.rpartition("/")[2] != process.argv[0].rpartition("/")[2]:
        command = f"{process.exe} [{command}]"
    marks = []
    if process.drifted:
        marks.append(_DRIFTED)
    if process.killed:
        marks.append(_KILLED)
    if process.tty:
        marks.append(_TTY)
    if process.how in _HOW:
        marks.append(_HOW[process.how])
    sign = "✗ " if process.killed else "▲ " if process.drifted else ""
    short = command if len(command) <= 160 else command[:159] + "…"
    told = " · ".join(mark.pick(language) for mark in marks)
    return clean(f"{sign}{short} ({process.pid})") + (f"  {told}" if told else "")
