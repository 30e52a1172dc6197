"""`periderm exceptions`: what does not count, why and until when: list, try before adding, add, remove. Those of the store;
a file beside the code is read by `periderm scan`."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence

from periderm import wiring
from periderm.app.exemptions import (
    ExemptionPreview,
    Listed,
    add_exemption,
    list_exemptions,
    preview_exemption,
    remove_exemption,
)
from periderm.cli.output import Output
from periderm.model.errors import UsageError
from periderm.model.exception import Exemption, Scope
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.model.timestamps import end_of_day

ACTIONS = ("list", "add", "preview", "remove")
_HEAD = (
    Text("ID", "编号"),
    Text("FOR", "范围"),
    Text("REASON", "理由"),
    Text("OWNER", "负责人"),
    Text("UNTIL", "有效期至"),
    Text("MADE BY", "创建者"),
)
_NONE = Text("There is no exception in the store.", "存储中没有例外。")
_OVER = Text("{day}, over", "{day}，已过期")
_HIDES = Text("It hides {total} findings in {images} images now.", "它现在隐藏 {images} 个镜像中的 {total} 个弱点。")
_PART = Text("Only {looked_at} of {findings} findings were looked at.", "只查看了 {findings} 个弱点中的 {looked_at} 个。")
_ALERTS = Text(
    "It would have taken {n} alerts of the last 30 days out of incidents ({high} high or critical).",
    "过去 30 天内会把 {n} 条告警排除在事件之外（高危或严重 {high} 条）。",
)
_MORE = Text("… and {count} more", "… 另有 {count} 个")
_ADDED = Text("Added: {id}. Undo: periderm exceptions remove {id}", "已添加：{id}。撤销：periderm exceptions remove {id}")
_REMOVED = Text("Removed: {id}. What it hid counts again.", "已移除：{id}。它隐藏的内容重新计入。")
_SHOWN = 10
_SCOPES = (
    ("findings", "--finding", "ID", "a vulnerability, detector or finding (CVE-2026-1, IMG-021, a glob)"),
    ("packages", "--package", "NAME", "a package's name or package URL"),
    ("images", "--image", "NAME", "an image by its reference, or a glob"),
    ("digests", "--digest", "SHA256", "an image by its digest"),
    ("paths", "--path", "GLOB", "files in the image"),
    ("assets", "--asset", "ID", "an asset by its id"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", help="what to do (default: list)")
    parser.add_argument("id", metavar="ID", nargs="?", default="", help="with remove: which")
    for name, flag, metavar, told in _SCOPES:
        parser.add_argument(flag, dest=name, metavar=metavar, action="append", default=[], help=f"only for {told}; repeatable")
    parser.add_argument("--reason", metavar="TEXT", default="", help="why it does not count")
    parser.add_argument("--owner", metavar="NAME", default="", help="who answers for it")
    parser.add_argument("--until", metavar="DAY", default="", help="the last day on which it holds (2027-01-31)")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists, tries, adds or removes."""
    if (options.action == "remove") != bool(options.id):
        raise UsageError(
            "`periderm exceptions remove` needs an ID, and only that takes one.", "`periderm exceptions` lists them."
        )
    wanted = exemption_of(options) if options.action in ("add", "preview") else None
    with wiring.reader(settings) as app:
        if options.action == "remove":
            remove_exemption(app, LOCAL_ADMIN, options.id)
            out.answer({"removed": options.id}, _REMOVED.fill(id=options.id))
        elif wanted is None:
            _list(list_exemptions(app, LOCAL_ADMIN), out)
        else:
            seen = preview_exemption(app, LOCAL_ADMIN, wanted)
            if options.action == "preview":
                out.answer(seen, *_told(seen))
            else:
                added = add_exemption(app, LOCAL_ADMIN, wanted)
                out.answer(added, *_told(seen), _ADDED.fill(id=added.id))
    return 0


def exemption_of(options: argparse.Namespace) -> Exemption:
    """What the options say. Raises UsageError for a day that is none; what else is wrong is said when it is tried."""
    try:
        expires = end_of_day(options.until)
    except ValueError:
        raise UsageError("The last day of the exception is missing or no day.", "Give --until 2027-01-31.") from None
    scope = Scope(**{name: tuple(getattr(options, name)) for name, *_ in _SCOPES})
    return Exemption(id="", reason=options.reason, owner=options.owner, expires=expires, scope=scope)


def _scope(scope: Scope) -> str:
    return " & ".join(", ".join(values) for name, *_ in _SCOPES if (values := getattr(scope, name)))


def _list(listed: Sequence[Listed], out: Output) -> None:
    if out.json:
        out.value(listed)
        return
    if not listed:
        out.note(out.say(_NONE))
        return
    rows = []
    for each in listed:
        e = each.exemption
        day = datetime.datetime.fromtimestamp(e.expires // 10**9, tz=datetime.UTC).date().isoformat()
        until = out.say(_OVER.fill(day=day)) if each.expired else day
        rows.append((e.id, _scope(e.scope), e.reason, e.owner, until, e.created_by))
    out.table([out.say(h) for h in _HEAD], rows)


def _told(seen: ExemptionPreview) -> list[Text]:
    """What it hides, the first of it by name."""
    told = [_HIDES.fill(total=seen.total, images=seen.images)]
    shown = seen.hits[:_SHOWN]
    for hit in shown:
        found = hit.finding.vulnerability
        what = f"{found.id} {found.name} {found.version}" if found else f"{hit.finding.detector} {hit.finding.location}"
        where = hit.image.name or hit.image.digest[:19] if hit.image else hit.finding.asset_id
        told.append(Text(f"  {what} · {where}", f"  {what} · {where}"))
    if seen.alerts.total:
        told.append(_ALERTS.fill(n=seen.alerts.total, high=seen.alerts.high))
    if seen.total > len(shown):
        told.append(_MORE.fill(count=seen.total - len(shown)))
    if not seen.whole:
        told.append(_PART.fill(looked_at=seen.looked_at, findings=seen.findings))
    return told
