"""`periderm events`: what was seen on this machine, in the past or live, as a table or as JSON lines."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator

from periderm.app import events as use
from periderm.cli import event_table
from periderm.cli.output import Output
from periderm.cli.stopping import stopped_by_signals
from periderm.cli.times import exact, moment, now
from periderm.model.errors import UsageError
from periderm.model.event_facts import KINDS
from periderm.model.event_query import EventQuery, Found, HistoryInfo
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

MOST = 100_000
POLL_SECONDS = 0.5
SHOWN_FIRST = 10
ACTIONS = ("info", "keep")
_NONE = Text("No event that matches.", "没有符合条件的事件。")
_MORE = Text(
    "The newest {n} are shown; there are more. --limit shows more, --since and the filters show fewer.",
    "仅显示最新的 {n} 条，还有更多。用 --limit 显示更多，用 --since 及筛选条件缩小范围。",
)
_KEPT = Text("The history is in order.", "历史已整理完毕。")
_INFO = (
    ("rows", Text("events", "事件数")),
    ("by_kind", Text("  by group", "  按类别")),
    ("waiting_rows", Text("  not yet partitioned", "  尚未分区")),
    ("oldest", Text("oldest", "最早")),
    ("newest", Text("newest", "最新")),
    ("size", Text("size", "大小")),
    ("quota", Text("quota", "配额")),
    ("days", Text("kept for (days)", "保留天数")),
    ("files", Text("files", "文件数")),
    ("expired_rows", Text("dropped by age", "因到期移除")),
    ("dropped_rows", Text("dropped early, for want of room", "因空间不足提前移除")),
    ("damaged", Text("damaged files set aside", "已隔离的损坏文件")),
    ("maintained", Text("last put in order", "上次整理")),
)


class _Words(tuple[str, ...]):
    """Choices of which several may be given with commas."""

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and all(word in tuple(self) for word in value.split(","))


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "action", nargs="?", choices=ACTIONS, help="`info` tells what is kept; `keep` puts the files in order (the agent does)"
    )
    parser.add_argument("--since", metavar="WHEN", help="from then on: 90s, 15min, 2h, 3d ago, or 2026-11-22T08:00, or 08:00")
    parser.add_argument("--until", metavar="WHEN", help="only before that")
    parser.add_argument("--kind", choices=_Words(sorted(KINDS)), metavar="KIND", help="only these kinds: exec,open")
    parser.add_argument("--container", default="", metavar="GLOB", help="only of containers whose name is like that: 'shop*'")
    parser.add_argument("--asset", action="append", metavar="ID", help="only of this container or node (may be repeated)")
    parser.add_argument(
        "--process", type=_key, default=0, metavar="KEY", help="only of this process, by its key as alerts show it"
    )
    parser.add_argument("--text", default="", metavar="TEXT", help="only with this in path, arguments or program (any case)")
    parser.add_argument("--where", default="", metavar="CEL", help="only where this holds, in the language of rules")
    parser.add_argument("--limit", type=int, metavar="N", help=f"the newest N (default: 50, at most {MOST})")
    parser.add_argument("--fleet", action="store_true", help="what other machines sent to this server, not this machine's own")
    parser.add_argument("--follow", action="store_true", help="go on and print what is seen from now on, until Ctrl-C")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="json: one OCSF activity on each line")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Prints what was asked for."""
    from periderm import wiring

    if options.action == "keep":
        wiring.keep_history(settings, fleet=options.fleet)
        out.note(out.say(_KEPT))
        return 0
    chosen = wiring.fleet_history if options.fleet else wiring.history
    history = chosen(settings, lambda note: out.note(out.say(note)))
    if options.action == "info":
        _info(use.what_is_kept(history, LOCAL_ADMIN), out)
        return 0
    query = query_of(options)
    if options.follow:
        return _follow(history, query, options, out)
    use.what_is_kept(history, LOCAL_ADMIN)  # that there is no history at all is told as such
    return _past(history, query, options, out)


def query_of(options: argparse.Namespace) -> EventQuery:
    """The question of a command line. Raises UsageError."""
    limit = options.limit if options.limit is not None else SHOWN_FIRST if options.follow else 50
    if not 1 <= limit <= MOST:
        raise UsageError(f"--limit is {limit}.", f"Give a number from 1 to {MOST}.")
    at = now()
    return EventQuery(
        since=moment(options.since, at, "--since") if options.since else 0,
        until=moment(options.until, at, "--until") if options.until else 0,
        kinds=tuple(KINDS[word] for word in options.kind.split(",")) if options.kind else (),
        subjects=tuple(options.asset or ()),
        container=options.container,
        process=options.process,
        text=options.text,
        where=options.where,
        limit=limit,
    )


def _past(history: use.Past, query: EventQuery, options: argparse.Namespace, out: Output) -> int:
    """The newest rows, the newest last, as a log is read."""
    import msgspec

    found = list(use.look_back(history, LOCAL_ADMIN, msgspec.structs.replace(query, limit=query.limit + 1)))
    more = len(found) > query.limit
    shown = found[: query.limit][::-1]
    if out.json:
        out.value({"events": [use.record(each) for each in shown], "more": more})
    elif options.format == "json":
        _lines(shown, out)
    elif shown:
        event_table.table(shown, out)
    if not shown:
        out.note(out.say(_NONE))
    if more:
        out.note(out.say(_MORE.fill(n=query.limit)))
    return 0


def _follow(history: use.Past, query: EventQuery, options: argparse.Namespace, out: Output) -> int:
    """The newest rows, then what comes. Ctrl-C is how it ends, so that is no error."""
    import time

    import msgspec

    after = use.latest(history)
    lines = out.json or options.format == "json"
    live = event_table.Live(out)

    def show(found: Iterable[Found]) -> None:
        if lines:
            _lines(found, out)
        else:
            live.show(found)
        out.out.flush()

    try:
        with stopped_by_signals():
            show(reversed(list(use.look_back(history, LOCAL_ADMIN, query))))
            until = query.until
            for found in use.follow(history, LOCAL_ADMIN, msgspec.structs.replace(query, after=after)):
                show(found)
                if until and now() >= until:
                    return 0
                time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        pass
    return 0


def _lines(found: Iterable[Found], out: Output) -> None:
    for each in found:
        out.raw(encoded(use.record(each)) + b"\n")


def encoded(value: object) -> bytes:
    """JSON on one line; it holds no control character, whatever the events hold."""
    import msgspec

    return msgspec.json.encode(value)


def _info(info: HistoryInfo, out: Output) -> None:
    if out.json:
        out.value(info)
        return
    rows = [(out.say(label), shown) for name, label in _INFO for shown in _shown(name, info)]
    out.table(("", ""), rows)
    for note in info.notes:
        out.note(out.say(note))


def _shown(name: str, info: HistoryInfo) -> Iterator[str]:
    value = getattr(info, name)
    if name == "by_kind":
        yield "  ".join(f"{group} {rows:,}" for group, rows in value.items()) or "-"
    elif name in ("oldest", "newest", "maintained"):
        yield exact(value)
    elif name in ("size", "quota"):
        yield f"{value / (1 << 20):,.1f} MiB"
    elif name == "days":
        yield f"{value:g}"
    else:
        yield f"{value:,}"


def _key(text: str) -> int:
    """For argparse: the key of a process. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 20) or int(text) >= 1 << 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not the key of a process: it is a number, as alerts show it")
    return int(text)
