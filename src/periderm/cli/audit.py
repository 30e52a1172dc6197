"""`periderm audit`: who did what, as a list or as JSON lines; and whether the log is whole."""

from __future__ import annotations

import argparse

import msgspec

from periderm import wiring
from periderm.app import audit
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.audit import AuditCheck
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.model.settings import Settings
from periderm.model.text import Text

EXIT_BROKEN = 1
_HEAD = (
    Text("NO", "序号"),
    Text("TIME", "时间"),
    Text("WHO", "操作者"),
    Text("WHAT", "操作"),
    Text("TO WHAT", "对象"),
    Text("DETAIL", "详情"),
)
_NONE = Text("Nothing was noted yet.", "尚无记录。")
_WHOLE = Text("The log is whole: {n} entries.", "日志完整：共 {n} 条。")
_KEEP = Text(
    "Keep this elsewhere; with it a later run finds out if the log was cut or written anew: --expect {anchor}",
    "请将此值保存到别处；之后可用它检查日志是否被截断或重写：--expect {anchor}",
)
_BROKEN = Text(
    "The log does not hold from entry {at} on: {problem}. The {n} entries before it hold.",
    "日志自第 {at} 条起不可信：{problem}。之前的 {n} 条有效。",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "action", choices=("list", "verify", "export"), nargs="?", default="list", help="what to do (default: list)"
    )
    parser.add_argument(
        "--what", default="", metavar="NAME", help="only these: policy.put, or 'session.' for all that begin so"
    )
    parser.add_argument("--text", default="", help="only entries with this in any field")
    parser.add_argument("--expect", default="", metavar="NUMBER:DIGEST", help="with verify: what an earlier run printed")
    words.limits(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists or verifies."""
    if options.expect and options.action != "verify":
        raise UsageError("--expect is for `periderm audit verify`.")
    with wiring.reader(settings) as app:
        if options.action == "verify":
            return _verify(audit.verify(app, LOCAL_ADMIN, options.expect), out)
        if options.action == "export":
            for entry in audit.entries(app, LOCAL_ADMIN):
                out.raw(msgspec.json.encode(entry) + b"\n")
            return 0
        query = Query(kind=options.what, text=options.text, limit=words.limit_of(options))
        page = audit.list_audit(app, LOCAL_ADMIN, query)
    if out.json:
        out.value(page)
        return 0
    if not page.items:
        out.note(out.say(_NONE))
        return 0
    rows = [(str(e.sequence), exact(e.time), e.who, e.action, e.subject, e.detail) for e in page.items]
    out.table([out.say(h) for h in _HEAD], rows, right=(0,))
    if page.total > len(rows):
        out.note(out.say(words.MORE.fill(shown=len(rows), total=page.total)))
    return 0


def _verify(found: AuditCheck, out: Output) -> int:
    anchor = audit.anchor_of(found.last) if found.last is not None else ""
    if out.json:
        out.value({"check": found, "anchor": anchor})
    elif found.problem:
        told = _BROKEN.fill(at=found.broken_at, problem=found.problem, n=found.entries)
        out.line(out.paint(out.say(told), "red"))
    else:
        out.line(out.say(_WHOLE.fill(n=found.entries)))
        if anchor:
            out.line(out.say(_KEEP.fill(anchor=anchor)))
    return EXIT_BROKEN if found.problem else 0
