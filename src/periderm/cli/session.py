"""`periderm session`: announce an interactive session before opening it, list those in force, end one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from periderm import wiring
from periderm.app.announce import announce, end_announcement, list_announcements
from periderm.cli.durations import seconds_of
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.session import AnnouncedSession
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (
    Text("ID", "编号"),
    Text("FOR", "适用于"),
    Text("WHO", "公告人"),
    Text("FROM", "开始"),
    Text("UNTIL", "结束"),
    Text("REASON", "理由"),
)
_ANNOUNCED = Text(
    "Announced: {id}. Sessions that begin in {container} before {until} are labelled; their alerts stay alerts.",
    "已公告：{id}。在 {until} 之前于 {container} 中开始的会话会被标注，其告警仍为告警。",
)
_ENDED = Text("Ended: {id}", "已结束：{id}")
_NONE = Text("No session is announced.", "当前没有已公告的会话。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="ACTION NAME",
        help="`announce CONTAINER` (a name or glob), `end ID` (default: list those in force)",
    )
    parser.add_argument("--reason", default="", help="what is going to be done there (needed to announce)")
    parser.add_argument("--for", dest="length", default="1h", metavar="TIME", help="how long, like 30m or 2h (default: 1h)")
    parser.add_argument("--past", action="store_true", help="list those that are over, too")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Announces, ends or lists."""
    words: list[str] = options.words
    if words and (len(words) != 2 or words[0] not in ("announce", "end")):
        raise UsageError(
            f"`session {' '.join(words)}` is not understood.",
            "Say `periderm session`, or `announce CONTAINER --reason …`, or `end ID` after it.",
        )
    with wiring.reader(settings) as app:
        if not words:
            _list(list_announcements(app, LOCAL_ADMIN, past=options.past), out)
            return 0
        if words[0] == "announce":
            session = announce(app, LOCAL_ADMIN, words[1], options.reason, seconds_of(options.length))
            said = _ANNOUNCED.fill(id=session.id, container=session.container, until=exact(session.until))
        else:
            session = end_announcement(app, LOCAL_ADMIN, words[1])
            said = _ENDED.fill(id=session.id)
    if out.json:
        out.value(session)
    else:
        out.line(out.say(said))
    return 0


def _list(sessions: Sequence[AnnouncedSession], out: Output) -> None:
    if out.json:
        out.value(sessions)
    elif not sessions:
        out.line(out.say(_NONE))
    else:
        out.table([out.say(h) for h in _HEAD], [_row(session) for session in sessions])


def _row(session: AnnouncedSession) -> tuple[str, ...]:
    until = session.ended or session.until
    return (session.id, session.container, session.author, exact(session.since), exact(until), session.reason)
