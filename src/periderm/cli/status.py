"""`periderm status`: whether everything runs, what was counted, and what the product was blind to."""

from __future__ import annotations

import argparse

import msgspec

from periderm import wiring
from periderm.app.gaps import list_gaps
from periderm.app.overview import Overview, show_overview
from periderm.app.sign_in import make_sign_in_link
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.times import ago
from periderm.model.envelope import Heartbeat
from periderm.model.gap import CoverageGap
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Page, Query
from periderm.model.settings import Settings
from periderm.model.text import Text

# An agent says that it is alive every few seconds; after a minute of silence it is told as down.
ALIVE_SECONDS = 60
EXIT_DOWN = 1

_PROCESSES = (
    Text("PROCESS", "进程"),
    Text("STATE", "状态"),
    Text("LAST WORD", "最近心跳"),
    Text("PID", "PID"),
    Text("VERSION", "版本"),
)
_MACHINE = Text("MACHINE", "机器")
_ALIVE, _SILENT = Text("runs", "运行中"), Text("silent", "无响应")
_NONE_RUNS = Text("Nothing runs. Start it with `periderm up`.", "没有进程在运行。用 `periderm up` 启动。")
_SEEN = Text("Seen by the sensor", "传感器计数")
_GAPS = Text("Not seen", "未覆盖")
_NO_GAPS = Text("No coverage gap is known.", "没有已知的覆盖缺口。")
_COUNTS = Text(
    "Open incidents: {incidents} · running containers: {containers} · images: {images}",
    "未处理事件：{incidents} · 运行中的容器：{containers} · 镜像：{images}",
)


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints."""

    alive: bool
    processes: tuple[Heartbeat, ...]
    open_incidents: int
    running_containers: int
    assets: dict[str, int]
    gaps: Page[CoverageGap]
    link: str = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--link", action="store_true", help="print a new sign-in link for the console; it works once")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a process is silent")
    words.limits(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Tells; with --check a silent process is a failure."""
    limit = words.limit_of(options)
    with wiring.reader(settings) as app:
        overview = show_overview(app, LOCAL_ADMIN)
        gaps = list_gaps(app, LOCAL_ADMIN, Query(limit=limit))
        link = make_sign_in_link(app, LOCAL_ADMIN) if options.link else ""
    beats = overview.heartbeats
    fine = bool(beats) and all(alive(beat, overview.time) for beat in beats)
    if out.json:
        out.value(
            Status(
                alive=fine,
                processes=beats,
                open_incidents=overview.open_incidents,
                running_containers=overview.running,
                assets=overview.assets,
                gaps=gaps,
                link=link,
            )
        )
    else:
        _print(overview, gaps, link, out)
    return EXIT_DOWN if options.check and not fine else 0


def alive(beat: Heartbeat, at: int) -> bool:
    """Whether a process has spoken lately; a clock that jumped back counts as speaking."""
    return at - beat.time < ALIVE_SECONDS * 10**9


def _print(overview: Overview, gaps: Page[CoverageGap], link: str, out: Output) -> None:
    at = overview.time
    names = overview.machines
    several = len(names) > 1  # of one machine nobody needs the name
    if overview.heartbeats:
        rows = [
            (
                beat.role,
                out.say(_ALIVE if alive(beat, at) else _SILENT),
                ago(beat.time, at, out.language),
                str(beat.pid),
                beat.version,
                *((names.get(beat.node_id, ""),) if several else ()),
            )
            for beat in overview.heartbeats
        ]
        heads = [out.say(h) for h in (*_PROCESSES, *((_MACHINE,) if several else ()))]
        out.table(heads, rows, right=(3,))
    else:
        out.line(out.say(_NONE_RUNS))
    counts = _COUNTS.fill(
        incidents=overview.open_incidents, containers=overview.running, images=overview.assets.get("image", 0)
    )
    out.line(out.say(counts))
    _figures(overview, out)
    if gaps.items:
        out.line(f"{out.say(_GAPS)} ({gaps.total}):")
        for gap in gaps.items:
            where = f" ({names[gap.asset_id]})" if several and gap.asset_id in names else ""
            out.line(f"  {out.say(gap.message)}{where} {out.say(gap.next_step)}".rstrip())
    else:
        out.line(out.say(_NO_GAPS))
    if link:
        out.line(link)


def _figures(overview: Overview, out: Output) -> None:
    """A line for each agent; of several each says of which machine."""
    agents = [beat for beat in overview.heartbeats if beat.role == "agent" and beat.figures]
    for beat in agents:
        where = f" ({overview.machines.get(beat.node_id, beat.node_id)})" if len(agents) > 1 else ""
        told = " · ".join(f"{out.say(name)} {value:,.0f}" for name, value in sorted(beat.figures.items()))
        out.line(f"{out.say(_SEEN)}{where}: {told}")
