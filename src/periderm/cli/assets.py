"""`periderm assets`: what is protected, with its owner, and one asset with what bears on it."""

from __future__ import annotations

import argparse
from typing import assert_never

from periderm import wiring
from periderm.app.asset_graph import AssetGraph, asset_graph
from periderm.app.assets import AssetStory, list_assets, show_asset
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.times import ago, exact, now
from periderm.model.asset import Asset, Container, Image, Node, Process, User, Workload
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Page, Query
from periderm.model.settings import Settings
from periderm.model.text import Text

KINDS = ("node", "image", "container", "workload", "process", "user")
IDS = ("node-", "img-", "ctr-", "wkl-", "prc-", "usr-")
_HEAD = (
    Text("KIND", "类型"),
    Text("NAME", "名称"),
    Text("ABOUT", "说明"),
    Text("OWNER", "负责人"),
    Text("SEEN", "最近出现"),
    Text("ID", "编号"),
)
_LINES = (Text("KIND", "类型"), Text("FROM", "起点"), Text("HOW", "关系"), Text("KIND", "类型"), Text("TO", "终点"))
_NONE = Text("No asset that matches.", "没有符合条件的资产。")
_FINDINGS = Text(
    "Findings ({count}): periderm findings --image {digest}", "弱点（{count}）：periderm findings --image {digest}"
)
_INCIDENTS = Text("Incidents", "事件")
_CARRIED = Text(
    "Scanned in the network {source}, signed with the key {signer}, imported {time}",
    "在网络 {source} 中扫描，签名密钥 {signer}，导入于 {time}",
)
_PASSED = Text("The gate of {where} let it pass {time}{reason}", "{where} 的门禁已放行 {time}{reason}")
_REFUSED = Text("The gate of {where} refused it {time}: {count} findings", "{where} 的门禁已拒绝 {time}：{count} 个弱点")
_HERE = Text("this network", "本网络")
_GAPS = Text("Not seen", "未覆盖")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    told = "`show ID` tells one asset; `graph ID` what hangs together with it"
    parser.add_argument("words", nargs="*", metavar="ACTION ID", help=told)
    parser.add_argument("--kind", choices=KINDS, help="only this kind")
    parser.add_argument("--text", metavar="PART", help="only those whose name holds this")
    words.limits(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists or shows."""
    act, asset_id = words.action(options.words, ("show", "graph"), IDS, "assets")
    query = Query(kind=options.kind or "", text=options.text or "", limit=words.limit_of(options))
    with wiring.reader(settings) as app:
        if act == "graph":
            _graph(asset_graph(app, LOCAL_ADMIN, asset_id), out)
            return 0
        if act:
            _show(show_asset(app, LOCAL_ADMIN, asset_id), out)
            return 0
        page = list_assets(app, LOCAL_ADMIN, query)
    if out.json:
        out.value(page)
    else:
        _list(page, out)
    return 0


def about(asset: Asset) -> Text:
    """What makes this asset what it is, in a few words."""
    match asset:
        case Node():
            said = " · ".join(part for part in (asset.os_name, asset.kernel, asset.architecture) if part)
            return Text(said, said)
        case Image():
            scanned = Text("scanned", "已扫描") if asset.scanned_at else Text("not scanned", "未扫描")
            said = " · ".join(part for part in (asset.os_name, f"{asset.size / 2**20:.0f} MiB") if part)
            return Text(f"{said} · {scanned.en}", f"{said} · {scanned.zh}")
        case Container():
            running = Text("running", "运行中") if asset.running else Text("stopped", "已停止")
            return Text(
                f"{asset.runtime} · {asset.image_name} · {running.en}", f"{asset.runtime} · {asset.image_name} · {running.zh}"
            )
        case Workload():
            said = " · ".join(part for part in (asset.kind, asset.namespace, asset.image_name) if part)
            return Text(said, said)
        case Process():
            said = f"{asset.executable} ({asset.pid})"
            return Text(said, said)
        case User():
            said = f"uid {asset.user_id} {asset.shell}".strip()
            return Text(said, said)
        case _:
            assert_never(asset)


def kind_of(asset: Asset) -> str:
    """The tag by which `--kind` knows it."""
    return type(asset).__name__.lower()


def _list(page: Page[Asset], out: Output) -> None:
    if not page.items:
        out.note(out.say(_NONE))
        return
    at = now()
    rows = [
        (
            kind_of(a),
            a.name,
            out.say(about(a)),
            out.say(words.owner(a.ownership)),
            ago(a.last_seen, at, out.language),
            a.id,
        )
        for a in page.items
    ]
    out.table([out.say(h) for h in _HEAD], rows)
    if page.total > len(rows):
        out.note(out.say(words.MORE.fill(shown=len(rows), total=page.total)))


def _graph(told: AssetGraph, out: Output) -> None:
    if out.json:
        out.value(told)
        return
    names = {p.id: Text(f"{p.kind.value} +{p.count}", f"{p.kind.value} +{p.count}") if p.count else p.name for p in told.points}
    kinds = {p.id: p.kind.value for p in told.points}
    rows = [
        (kinds[n.source], out.say(names[n.source]) or "?", n.kind.value, kinds[n.target], out.say(names[n.target]) or "?")
        for n in told.lines
    ]
    out.table([out.say(h) for h in _LINES], rows)


def _show(story: AssetStory, out: Output) -> None:
    if out.json:
        out.value(story)
        return
    asset = story.asset
    out.line(out.paint(out.say(f"{kind_of(asset)} {asset.name}"), "bold"))
    out.line(f"{out.say(about(asset))} · {out.say(words.owner(asset.ownership))} · {out.say(asset.id)}")
    out.line(f"{exact(asset.first_seen)} … {exact(asset.last_seen)}")
    if story.image is not None and story.findings.total:
        out.line(out.say(_FINDINGS.fill(count=story.findings.total, digest=story.image.digest)))
    if story.carried is not None:
        carried = story.carried
        out.line(out.say(_CARRIED.fill(source=carried.source, signer=carried.signer[:16], time=exact(carried.imported))))
    for verdict in story.verdicts:
        said = _PASSED if verdict.passed else _REFUSED
        where = verdict.source or out.say(_HERE)
        reason = f" ({verdict.allowed})" if verdict.allowed else ""
        out.line(out.say(said.fill(where=where, time=exact(verdict.time), reason=reason, count=verdict.failures)))
    if story.incidents.items:
        out.line(out.say(_INCIDENTS) + ":")
        for incident in story.incidents.items:
            out.line(f"  {words.severity(out, incident.severity)}  {out.say(incident.title)}  {out.say(incident.id)}")
    if story.gaps:
        out.line(out.say(_GAPS) + ":")
        for gap in story.gaps:
            out.line(f"  {out.say(gap.message)} {out.say(gap.next_step)}")
