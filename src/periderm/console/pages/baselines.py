"""Baselines: the list, one by dimension with its evidence, what waits for review, a decision shown before it is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from periderm.app import baseline_decisions as decisions
from periderm.app import baselines
from periderm.app.behaviour_words import DIMENSIONS, PHASES_SAID, VERDICTS, rhythm, said, what, why
from periderm.console.filtering import query_for
from periderm.console.render import Ask, render
from periderm.model.baseline import Baseline, Entry, Phase, Verdict
from periderm.model.behaviour import Behaviour, Dimension
from periderm.model.errors import UsageError
from periderm.model.query import Query

ROWS = 200
VERDICT_OF = {"accept": Verdict.ACCEPT, "generalise": Verdict.ACCEPT, "reject": Verdict.REJECT, "forget": Verdict.FORGET}
WORDS = {"said": said, "what": what, "why": why, "rhythm": rhythm, "name_of": baselines.behaviour_id}
LONGEST = 4_000

Form = Mapping[str, Sequence[str]]


class Part(msgspec.Struct, frozen=True):
    """One program's entries on this page."""

    program: str
    entries: tuple[Entry, ...]


def page(ask: Ask) -> str:
    """GET /baselines"""
    asked = query_for(ask.query, ("text", "state"))
    query = Query(text=asked.text, state=asked.state, cursor=asked.cursor, limit=asked.limit)
    found = baselines.list_baselines(ask.app, ask.person, query)
    return render(
        "baselines.html",
        ask,
        page=found,
        waiting=sum(each.alerts for each in found.items),
        most=max((sum(each.entries.values()) for each in found.items), default=0),
        phases=tuple(phase.value for phase in Phase),
        dimensions=tuple(dimension.value for dimension in Dimension),
        names={dimension.value: DIMENSIONS[dimension] for dimension in Dimension},
        filtered=bool(asked.text or asked.state),
    )


def one(ask: Ask) -> str:
    """GET /baselines/{id}"""
    baseline = baselines.show_baseline(ask.app, ask.person, ask.parts["id"])
    entries = baselines.normal(baseline)
    counts = {d: sum(1 for e in entries if e.behaviour.dimension is d) for d in Dimension}
    chosen = _dimension(ask.query.get("dimension", ""), counts)
    program = ask.query.get("program", "")[:500]
    mine = [e for e in entries if e.behaviour.dimension is chosen and program in e.behaviour.program]
    mine.sort(key=lambda e: (e.behaviour.program, e.behaviour.aspect, e.behaviour.value))
    start = _start(ask.query.get("from", ""))
    seen = baselines.review(ask.app, ask.person, baseline.workload_id)
    return render(
        "baseline.html",
        ask,
        baseline=baseline,
        name=baseline.name or baseline.workload_id,
        said_phase=PHASES_SAID[baseline.phase],
        counts=counts,
        names=DIMENSIONS,
        chosen=chosen,
        parts_of=_parts(mine[start : start + ROWS]),
        shown=min(len(mine), start + ROWS),
        total=len(mine),
        next=start + ROWS if start + ROWS < len(mine) else 0,
        entries=len(entries),
        programs=len({e.behaviour.program for e in entries if e.behaviour.program}),
        waiting=len(seen.waiting),
        gravest=seen.waiting[0] if seen.waiting else None,
        versions=baselines.versions(baseline),
        verdicts=VERDICTS,
        unused=len(_unused(ask, baseline)),
        days=baselines.UNUSED_DAYS,
        watched=sum(baseline.observed.values()),
        **WORDS,
    )


def review(ask: Ask) -> str:
    """GET /baselines/{id}/review"""
    seen = baselines.review(ask.app, ask.person, ask.parts["id"])
    kinds = sorted({(each.deviation.event_type, each.title) for each in seen.waiting}, key=lambda kind: kind[0])
    kind = ask.query.get("type", "")
    shown = [each for each in seen.waiting if kind in ("", each.deviation.event_type)]
    return render("baseline_review.html", ask, seen=seen, shown=shown[:ROWS], total=len(shown), kinds=kinds, kind=kind, **WORDS)


def preview_from(ask: Ask, form: Form) -> str:
    """POST /baselines/{id}/preview: what a decision would do, before it is taken."""
    action, behaviours = _meant(ask, form)
    found = decisions.preview(ask.app, ask.person, ask.parts["id"], VERDICT_OF[action], behaviours)
    return render(
        "baseline_preview.html",
        ask,
        found=found,
        action=action,
        reason=_first(form, "reason"),
        written=[msgspec.json.encode(each).decode() for each in found.behaviours],
        back=f"/baselines/{quote(found.workload_id, safe='')}",
        **WORDS,
    )


def decide_from(ask: Ask, form: Form) -> str:
    """POST /baselines/{id}/decide: takes the decision that was shown; where to go on."""
    action, behaviours = _meant(ask, form)
    told = _first(form, "reason")
    decisions.decide(ask.app, ask.person, ask.parts["id"], behaviours, verdict=VERDICT_OF[action], reason=told)
    return f"/baselines/{quote(ask.parts['id'], safe='')}#versions"


def relearn_from(ask: Ask, form: Form) -> str:
    """POST /baselines/{id}/relearn"""
    decisions.relearn(ask.app, ask.person, ask.parts["id"], _first(form, "reason"))
    return f"/baselines/{quote(ask.parts['id'], safe='')}#versions"


def release_from(ask: Ask, form: Form) -> str:
    """POST /baselines/{id}/release: whoever false alerts made suspect may teach again."""
    decisions.release(ask.app, ask.person, ask.parts["id"], _first(form, "reason"))
    return f"/baselines/{quote(ask.parts['id'], safe='')}#versions"


def undo_from(ask: Ask, form: Form) -> str:
    """POST /baselines/{id}/undo"""
    decisions.undo(ask.app, ask.person, ask.parts["id"], _first(form, "decision"), _first(form, "reason"))
    return f"/baselines/{quote(ask.parts['id'], safe='')}#versions"


def _meant(ask: Ask, form: Form) -> tuple[str, tuple[Behaviour, ...]]:
    """The action, and what it is about: behaviours as the preview wrote them (with values that a person changed there), or
    ids of what was ticked. Raises UsageError, NotFoundError."""
    action = _first(form, "action")
    if action not in VERDICT_OF:
        raise UsageError(f"There is no decision {action[:40]!r}.", "Go back and choose one.")
    try:
        told = [msgspec.json.decode(text, type=Behaviour) for text in form.get("behaviour", ())]
    except msgspec.DecodeError as error:
        raise UsageError("The form names no behaviour.", "Go back and choose again.") from error
    changed = [form.get(f"value-{at}", [each.value])[0][:LONGEST] for at, each in enumerate(told)]
    found = tuple(msgspec.structs.replace(each, value=value) for each, value in zip(told, changed, strict=True))
    if not found:
        if _first(form, "unused"):
            entries = _unused(ask, baselines.show_baseline(ask.app, ask.person, ask.parts["id"]))
            found = tuple(entry.behaviour for entry in entries)
        else:
            found = decisions.chosen(ask.app, ask.person, ask.parts["id"], form.get("id", ()))
        found = decisions.wider(found) if action == "generalise" else found
    return action, found


def _first(form: Form, name: str) -> str:
    return (form.get(name) or [""])[0][:LONGEST]


def _dimension(wanted: str, counts: Mapping[Dimension, int]) -> Dimension:
    if wanted in tuple(Dimension):
        return Dimension(wanted)
    return next((d for d in Dimension if counts[d]), Dimension.PROCESS)


def _start(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _parts(entries: Sequence[Entry]) -> list[Part]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.behaviour.program, []).append(entry)
    return [Part(program, tuple(several)) for program, several in found.items()]


def _unused(ask: Ask, baseline: Baseline) -> tuple[Entry, ...]:
    return baselines.unused(ask.app, ask.person, baseline.workload_id)[: decisions.MOST_BEHAVIOURS]
