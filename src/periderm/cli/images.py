"""`periderm images`: images with their state and what runs of them; one with its workloads and where it lies."""

from __future__ import annotations

import argparse

from periderm import wiring
from periderm.app.images import ImageStory, list_images, show_image
from periderm.app.touched import Touched
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.registry_words import tag_state
from periderm.cli.times import ago, now
from periderm.model.errors import UsageError
from periderm.model.places import ImageState
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Page, Query
from periderm.model.settings import Settings
from periderm.model.text import Text

STATES = ("scanned", "failed", "unscanned")
_HEAD = (
    Text("IMAGE", "镜像"),
    Text("CRITICAL", "严重"),
    Text("HIGH", "高"),
    Text("RUNNING", "运行中"),
    Text("SCANNED", "扫描"),
    Text("DIGEST", "摘要"),
)
WORKLOAD_HEAD = (
    Text("WORKLOAD", "工作负载"),
    Text("KIND", "类型"),
    Text("NAMESPACE", "命名空间"),
    Text("OWNER", "负责人"),
    Text("CONTAINERS", "容器"),
    Text("NODES", "节点"),
)
_NONE = Text("No image that matches.", "没有符合条件的镜像。")
RUNS = Text("Running containers: {containers}, on nodes: {nodes}", "在 {nodes} 个节点的 {containers} 个容器中运行：")
RUNS_NOT = Text("Nothing runs of it that a node has told of.", "没有节点报告正在运行此镜像。")
_LIES = Text("In watched registries:", "在被监视的镜像仓库中：")
_FOUND = Text("{findings} findings, scanned {scanned}", "{findings} 个弱点，扫描于 {scanned}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("words", nargs="*", metavar="show DIGEST", help="one image: what runs of it, where it lies")
    parser.add_argument("--running", action="store_true", help="only those that a container runs")
    parser.add_argument("--only", choices=STATES, default="", help="only those in this state")
    parser.add_argument("--text", metavar="PART", default="", help="only those with this in their names")
    words.filters(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists or shows."""
    act, name = words.action(options.words, ("show",), ("sha256:", "img-"), "images")
    if options.running and options.only:
        raise UsageError("--running and --only are both states.", "Give one of them.")
    limit = words.limit_of(options)
    with wiring.reader(settings) as app:
        if act:
            _show(show_image(app, LOCAL_ADMIN, name), out)
            return 0
        state = "running" if options.running else options.only
        severity = words.severity_of(options.severity)
        query = Query(state=state, text=options.text, severity_at_least=severity, order="severity", limit=limit)
        page = list_images(app, LOCAL_ADMIN, query)
    _list(page, out)
    return 0


def _list(page: Page[ImageState], out: Output) -> None:
    if out.json:
        out.value(page)
        return
    if not page.items:
        out.note(out.say(_NONE))
        return
    at = now()
    rows = [
        (
            image.name or image.digest,
            str(image.findings.get("critical", 0)),
            str(image.findings.get("high", 0)),
            str(image.running),
            image.failure or ago(image.scanned_at, at, out.language),
            image.digest[:19],
        )
        for image in page.items
    ]
    out.table([out.say(h) for h in _HEAD], rows, right=(1, 2, 3))
    if page.total > len(rows):
        out.note(out.say(words.MORE.fill(shown=len(rows), total=page.total)))


def _show(story: ImageStory, out: Output) -> None:
    if out.json:
        out.value({"image": story.state, "runs": story.runs, "seen_in": story.seen_in, "job": story.job})
        return
    state = story.state
    out.line(out.paint(out.say(state.name or state.digest), "bold"))
    out.line(out.say(state.digest))
    scanned = ago(state.scanned_at, now(), out.language)
    out.line(out.say(_FOUND.fill(findings=sum(state.findings.values()), scanned=scanned)))
    tell_running(story.runs, out)
    if story.seen_in:
        out.line(out.say(_LIES))
        for tag in story.seen_in:
            out.line(f"  {out.say(tag.reference)} ({out.say(tag_state(tag))})")


def tell_running(runs: Touched, out: Output) -> None:
    """What runs of an image, as a table."""
    if not runs.workloads:
        out.line(out.say(RUNS_NOT))
        return
    out.line(out.say(RUNS.fill(containers=runs.containers, nodes=runs.nodes)))
    rows = [
        (w.name, w.kind, w.namespace or "-", out.say(words.owner(w.owner)), str(w.containers), ", ".join(w.nodes))
        for w in runs.workloads
    ]
    out.table([out.say(h) for h in WORKLOAD_HEAD], rows, right=(4,))
