"""The sample's story in a terminal: five points as they come, then the incident. Renders only."""

from __future__ import annotations

import dataclasses

from periderm import wiring
from periderm.app.incidents import show_incident
from periderm.app.story import Point, Story
from periderm.cli.output import Output
from periderm.cli.telling import tell
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

EXIT_POINT_FAILED = 1
POINTS = 5
_ALL = Text("All {count} points hold.", "{count} 个要点全部成立。")
_FAILED = Text("Point {number} of {count} does not hold: {why}", "第 {number}/{count} 个要点不成立：{why}")


def show(story: Story, settings: Settings, out: Output, normal_seconds: float) -> int:
    """Tells the story; 0 if all points held, else 1. With `--json` one document at the end."""
    points: list[Point] = []
    for point in story.tell(normal_seconds):
        points.append(point)
        if not out.json:
            _print(point, out)
    failed = [point for point in points if not point.ok]
    if out.json:
        out.value({"ok": not failed and len(points) == POINTS, "points": [dataclasses.asdict(point) for point in points]})
        return EXIT_POINT_FAILED if failed else 0
    incident = next((point.incident_id for point in points if point.incident_id), "")
    if incident:
        out.line()
        with wiring.reader(settings) as app:
            tell(show_incident(app, LOCAL_ADMIN, incident), out)
    out.line()
    for point in failed:
        text = Text(
            _FAILED.en.format(number=point.number, count=POINTS, why=point.why.en),
            _FAILED.zh.format(number=point.number, count=POINTS, why=point.why.zh),
        )
        out.line(out.paint(out.say(text), "red"))
    if not failed:
        out.line(out.paint(out.say(_ALL.fill(count=len(points))), "green"))
    return EXIT_POINT_FAILED if failed else 0


def _print(point: Point, out: Output) -> None:
    mark = out.paint("✓", "green") if point.ok else out.paint("✗", "red")
    out.line(f"{mark} {point.number}/{POINTS} {out.paint(out.say(point.title), 'bold')}")
    for line in point.lines:
        out.line(f"      {out.say(line)}")
