"""`periderm findings`: weaknesses of images and containers, worst first, and one in full."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from periderm import wiring
from periderm.app.application import Application
from periderm.app.assets import list_assets
from periderm.app.findings import list_findings, show_finding
from periderm.app.handle_all import handle_all_findings, matching_findings
from periderm.cli import all_matching, words
from periderm.cli.output import Output
from periderm.cli.times import ago, exact, now
from periderm.model.asset import Asset, Image
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.finding import Finding, FindingKind
from periderm.model.handling import HandlingAction
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Page, Query
from periderm.model.settings import Settings
from periderm.model.text import Text

_ACTIONS = tuple(action.value for action in (HandlingAction.ASSIGN, HandlingAction.CLOSE, HandlingAction.REOPEN))
_HEAD = (
    Text("SEVERITY", "严重程度"),
    Text("WHAT", "弱点"),
    Text("LOCATION", "位置"),
    Text("IMAGE", "镜像"),
    Text("ID", "编号"),
)
_NONE = Text("No finding that matches.", "没有符合条件的弱点。")
_FIX, _SEEN = Text("Fix", "修复"), Text("Seen", "发现")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="ACTION ID",
        help=f"`show ID` tells one in full; with --all: {', '.join(_ACTIONS)} (`periderm triage` does it to some)",
    )
    all_matching.arguments(parser)
    parser.add_argument("--to", metavar="NAME", default="", help="with assign: a person or group (none: nobody)")
    parser.add_argument("--image", metavar="NAME", help="only those of this image (a part of its name, or its digest)")
    parser.add_argument("--kind", choices=[k.value for k in FindingKind], help="only this family")
    parser.add_argument("--running", action="store_true", help="only those of images that a container runs")
    parser.add_argument("--detector", metavar="ID", help="only those of one detector")
    words.filters(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists or shows."""
    words.limit_of(options)
    every = all_matching.wanted(options, options.words, _ACTIONS)
    act, finding_id = ("", "") if every else words.action(options.words, ("show",), "fnd-", "findings")
    with wiring.reader(settings) as app:
        if every:
            return _all(app, options, out)
        if act:
            _show(show_finding(app, LOCAL_ADMIN, finding_id), out)
            if not out.json:
                from periderm.app.touched import touched_by_finding
                from periderm.cli.images import tell_running

                tell_running(touched_by_finding(app, LOCAL_ADMIN, finding_id), out)
            return 0
        page = list_findings(app, LOCAL_ADMIN, _query(app, options))
        names = {i.id: i.name for i in _images(app)}
    if out.json:
        out.value(page)
    else:
        _list(page, names, out)
    return 0


def _all(app: Application, options: argparse.Namespace, out: Output) -> int:
    query, action = _query(app, options), HandlingAction(options.words[0])
    said = all_matching.filters_of(options, "image", "kind", "running", "detector", "severity")
    return all_matching.told_or_done(
        options,
        out,
        lambda: matching_findings(app, LOCAL_ADMIN, query),
        lambda expected: handle_all_findings(
            app, LOCAL_ADMIN, query, action, expected=expected, assignee=options.to, words=said
        ),
    )


def _images(app: Application) -> Iterable[Image]:
    page: Page[Asset] = list_assets(app, LOCAL_ADMIN, Query(kind="image", limit=1000))
    return (asset for asset in page.items if isinstance(asset, Image))


def _query(app: Application, options: argparse.Namespace) -> Query:
    """The filter; an image is named by its digest or by a part of its name that only one image has."""
    digest = ""
    if options.image:
        wanted = options.image.lower()
        fitting = [i for i in _images(app) if i.digest == wanted or any(wanted in n.lower() for n in (i.name, *i.references))]
        if not fitting:
            raise NotFoundError(f"No image is known by {options.image!r}.", "`periderm assets --kind image` lists them.")
        if len({i.digest for i in fitting}) > 1:
            raise UsageError(
                f"{options.image!r} fits {len(fitting)} images: {', '.join(i.name for i in fitting[:5])}.",
                "Say more of the name.",
            )
        digest = fitting[0].digest
    return Query(
        state="running" if options.running else "",
        image_digest=digest,
        kind=options.kind or "",
        detector=options.detector or "",
        severity_at_least=words.severity_of(options.severity),
        order="severity",
        limit=words.limit_of(options),
    )


def _list(page: Page[Finding], names: dict[str, str], out: Output) -> None:
    if not page.items:
        out.note(out.say(_NONE))
        return
    rows = [
        (
            out.say(words.severity_label(f.severity)),
            out.say(f.title),
            f.location,
            names.get(f.asset_id, f.asset_id),
            f.id,
        )
        for f in page.items
    ]
    out.table([out.say(h) for h in _HEAD], rows)
    if page.total > len(rows):
        out.note(out.say(words.MORE.fill(shown=len(rows), total=page.total)))


def _show(finding: Finding, out: Output) -> None:
    if out.json:
        out.value(finding)
        return
    out.line(out.paint(out.say(finding.title), "bold"))
    out.line(
        f"{words.severity(out, finding.severity)} · {finding.kind.value} · {out.say(finding.detector)} · {out.say(finding.id)}"
    )
    out.line()
    out.line(out.say(finding.message))
    where = " · ".join(part for part in (finding.location, finding.package, finding.layer) if part)
    if where:
        out.line(out.say(where))
    if finding.evidence:
        out.line(out.say(finding.evidence))
    out.line(f"{out.say(_FIX)}: {out.say(finding.remediation)}")
    out.line(f"{out.say(_SEEN)}: {exact(finding.first_seen)} … {ago(finding.last_seen, now(), out.language)}")
