"""`periderm advisories`: what is published about packages: fetch it, build the store, look into it, carry it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence

from periderm import wiring
from periderm.app import advisories as app
from periderm.app.advisories import Found
from periderm.app.advisory_bundles import export_advisories, import_advisories, verify_advisories
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.advisory import AdvisoryHit, AdvisoryInfo, Verdict
from periderm.model.advisory_build import BuildReport, BundleManifest
from periderm.model.errors import UsageError
from periderm.model.settings import Settings
from periderm.model.text import Text

_STARTER = Text(
    "Only the starter set is here: {count} well-known vulnerabilities. "
    "`periderm advisories update` fetches all that are published.",
    "目前只有内置的入门集：{count} 个知名漏洞。运行 `periderm advisories update` 可获取全部已公开的漏洞。",
)
_STORE = Text("{path}, built {day}, digest {digest}", "{path}，构建于 {day}，摘要 {digest}")
_FEEDS = (
    Text("FEED", "来源"),
    Text("RECORDS", "记录数"),
    Text("NEWEST", "最新日期"),
    Text("FILE", "文件"),
    Text("SHA256", "SHA256"),
)
_COUNTS = (
    Text("FEED", "来源"),
    Text("FILES", "文件"),
    Text("RECORDS", "记录"),
    Text("WITHDRAWN", "已撤回"),
    Text("REFUSED", "被拒绝"),
)
_BUILT = Text(
    "{advisories} advisories of {packages} packages, {exploitations} CVEs with likelihood or known exploitation; "
    "{size} MiB in {seconds} s. {path}",
    "{packages} 个软件包的 {advisories} 条公告，{exploitations} 个带有利用信息的 CVE；{size} MiB，用时 {seconds} 秒。{path}",
)
_REFUSED = Text(
    "Refused, with the reason (the first {shown} of {count}):", "被拒绝的记录及原因（共 {count} 条，显示前 {shown} 条）："
)
_ROWS = (
    Text("ADVISORY", "公告"),
    Text("AFFECTED", "受影响版本"),
    Text("FIXED IN", "修复版本"),
    Text("VERDICT", "结论"),
    Text("NOTE", "备注"),
)
_KNOWN = Text("known to be exploited since {day}", "自 {day} 起已知被利用")
_LIKELY = Text("EPSS {probability} (percentile {percentile})", "EPSS {probability}（百分位 {percentile}）")
_BUNDLED = Text("{path}: built {day}, sha256 {sha256}", "{path}：构建于 {day}，sha256 {sha256}")
_SHOWN = 10


def day(then: int) -> str:
    """The date of a time, '-' for none."""
    return exact(then)[:10]


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=tuple(_ACTIONS), nargs="?", default="info", help="what to do (default: info)")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="build: files and folders of feeds; update: names of feeds; search: CVE-…, GHSA-…, ECOSYSTEM:PACKAGE; "
        "bundle, import, verify: the bundle's file",
    )
    parser.add_argument("--mirror", metavar="URL", default="", help="update: fetch every feed from here, as URL/FILE")
    parser.add_argument("--ca-file", metavar="PEM", default="", help="update: trust these certificate authorities only")
    parser.add_argument(
        "--key",
        metavar="FILE",
        action="append",
        default=[],
        help="bundle: the private key that signs; import, verify: a public key to trust (may be given again)",
    )
    parser.add_argument("--older", action="store_true", help="import: also a bundle that is older than what is installed")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Does the action."""
    _ACTIONS[options.action](options, settings, out)
    return 0


def _info(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    _none(options)
    info = app.advisory_info(wiring.advisory_tools(settings))
    if out.json:
        out.value(info)
        return
    _tell_info(info, settings, out)


def _tell_info(info: AdvisoryInfo, settings: Settings, out: Output) -> None:
    if info.starter:
        out.line(out.say(_STARTER.fill(count=sum(feed.advisories for feed in info.feeds))))
        return
    out.line(out.say(_STORE.fill(path=settings.advisories, day=day(info.built), digest=info.digest[:16])))
    rows = [(f.name, str(f.advisories), day(f.newest) if f.newest else "-", f.file, f.sha256[:16]) for f in info.feeds]
    out.table([out.say(h) for h in _FEEDS], rows, right=(1,))


def _build(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    _tell_build(app.build_advisories(wiring.advisory_tools(settings), options.names, progress=out.progress), out)


def _update(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    tools = wiring.advisory_tools(settings, network=True, mirror=options.mirror, ca_file=options.ca_file, progress=out.progress)
    _tell_build(app.update_advisories(tools, options.names, progress=out.progress), out)


def _tell_build(report: BuildReport, out: Output) -> None:
    if out.json:
        out.value(report)
        return
    rows = [
        (os.path.basename(c.feed.rstrip("/")), str(c.files), str(c.records), str(c.withdrawn), str(c.refused))
        for c in report.counts
    ]
    out.table([out.say(h) for h in _COUNTS], rows, right=(1, 2, 3, 4))
    refused = sum(count.refused for count in report.counts)
    if report.refused:
        out.line(out.say(_REFUSED.fill(shown=min(_SHOWN, len(report.refused)), count=max(refused, len(report.refused)))))
        for record in report.refused[:_SHOWN]:
            out.line("  " + out.say(f"{record.where}: {record.why}"))
    told = {name: getattr(report, name) for name in ("advisories", "packages", "exploitations", "path")}
    out.line(out.say(_BUILT.fill(**told, size=report.size >> 20, seconds=f"{report.seconds:.1f}")))


def _search(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    if not options.names:
        raise UsageError("Nothing was asked for.", "Name a CVE, an advisory, or a package: PyPI:django, Debian:12:openssl.")
    found = app.search_advisories(wiring.advisory_tools(settings), options.names)
    if out.json:
        out.value(found)
        return
    for number, each in enumerate(found):
        if number:
            out.line()
        _tell_package(each, out) if each.package is not None else _tell_advisory(each, out)


def _tell_advisory(found: Found, out: Output) -> None:
    advisory, known = found.advisory, found.exploitation
    head = out.paint(out.say(found.asked), "bold")
    if advisory is not None:
        head += f"  {words.severity(out, advisory.severity)}  {out.say(advisory.summary or advisory.details[:200])}"
    out.line(head)
    if advisory is not None:
        names = [name for name in (advisory.id, *advisory.aliases, *advisory.upstream) if name != found.asked]
        scores = [f"CVSS {score.value} ({score.source}) {score.vector}" for score in advisory.scores if score.value >= 0]
        for line in (" ".join(dict.fromkeys(names)), *scores, *advisory.references[:5]):
            if line:
                out.line("  " + out.say(line))
    if known is not None and known.known_since:
        out.line("  " + out.paint(out.say(_KNOWN.fill(day=day(known.known_since))), "red"))
    if known is not None and known.probability >= 0:
        out.line("  " + out.say(_LIKELY.fill(probability=f"{known.probability:.5f}", percentile=f"{known.percentile:.3f}")))


def _tell_package(found: Found, out: Output) -> None:
    out.line(out.paint(out.say(found.asked), "bold"))
    out.table([out.say(h) for h in _ROWS], [_row(hit) for hit in found.hits])


def _row(hit: AdvisoryHit) -> tuple[str, ...]:
    cve = next((name for name in hit.ids if name.startswith("CVE-")), hit.ids[0])
    parts = []
    for each in hit.affected.ranges:
        low = f">= {each.introduced} " if each.introduced else ""
        high = f"< {each.fixed}" if each.fixed else f"<= {each.last_affected}" if each.last_affected else ""
        parts.append((low + high).strip() or "*")
    fixed = ", ".join(each.fixed for each in hit.affected.ranges if each.fixed)
    verdict = "" if hit.affected.verdict is Verdict.AFFECTED else hit.affected.verdict.value
    return cve, "; ".join([*parts, *hit.affected.versions]), fixed, verdict, hit.affected.note


def _bundle(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    manifest = export_advisories(wiring.advisory_tools(settings), wiring.advisory_bundles(), _one(options), _key(options.key))
    _tell_bundle(manifest, options.names[0], out)


def _import(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    manifest = import_advisories(
        wiring.advisory_tools(settings), wiring.advisory_bundles(), _one(options), _keys(options.key), older=options.older
    )
    _tell_bundle(manifest, options.names[0], out)


def _verify(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    manifest = verify_advisories(wiring.advisory_bundles(), _one(options), _keys(options.key))
    _tell_bundle(manifest, options.names[0], out)


def _tell_bundle(manifest: BundleManifest, path: str, out: Output) -> None:
    if out.json:
        out.value(manifest)
        return
    out.line(out.say(_BUNDLED.fill(path=path, day=day(manifest.built), sha256=manifest.sha256)))


def _none(options: argparse.Namespace) -> None:
    if options.names:
        raise UsageError(f"`advisories info` takes no {options.names[0]!r}.", "To look something up: `advisories search NAME`.")


def _one(options: argparse.Namespace) -> str:
    if len(options.names) != 1:
        raise UsageError("Name one bundle.", f"`periderm advisories {options.action} FILE --key KEY`.")
    return str(options.names[0])


def _key(names: Sequence[str]) -> bytes:
    if len(names) != 1:
        raise UsageError("A bundle is signed with one key.", "Name the private key's file with --key.")
    return _keys(names)[0]


def _keys(names: Sequence[str]) -> list[bytes]:
    if not names:
        raise UsageError("No key was named.", "Name the public key of who made the bundle with --key.")
    keys = []
    for name in names:
        try:
            with open(name, "rb") as file:
                keys.append(file.read(64 << 10))
        except OSError as error:
            raise UsageError(f"The key {name} cannot be read: {error.strerror}.", "Name a PEM file with --key.") from error
    return keys


_ACTIONS: dict[str, Callable[[argparse.Namespace, Settings, Output], None]] = {
    "info": _info,
    "build": _build,
    "update": _update,
    "search": _search,
    "bundle": _bundle,
    "import": _import,
    "verify": _verify,
}
