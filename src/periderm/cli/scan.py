"""`periderm scan`: what an image or a folder holds, what is wrong with it, and what to change. Stores nothing."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence

from periderm import wiring
from periderm.app.scan_image import scan_folder, scan_reference
from periderm.cli import words
from periderm.cli.output import Output, width
from periderm.model.envelope import ScanResult
from periderm.model.finding import Finding
from periderm.model.settings import Settings
from periderm.model.severity import Severity
from periderm.model.text import Text

EXIT_FOUND = 1
_LEVELS = {s.name.lower(): s for s in Severity if Severity.INFORMATIONAL <= s <= Severity.CRITICAL}
_HEAD = (Text("SEVERITY", "严重程度"), Text("FINDING", "弱点"), Text("WHAT TO CHANGE", "如何修改"))
_NOTHING = Text("Nothing was found.", "没有发现弱点。")
_FACTS = Text(
    "{os} · {packages} packages · {programs} executables · {files} entries · {size} MiB · {seconds} s",
    "{os} · {packages} 个软件包 · {programs} 个可执行文件 · {files} 个条目 · {size} MiB · {seconds} 秒",
)
_UNKNOWN_OS = Text("no distribution found", "未识别发行版")
_MORE = Text(" And {count} more like it (--all shows them).", "另有 {count} 个同类（--all 显示全部）。")
_SUMS = Text("{count} findings: {parts}.", "{count} 个弱点：{parts}。")
_TOGETHER = 3  # more findings of one detector than this become one row


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("what", choices=("image", "fs"), help="an image, or a folder that holds a root file system")
    parser.add_argument(
        "target",
        metavar="TARGET",
        help="podman:NAME, an archive of `podman save` or `docker save`, an OCI archive or layout folder; for fs a folder",
    )
    parser.add_argument("--image", metavar="NAME", default="", help="which image of an archive that holds several")
    parser.add_argument("--all", action="store_true", help="one row for each finding, also where many are alike")
    parser.add_argument(
        "--fail-on", metavar="SEVERITY", choices=tuple(_LEVELS), help=f"exit with 1 at one of {', '.join(_LEVELS)} or worse"
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Scans and prints; 1 if `--fail-on` is met."""
    scanner = wiring.image_scanner(settings)
    if options.what == "fs":
        result = scan_folder(scanner, options.target, progress=out.progress)
    else:
        result = scan_reference(scanner, options.target, name=options.image, progress=out.progress)
    if out.json:
        out.value(result)
    else:
        show(result, out, whole=options.all)
    failed = options.fail_on and any(f.severity >= _LEVELS[options.fail_on] for f in result.findings)
    return EXIT_FOUND if failed else 0


def show(result: ScanResult, out: Output, *, whole: bool) -> None:
    """The result for people: facts, then findings, worst first, with what to change beside each."""
    inventory = result.inventory
    if inventory is not None:
        out.line(out.paint(out.say(inventory.reference), "bold") + f"  {out.say(inventory.digest)}")
        facts = _FACTS.fill(
            os=inventory.os.pretty_name or _UNKNOWN_OS.pick(out.language),
            packages=len(inventory.packages),
            programs=len(inventory.executables),
            files=inventory.files,
            size=inventory.size >> 20,
            seconds=f"{result.seconds:.1f}",
        )
        out.line(out.say(facts))
        out.line()
    if not result.findings:
        out.line(out.say(_NOTHING))
        return
    rows = [
        (
            words.severity(out, f.severity),
            out.say(f.message)
            + (out.say(_MORE.fill(count=more)) if more else "")
            + (f" [{out.say(f.evidence)}]" if f.evidence else ""),
            f"{out.say(f.remediation)} ({f.detector})",
        )
        for f, more in grouped(result.findings, whole=whole)
    ]
    table([out.say(h) for h in _HEAD], rows, out)
    out.line()
    counts = {s: sum(f.severity == s for f in result.findings) for s in sorted(_LEVELS.values(), reverse=True)}
    parts = ", ".join(f"{n} {out.say(words.severity_label(s))[2:]}" for s, n in counts.items() if n)
    out.line(out.say(_SUMS.fill(count=len(result.findings), parts=parts)))


def grouped(findings: Sequence[Finding], *, whole: bool) -> Iterator[tuple[Finding, int]]:
    """(finding, how many more like it are not shown), worst first; secrets are never folded."""
    ordered = sorted(findings, key=lambda f: (-f.severity, f.detector, f.location))
    groups: dict[tuple[str, int], list[Finding]] = {}
    for finding in ordered:
        groups.setdefault((finding.detector, finding.severity), []).append(finding)
    for group in groups.values():
        if whole or len(group) <= _TOGETHER or group[0].kind.value == "secret":
            yield from ((finding, 0) for finding in group)
        else:
            yield group[0], len(group) - 1


def table(head: Sequence[str], rows: Sequence[tuple[str, str, str]], out: Output) -> None:
    """Three columns; the second and third are wrapped to share what the window leaves."""
    window = shutil.get_terminal_size((120, 24)).columns if out.out.isatty() else 120
    first = max(width(head[0]), 15)
    room = max(30, window - first - 4)
    second = room // 2
    third = room - second
    out.line(out.paint(f"{pad(head[0], first)}  {pad(head[1], second)}  {head[2]}", "bold"))
    for severity, message, change in rows:
        left, right = wrap(message, second), wrap(change, third)
        bare = severity.split("m", 1)[1].removesuffix("\x1b[0m") if severity.startswith("\x1b[") else severity
        for i in range(max(len(left), len(right))):
            cell = severity + " " * (first - width(bare)) if i == 0 else " " * first
            a, b = (left[i] if i < len(left) else ""), (right[i] if i < len(right) else "")
            out.line(f"{cell}  {pad(a, second)}  {b}".rstrip())


def pad(text: str, columns: int) -> str:
    """The text filled up with spaces."""
    return text + " " * max(0, columns - width(text))


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns`, broken at spaces, or inside a word (or between Chinese signs) where one is longer."""
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= columns:
            line = joined
            continue
        if line and width(word) <= columns:
            lines.append(line)
            line = word
            continue
        line = ""
        for sign in joined:
            if width(line + sign) > columns:
                lines.append(line)
                line = ""
            line += sign
    return [*lines, line]
