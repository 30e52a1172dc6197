"""A baseline from plain data: what a YAML loader made, where every scalar is text. Loads nothing itself,
and checks no signature."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.formats.baseline_files.nodes import Node
from periderm.formats.baseline_files.writing import KIND, VERSION
from periderm.model.baseline import Baseline, Decision, Entry, Evidence, ResourceUse, Source, Verdict
from periderm.model.behaviour import ASPECTS, Aspect, Behaviour
from periderm.model.errors import FormatError, LimitError

MOST_ENTRIES = 100_000


def read(document: object, *, where: str = "") -> Baseline:
    """A baseline from plain data. Raises FormatError with the place of what is wrong, LimitError for too much."""
    top = Node(document, where)
    if top.text("kind") != KIND or top.text("version") != VERSION:
        raise FormatError(f"it is no {KIND} of version {VERSION}.", "Export one: periderm baseline export.", where=where)
    return Baseline(
        workload_id=top.text("workload", needed=True),
        name=top.text("name"),
        entries=tuple(sorted(_read_entries(top), key=lambda entry: entry.behaviour)),
        resources=tuple(sorted(map(_read_use, top.nodes("resources")), key=lambda use: (use.program, use.aspect, use.part))),
        decisions=tuple(sorted(map(_read_decision, top.nodes("decisions")), key=lambda each: (each.time, each.id))),
        images={digest: top.when(text) for digest, text in top.texts("images").items()},
        observed={node: top.whole(text) for node, text in top.texts("observed").items()},
        since=top.time("since"),
        settled=top.time("settled"),
        newest=top.time("newest"),
        pace=top.number("pace"),
        changed=top.time("changed"),
    )


def _read_entries(top: Node) -> Iterator[Entry]:
    seen: set[Behaviour] = set()
    dimensions = top.node("behaviour")
    for dimension, aspects in ASPECTS.items():
        for program in dimensions.nodes(dimension.value):
            for aspect in aspects:
                for each in program.nodes(aspect.value):
                    behaviour = Behaviour(aspect, program.text("actor"), each.text("value"))
                    if behaviour in seen:
                        raise FormatError(f"{aspect.value} {behaviour.value!r} is there twice.", where=program.where)
                    seen.add(behaviour)
                    if len(seen) > MOST_ENTRIES:
                        raise LimitError(f"it has more than {MOST_ENTRIES} entries.", where=top.where)
                    yield Entry(behaviour, _read_evidence(each))


def _read_evidence(node: Node) -> Evidence:
    return Evidence(
        counts={name: node.whole(text) for name, text in node.texts("counts").items()},
        replicas=node.number("replicas", most=(1 << 64) - 1),
        first=node.time("first"),
        last=node.time("last"),
        hours=node.number("hours", most=(1 << 24) - 1),
        days=node.number("days", most=(1 << 32) - 1),
        bursts=node.number("bursts"),
        shortest=node.number("shortest"),
        longest=node.number("longest"),
        sources=tuple(sorted({node.word(text, Source) for text in node.list("sources")})),
        certainty=node.number("certainty", most=100),
        because=node.text("because"),
        examples=tuple(sorted(set(node.list("examples")))[:3]),
    )


def _read_use(node: Node) -> ResourceUse:
    return ResourceUse(
        aspect=node.word(node.text("aspect"), Aspect),
        program=node.text("program"),
        part=node.number("part", most=5),
        buckets={name: node.pairs(value) for name, value in node.values("buckets").items()},
    )


def _read_decision(node: Node) -> Decision:
    told = node.nodes("behaviours")
    return Decision(
        id=node.text("id", needed=True),
        verdict=node.word(node.text("verdict"), Verdict),
        time=node.number("time"),
        author=node.text("author"),
        reason=node.text("reason"),
        behaviours=tuple(Behaviour(n.word(n.text("aspect"), Aspect), n.text("program"), n.text("value")) for n in told),
        undoes=node.text("undoes"),
    )
