"""Words and small questions that several commands share: filters, labels, limits. Prints nothing."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from periderm.cli.output import Output
from periderm.model.asset import Ownership
from periderm.model.errors import UsageError
from periderm.model.incident import Incident, IncidentState
from periderm.model.severity import Severity
from periderm.model.text import Text

MORE = Text("{shown} of {total} are shown; --limit shows more.", "共 {total} 个，已显示 {shown} 个；用 --limit 显示更多。")
_LETTERS = {5: "C", 4: "H", 3: "M", 2: "L", 1: "i", 0: "?"}
_SEVERITIES = {
    Severity.CRITICAL: Text("critical", "严重"),
    Severity.HIGH: Text("high", "高"),
    Severity.MEDIUM: Text("medium", "中"),
    Severity.LOW: Text("low", "低"),
    Severity.INFORMATIONAL: Text("informational", "提示"),
    Severity.UNKNOWN: Text("unknown", "未知"),
}
_COLOURS = {5: "red", 4: "red", 3: "yellow", 2: "blue", 1: "grey", 0: "grey"}
STATES = {
    IncidentState.NEW: Text("new", "新"),
    IncidentState.ACKNOWLEDGED: Text("acknowledged", "已确认"),
    IncidentState.RESOLVED: Text("resolved", "已解决"),
    IncidentState.FALSE_ALARM: Text("false alarm", "误报"),
}


def severity_names() -> list[str]:
    """Names for --severity, mildest first."""
    return [s.name.lower() for s in sorted(_SEVERITIES) if s is not Severity.UNKNOWN]


def severity_of(name: str | None) -> Severity:
    """--severity as a value; none restricts nothing."""
    return Severity[name.upper()] if name else Severity.UNKNOWN


def severity_label(severity: Severity) -> Text:
    """A letter and the name, so that nothing is told by colour alone."""
    letter = _LETTERS[int(severity)]
    name = _SEVERITIES[severity]
    return Text(f"{letter} {name.en}", f"{letter} {name.zh}")


def severity(out: Output, value: Severity) -> str:
    """The label in its colour, where colours are wanted."""
    return out.paint(out.say(severity_label(value)), _COLOURS[int(value)])


def filters(parser: argparse.ArgumentParser, *, most: int = 1000) -> None:
    """`--severity` and `--limit`."""
    parser.add_argument("--severity", choices=severity_names(), help="only those at least this bad")
    limits(parser, most=most)


def limits(parser: argparse.ArgumentParser, *, most: int = 1000) -> None:
    """`--limit`."""
    parser.add_argument("--limit", type=int, default=50, metavar="N", help=f"how many (default: 50, at most {most})")


def port(text: str) -> int:
    """For argparse: a TCP port. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 5) or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 1 to 65535")
    return int(text)


def limit_of(options: argparse.Namespace, *, most: int = 1000) -> int:
    """--limit, checked. Raises UsageError."""
    limit: int = options.limit
    if not 1 <= limit <= most:
        raise UsageError(f"--limit is {limit}.", f"Give a number from 1 to {most}.")
    return limit


def place(incident: Incident) -> Text:
    """Where it happened, in a word."""
    name = incident.container_name or incident.container_id[:12]
    return Text(name, name) if name else Text("the host", "主机")


def owner(ownership: Ownership) -> Text:
    """Who answers for an asset; that nobody is known is said, because it is a gap."""
    parts = [ownership.owner, ownership.application, ownership.environment, ownership.grade.value]
    known = " · ".join(part for part in parts if part)
    return Text(known, known) if known else Text("owner unknown", "负责人未知")


def action(words: Sequence[str], known: Sequence[str], prefix: str | tuple[str, ...], command: str) -> tuple[str, str]:
    """`[]` is ('', ''), `['inc-1']` and `['show', 'inc-1']` are ('show', 'inc-1'). Raises UsageError for anything else."""
    given = list(words)
    if not given:
        return "", ""
    if len(given) == 1 and given[0].startswith(prefix):
        given = ["show", *given]
    if len(given) != 2 or given[0] not in known:
        raise UsageError(
            f"`{command} {' '.join(given)}` is not understood.",
            f"Say `periderm {command}` for the list, or `periderm {command} {known[0]} ID`.",
        )
    return given[0], given[1]
