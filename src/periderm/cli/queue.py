"""`periderm queue`: what waits to be scanned, is being scanned, failed; try one again, take one out."""

from __future__ import annotations

import argparse

from periderm import wiring
from periderm.app import queue
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.times import ago, now
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Page, Query
from periderm.model.queue import Asked, JobState, QueueState, ScanJob
from periderm.model.settings import Settings
from periderm.model.text import Text

ACTIONS = ("list", "show", "retry", "cancel")
_HEAD = (
    Text("STATE", "状态"),
    Text("IMAGE", "镜像"),
    Text("ASKED FOR", "请求时间"),
    Text("WHY", "原因"),
    Text("TRIES", "次数"),
    Text("HOW FAR", "进度"),
    Text("DIGEST", "摘要"),
)
STATES = {
    JobState.WAITING: Text("waits", "等待中"),
    JobState.RUNNING: Text("running", "扫描中"),
    JobState.RETRYING: Text("tried again", "将重试"),
    JobState.GIVEN_UP: Text("given up", "已放弃"),
}
REASONS = {
    Asked.PERSON: Text("a person", "人工"),
    Asked.RUNNING: Text("it runs", "正在运行"),
    Asked.PUSHED: Text("pushed", "新推送"),
    Asked.SCHEDULED: Text("found", "定期发现"),
    Asked.UNUSED: Text("unused", "未使用"),
}
_NONE = Text("Nothing waits to be scanned.", "没有等待扫描的镜像。")
_SUMS = Text(
    "Waiting: {waiting}. Being scanned: {running}. Tried again later: {retrying}. Given up: {given_up}.",
    "{waiting} 个等待，{running} 个扫描中，{retrying} 个将重试，{given_up} 个已放弃。",
)
_RETRIED = Text("{name} waits again.", "{name} 已重新排队。")
_CANCELLED = Text("{name} is in the queue no more.", "{name} 已移出队列。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", help="what to do (default: list)")
    parser.add_argument("digest", metavar="DIGEST", nargs="?", default="", help="with the others: which image")
    parser.add_argument("--only", choices=[s.value for s in JobState], default="", help="only jobs in this state")
    parser.add_argument("--text", metavar="PART", default="", help="only images with this in their names")
    words.limits(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists, shows, or changes one."""
    if (options.action == "list") == bool(options.digest):
        raise UsageError(
            "`periderm queue show`, `retry` and `cancel` need the digest of an image, and `list` takes none.",
            "`periderm queue --json` has the whole digests.",
        )
    with wiring.reader(settings) as app:
        if options.action == "list":
            query = Query(state=options.only, text=options.text, order="severity", limit=words.limit_of(options))
            _list(queue.list_jobs(app, LOCAL_ADMIN, query), queue.queue_state(app, LOCAL_ADMIN), out)
            return 0
        act = {"show": queue.show_job, "retry": queue.retry_job, "cancel": queue.cancel_job}[options.action]
        job = act(app, LOCAL_ADMIN, options.digest)
    if out.json or options.action == "show":
        _show(job, out)
        return 0
    said = _RETRIED if options.action == "retry" else _CANCELLED
    out.line(out.say(said.fill(name=job.reference or job.image_digest)))
    return 0


def far(job: ScanJob, out: Output) -> str:
    """What it waits for, what its worker does, or why it failed."""
    if job.state is JobState.RUNNING:
        return out.say(" ".join(p for p in (job.doing, f"{job.done:.0%}" if job.done >= 0 else "") if p)) or "…"
    if job.state is JobState.RETRYING:
        return f"{ago(job.not_before, now(), out.language)}: {out.say(job.problem)}"
    return out.say(job.problem) or "-"


def _list(page: Page[ScanJob], state: QueueState, out: Output) -> None:
    if out.json:
        out.value({"state": state, "jobs": page})
        return
    if not page.items:
        out.note(out.say(_NONE))
        return
    at = now()
    rows = [
        (
            out.say(STATES[job.state]),
            job.reference or job.source,
            ago(job.requested, at, out.language),
            out.say(REASONS[job.asked]),
            str(job.attempts),
            far(job, out),
            job.image_digest[:19],
        )
        for job in page.items
    ]
    out.table([out.say(h) for h in _HEAD], rows, right=(4,))
    counts = {"waiting": state.waiting, "running": state.running, "retrying": state.retrying, "given_up": state.given_up}
    out.note(out.say(_SUMS.fill(**counts)))
    if page.total > len(rows):
        out.note(out.say(words.MORE.fill(shown=len(rows), total=page.total)))


def _show(job: ScanJob, out: Output) -> None:
    if out.json:
        out.value(job)
        return
    out.line(out.paint(out.say(job.reference or job.image_digest), "bold"))
    out.line(f"{out.say(STATES[job.state])} · {out.say(REASONS[job.asked])} · {out.say(job.asked_by or job.node_id)}")
    out.line(out.say(f"{job.source} · {job.image_digest}"))
    out.line(far(job, out))
