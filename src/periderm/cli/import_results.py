"""`periderm import`: takes over what another network exported, after its signature was checked, or says what would change."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from periderm import wiring
from periderm.app.application import Application
from periderm.app.attest import ENDING
from periderm.app.import_results import Imported, import_results
from periderm.app.rematch import match_again
from periderm.app.transfers import list_transfers
from periderm.cli.output import Output
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.model.timestamps import rfc3339
from periderm.model.transfer import Part

MOST = 1 << 30
_MOST_KEY = 16 << 10
_HEAD = (Text("WHAT", "内容"), Text("NAME", "名称"), Text("OUTCOME", "结果"), Text("WHY", "原因"))
_LIST_HEAD = (
    Text("TIME", "时间"),
    Text("DIRECTION", "方向"),
    Text("NETWORK", "网络"),
    Text("SIGNED BY", "签名密钥"),
    Text("IMAGES", "镜像"),
    Text("BY", "执行者"),
)
_PARTS = {
    Part.RESULT: Text("result", "扫描结果"),
    Part.BILL: Text("bill of materials", "物料清单"),
    Part.VERDICTS: Text("verdict", "门禁结论"),
    Part.EXCEPTIONS: Text("exception", "例外"),
    Part.ATTESTATIONS: Text("attestations", "证明"),
}
_OUTCOMES = {
    "added": Text("added", "新增"),
    "updated": Text("updated", "更新"),
    "unchanged": Text("unchanged", "未变"),
    "kept": Text("kept what is here", "保留本地"),
    "refused": Text("refused", "拒绝"),
}
_FROM = Text("From {source}, exported {time}, signed by {signer}", "来自 {source}，导出于 {time}，签名密钥 {signer}")
_DONE = Text("Imported: {counts}.", "已导入：{counts}。")
_WOULD = Text("Nothing was changed. It would be: {counts}.", "未作更改。将会：{counts}。")
_REMATCHED = Text(
    "{count} images were matched with this network's advisories.", "已用本网络的漏洞公告重新匹配 {count} 个镜像。"
)
_NO_TRANSFERS = Text("Nothing was carried here or away yet.", "尚无任何传递记录。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", metavar="FILE", nargs="?", default="", help="the file that `periderm export` wrote")
    parser.add_argument(
        "--trust",
        metavar="KEY",
        action="append",
        default=[],
        help="public key (PEM) of who may export; may be given several times",
    )
    parser.add_argument(
        "--trust-exceptions",
        metavar="KEY",
        action="append",
        default=[],
        help="public key of who may also bring exceptions; may be given several times",
    )
    parser.add_argument("--dry-run", action="store_true", help="check everything, say what would change, change nothing")
    parser.add_argument("--bills", metavar="DIR", default="", help="write the bills of materials (CycloneDX) into this folder")
    parser.add_argument("--attest", metavar="DIR", default="", help="folder for attestations (default: in the state folder)")
    parser.add_argument("--list", action="store_true", help="list what was exported and imported here, newest first")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Imports, tries or lists."""
    if options.list:
        with wiring.reader(settings) as app:
            _list(app, out)
        return 0
    if not options.file:
        raise UsageError("Which file is to be imported?", "Write periderm import FILE --trust KEY.")
    documents = wiring.documents()
    keys, more = ([documents.read(p, _MOST_KEY) for p in paths] for paths in (options.trust, options.trust_exceptions))
    data = documents.read(options.file, MOST)
    with wiring.keeper(settings) as app:
        done = import_results(app, LOCAL_ADMIN, data, keys, exception_keys=more, dry_run=options.dry_run)
        matched = 0
        if not options.dry_run:
            matched = sum(1 for _ in match_again(app, LOCAL_ADMIN, lambda: wiring.advisory_source(settings)))
            _write(options, settings, done)
    if out.json:
        out.value(
            {
                "source": done.manifest.source,
                "exported": done.manifest.exported,
                "signer": done.signer,
                "dry_run": options.dry_run,
                "counts": done.counts(),
                "steps": done.steps,
                "matched_again": matched,
            }
        )
    else:
        _show(done, matched, out, dry=options.dry_run)
    return 0


def _write(options: argparse.Namespace, settings: Settings, done: Imported) -> None:
    """The files that came along: attestations where `periderm verify` looks for them, bills where they are wanted."""
    documents = wiring.documents()
    if done.bundles:
        folder = wiring.attestation_folder(settings, options.attest)
        for digest, data in done.bundles.items():
            path = f"{folder}/{digest.removeprefix('sha256:')}{ENDING}"
            if not documents.exists(path):  # one that was made or imported here before stays
                documents.write(path, data)
    if options.bills:
        folder = wiring.attestation_folder(settings, options.bills)
        for digest, data in done.bills.items():
            documents.write(f"{folder}/{digest.removeprefix('sha256:')}.cdx.json", data)


def _show(done: Imported, matched: int, out: Output, *, dry: bool) -> None:
    manifest = done.manifest
    told = _FROM.fill(source=manifest.source, time=rfc3339(manifest.exported), signer=done.signer[:16])
    out.line(out.say(told))
    shown = [s for s in done.steps if s.part not in (Part.BILL, Part.ATTESTATIONS)]
    rows = [(_PARTS[s.part].pick(out.language), s.name, _said(s.outcome, out), s.why.pick(out.language)) for s in shown]
    if rows:
        out.table([out.say(head) for head in _HEAD], rows)
    counts = ", ".join(f"{count} {_said(outcome, out)}" for outcome, count in done.counts().items()) or "0"
    out.line(out.say((_WOULD if dry else _DONE).fill(counts=counts)))
    if matched:
        out.line(out.say(_REMATCHED.fill(count=matched)))


def _said(outcome: str, out: Output) -> str:
    return _OUTCOMES.get(outcome, Text(outcome, outcome)).pick(out.language)


def _list(app: Application, out: Output) -> None:
    found: Sequence[object] = list_transfers(app, LOCAL_ADMIN)
    if out.json:
        out.value(found)
        return
    if not found:
        out.note(out.say(_NO_TRANSFERS))
        return
    rows = [
        (rfc3339(t.time), t.direction, t.source, t.signer[:16], str(t.images), t.by) for t in list_transfers(app, LOCAL_ADMIN)
    ]
    out.table([out.say(head) for head in _LIST_HEAD], rows, right=(4,))
