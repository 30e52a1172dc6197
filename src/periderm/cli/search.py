"""`periderm search`: everything that is known here by words and fields, grouped by kind; and what a search may say."""

from __future__ import annotations

import argparse

from periderm import wiring
from periderm.app.search import MOST_HITS, complete, search
from periderm.app.views import list_views
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.times import ago, now
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.search import Family, Found, Group
from periderm.model.settings import Settings
from periderm.model.severity import Severity
from periderm.model.text import Text

NAMES = {
    Family.INCIDENT: Text("Incidents", "事件"),
    Family.ALERT: Text("Alerts", "告警"),
    Family.FINDING: Text("Findings", "弱点"),
    Family.VULNERABILITY: Text("Vulnerabilities", "漏洞"),
    Family.IMAGE: Text("Images", "镜像"),
    Family.PACKAGE: Text("Packages", "软件包"),
    Family.ASSET: Text("Assets", "资产"),
    Family.BASELINE: Text("Baselines", "基线"),
    Family.DETECTOR: Text("Detectors", "检测器"),
    Family.AUDIT: Text("Audit log", "审计日志"),
    Family.EVENT: Text("Events", "行为记录"),
}
_HEAD = (
    Text("SEVERITY", "严重程度"),
    Text("LAST", "最近"),
    Text("WHAT", "内容"),
    Text("DETAIL", "说明"),
    Text("ID", "编号"),
)
_NONE = Text("Nothing that matches.", "没有符合条件的内容。")
_MORE = Text("{family}: {shown} of {total}", "{family}：{shown} / {total}")
_BOUND = Text(
    "{family}: only {n} were looked at; say more, or since: and until:.",
    "{family}：只查看了 {n} 条；请写得更具体，或加上 since: 和 until:。",
)
_LEFT = Text("Not searched: {names}", "未查找：{names}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("query", nargs="*", metavar="QUERY", help="like `severity>=high since:2h owner:payments shell`")
    parser.add_argument("--complete", action="store_true", help="print what may stand at the end of the search instead")
    parser.add_argument("--views", action="store_true", help="list saved views instead")
    parser.add_argument(
        "--limit", type=int, default=8, metavar="N", help=f"how many of each kind (default: 8, most {MOST_HITS})"
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Searches, completes or lists views."""
    text = " ".join(options.query)
    if not text.strip() and not (options.complete or options.views):
        raise UsageError("Nothing is searched for.", "Say what, like `periderm search severity>=high`.")
    with wiring.reader(settings) as app:
        if options.views:
            views = list_views(app, LOCAL_ADMIN)
            if out.json:
                out.value(views)
            else:
                out.table(["ID", "NAME", "ADDRESS"], [(v.id, v.name, v.address) for v in views])
            return 0
        if options.complete:
            told = complete(app, LOCAL_ADMIN, text)
            if out.json:
                out.value(told)
            else:
                out.table(["TEXT", "MEANING"], [(each.text, out.say(each.meaning)) for each in told])
            return 0
        found = search(app, LOCAL_ADMIN, text, options.limit)
    if out.json:
        out.value(found)
    else:
        _tell(found, out)
    return 0


def _tell(found: Found, out: Output) -> None:
    shown = [group for group in found.groups if group.hits]
    if not shown:
        out.note(out.say(_NONE))
    for group in shown:
        _table(group, out)
    for group in found.groups:
        if group.looked_at:
            out.note(out.say(_BOUND.fill(family=NAMES[group.family], n=group.looked_at)))
    left = [out.say(NAMES[group.family]) for group in found.groups if out.say(group.left_out)]
    if left:
        out.note(out.say(_LEFT.fill(names=", ".join(left))))


def _table(group: Group, out: Output) -> None:
    at = now()
    out.line(out.say(_MORE.fill(family=NAMES[group.family], shown=len(group.hits), total=group.total)))
    rows = [
        (
            words.severity(out, hit.severity) if hit.severity is not Severity.UNKNOWN else "-",
            ago(hit.time, at, out.language),
            out.say(hit.title),
            hit.detail,
            hit.id,
        )
        for hit in group.hits
    ]
    out.table([out.say(head) for head in _HEAD], rows)
