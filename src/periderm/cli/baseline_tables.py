"""Baselines as tables: summaries, entries, what waits, decisions, and what a decision would do."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.app.baseline_decisions import DecisionPreview
from periderm.app.baselines import Review, Version, behaviour_id, normal
from periderm.app.behaviour_words import DIMENSIONS, PHASES, PHASES_SAID, VERDICTS, rhythm, said, what, why
from periderm.cli import baseline_words as w
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.times import ago, now
from periderm.model.baseline import Baseline, Entry, Verdict
from periderm.model.baseline_summary import BaselineSummary
from periderm.model.behaviour import Dimension
from periderm.model.query import Page

_SECOND = 10**9
_NAMED = 8


def summaries(page: Page[BaselineSummary], out: Output) -> None:
    """One line each."""
    if out.json:
        out.value(page)
        return
    if not page.items:
        out.note(out.say(w.NONE))
        return
    at = now()
    rows = [
        (
            each.name or each.workload_id,
            out.say(PHASES[each.phase]),
            str(sum(each.entries.values())),
            str(each.alerts),
            str(each.decisions),
            str(each.replicas),
            _length(each.observed),
            ago(each.newest * _SECOND, at, out.language),
            each.workload_id,
        )
        for each in page.items
    ]
    out.table([out.say(h) for h in w.LIST_HEAD], rows, right=(2, 3, 4, 5))
    if page.total > len(page.items):
        out.note(out.say(words.MORE.fill(shown=len(page.items), total=page.total)))


def entries(baseline: Baseline, dimension: str, program: str, out: Output) -> None:
    """By dimension and program, with the evidence."""
    if out.json:
        out.value(baseline)
        return
    found = normal(baseline)
    programs = {entry.behaviour.program for entry in found}
    name = baseline.name or baseline.workload_id
    told = w.SHOWN.fill(
        name=name,
        entries=len(found),
        programs=len(programs),
        phase=PHASES[baseline.phase],
        said=PHASES_SAID[baseline.phase],
    )
    out.line(out.say(told))
    if baseline.settled:
        seconds = _length(sum(baseline.observed.values()))
        out.line(out.say(w.SETTLED.fill(when=ago(baseline.settled * _SECOND, now(), out.language), seconds=seconds)))
    for each in Dimension:
        if dimension in ("", each):
            _dimension(each, [e for e in found if e.behaviour.dimension is each and program in e.behaviour.program], out)
    if baseline.resources and dimension in ("", Dimension.RESOURCE):
        out.line()
        out.line(out.say(w.RESOURCES.fill(count=len(baseline.resources))))


def _dimension(dimension: Dimension, found: Sequence[Entry], out: Output) -> None:
    if not found:
        return
    out.line()
    out.line(out.paint(f"{out.say(DIMENSIONS[dimension])} ({len(found)})", "bold"))
    at = now()
    by_program: dict[str, list[Entry]] = {}
    for entry in found:
        by_program.setdefault(entry.behaviour.program, []).append(entry)
    rows: list[tuple[str, ...]] = []
    for program, several in by_program.items():
        if program:
            rows.append(("", program, "", "", "", "", ""))
        rows += [_row(entry, at, out) for entry in several]
    out.table([out.say(h) for h in w.SHOW_HEAD], rows, right=(2, 3))


def _row(entry: Entry, at: int, out: Output) -> tuple[str, ...]:
    evidence = entry.evidence
    return (
        behaviour_id(entry.behaviour),
        f"  {out.say(what(entry.behaviour))}",
        str(evidence.count or "-"),
        str(evidence.replicas.bit_count() or "-"),
        ago(evidence.last * _SECOND, at, out.language),
        out.say(rhythm(evidence)),
        out.say(why(evidence)),
    )


def review(seen: Review, out: Output) -> None:
    """What waits, the gravest first, and how to decide it."""
    if out.json:
        out.value(seen)
        return
    name = seen.name or seen.workload_id
    if not seen.waiting:
        out.note(out.say(w.NOTHING_WAITS.fill(name=name, looked_at=seen.looked_at)))
        return
    at = now()
    out.line(out.paint(out.say(name), "bold"))
    rows = []
    for each in seen.waiting:
        reason = out.say(each.deviation.reason)
        nearest = out.say(each.deviation.nearest_text)
        rows.append(
            (
                each.id,
                out.say(words.severity_label(each.severity)),
                each.deviation.event_type,
                str(each.deviation.surprise),
                str(each.count),
                ago(each.last, at, out.language),
                out.say(said(each.behaviour)),
                f"{reason} ({nearest})" if nearest else reason,
            )
        )
    out.table([out.say(h) for h in w.REVIEW_HEAD], rows, right=(3, 4))
    out.note(out.say(w.NEXT.fill(name=name)))
    if not seen.whole:
        out.note(out.say(w.NOT_WHOLE))


def previewed(seen: DecisionPreview, out: Output) -> None:
    """What a decision does, in sentences."""
    if out.json:
        out.value(seen)
        return
    verdict = seen.verdict.value
    for told in seen.behaviours[:_NAMED]:
        out.line(out.say(w.WOULD[verdict].fill(what=said(told))))
    if len(seen.behaviours) > _NAMED:
        out.line(f"  … {len(seen.behaviours) - _NAMED}")
    if seen.verdict is Verdict.ACCEPT:
        out.line(out.say(w.HIDDEN.fill(total=seen.total, high=seen.high) if seen.total else w.HIDDEN_NONE))
        if seen.entries:
            out.line(out.say(w.STANDS_FOR.fill(count=len(seen.entries))))
    elif seen.entries:
        out.line(out.say(w.TAKES_OUT.fill(count=len(seen.entries))))


def versions(name: str, found: Sequence[Version], out: Output) -> None:
    """Decisions, the latest first."""
    if out.json:
        out.value(found)
        return
    if not found:
        out.note(out.say(w.NO_VERSIONS.fill(name=name)))
        return
    at = now()
    rows = []
    for each in found:
        decision = each.decision
        verdict = VERDICTS[decision.verdict]
        told = [out.say(said(behaviour)) for behaviour in decision.behaviours[:3]]
        more = [f"+ {len(decision.behaviours) - 3}"] if len(decision.behaviours) > 3 else []
        rows.append(
            (
                decision.id,
                ago(decision.time, at, out.language),
                out.say(w.UNDONE.fill(verdict=verdict) if each.undone_by else verdict),
                "; ".join([*told, *more]) or decision.undoes,
                decision.author,
                decision.reason,
            )
        )
    out.table([out.say(h) for h in w.VERSION_HEAD], rows)


def _length(seconds: int) -> str:
    """'3 d', '4 h', '12 min'."""
    for length, name in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {name}"
    return f"{seconds} s" if seconds else "-"
