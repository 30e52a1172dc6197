"""How well the detector tells attacks from new ordinary traces, with STIDE beside it, view by view, and what a call costs."""

from __future__ import annotations

import collections
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sequences import variants

from periderm.algorithms.sequences import kept, stide
from periderm.algorithms.sequences.grams import Calls
from periderm.algorithms.sequences.model import VIEWS, train
from periderm.formats.call_trace import parse

Floats = NDArray[np.float64]
PARTS = ("training", "normal", "attack")
FALSE = 0.1


def area(normal: Floats, attack: Floats) -> float:
    """Under the ROC curve: how often an attack scores above a normal trace; equal ones count half."""
    ordered = np.sort(normal)
    below = np.searchsorted(ordered, attack, "left") + np.searchsorted(ordered, attack, "right")
    return float((below / 2 / len(normal)).mean())


def found(normal: Floats, attack: Floats) -> float:
    """The share of attacks above the score that a tenth of the normal traces exceeds at most."""
    return float((attack > np.quantile(normal, 1 - FALSE)).mean())


def read(corpus: Path) -> variants.Parts:
    """The three parts, each trace with its name."""
    return {part: [(path.name, parse(path.read_bytes())) for path in sorted((corpus / part).rglob("*.txt"))] for part in PARTS}


def evaluate(corpus: Path, most: int) -> None:
    """Prints a table for a corpus and for each of its variants, with at most so many ordinary traces to judge."""
    traces = read(corpus)
    random.Random(1).shuffle(traces["normal"])  # noqa: S311 - the same choice each time
    traces["normal"] = traces["normal"][:most]
    for what, parts in variants.of(traces):
        _judge(f"{corpus.name}, {what}", parts)


def _judge(name: str, traces: variants.Parts) -> None:
    learned = [trace for _, trace in traces["training"]]
    began = time.process_time()
    model = train(learned)
    trained = time.process_time() - began
    began = time.process_time()
    normal, attack = (np.array([model.score(trace).score for _, trace in traces[part]]) for part in PARTS[1:])
    calls = sum(len(trace) for part in PARTS[1:] for _, trace in traces[part])
    cost = (time.process_time() - began) / calls * 1e6
    sizes = ", ".join(f"{len(traces[part])} {part}" for part in PARTS)
    print(f"\n{name}: {sizes}; trained in {trained:.1f} s, {len(kept.encode(model)) >> 10} KiB, {cost:.2f} us a call")
    _row("the detector", normal, attack)
    yardstick = stide.learn(learned)
    _row("STIDE, windows of 6", *_both(traces, yardstick.score))
    for allowed in (0.01, 0.1):
        limit = model.limit(allowed)
        told = f"{(normal > limit).mean():.1%} of the ordinary told, {(attack > limit).mean():.1%} of the attacks"
        print(f"  {f'{allowed:.0%} allowed':34} {told}; of new programs it expects {model.told(limit):.0%}")
    scores = [np.array([model.views.scores(trace) for _, trace in traces[part]]) for part in PARTS[1:]]
    for at, view in enumerate(VIEWS):
        _row(f"  {view} alone", scores[0][:, at], scores[1][:, at])
    kinds = collections.defaultdict(list)
    for (trace_name, _), score in zip(traces["attack"], attack.tolist(), strict=True):
        kinds[variants.task(trace_name)].append(score)
    for kind, of_kind in sorted(kinds.items()):
        _row(f"  attacks of {kind} ({len(of_kind)})", normal, np.array(of_kind))


def _both(traces: variants.Parts, score: Callable[[Calls], float]) -> Sequence[Floats]:
    return [np.array([score(trace) for _, trace in traces[part]]) for part in PARTS[1:]]


def _row(name: str, normal: Floats, attack: Floats) -> None:
    print(f"  {name:34} AUC {area(normal, attack):.3f}   found at 10 % false {found(normal, attack):6.1%}")
