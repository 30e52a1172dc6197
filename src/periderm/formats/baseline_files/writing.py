"""A baseline as YAML that people read, change and keep in version control: what `reading` reads again. Signs nothing.

An entry is one line; what is empty is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from periderm.model.baseline import Baseline, Decision, Entry, ResourceUse
from periderm.model.behaviour import ASPECTS
from periderm.model.timestamps import rfc3339

KIND = "periderm-baseline"
VERSION = "1"
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_TIMES = ("since", "settled", "newest", "changed")
_COUNTS = ("bursts", "shortest", "longest", "certainty", "hours", "days", "replicas")


def write(baseline: Baseline, head: str = "") -> bytes:
    """The file; `head` is a comment at its beginning."""
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    lines += [f"kind: {KIND}", f"version: {VERSION}", f"workload: {_scalar(baseline.workload_id)}"]
    lines += [f"name: {_scalar(baseline.name)}", f"phase: {baseline.phase.value}  # computed, not read"]
    lines += [f"{name}: {_time(getattr(baseline, name))}" for name in _TIMES if getattr(baseline, name)]
    lines += [f"pace: {baseline.pace}"] if baseline.pace else []
    lines += _map("images", {digest: _time(time) for digest, time in sorted(baseline.images.items())})
    lines += _map("observed", {node: str(seconds) for node, seconds in sorted(baseline.observed.items())})
    lines += [*_behaviour(baseline.entries), *_resources(baseline.resources), *_decisions(baseline.decisions)]
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def _behaviour(entries: Iterable[Entry]) -> Iterator[str]:
    """By dimension, program and aspect."""
    found = list(entries)
    yield "behaviour:" if found else "behaviour: {}"
    for dimension, aspects in ASPECTS.items():
        mine = [entry for entry in found if entry.behaviour.aspect in aspects]
        if not mine:
            continue
        yield f"  {dimension.value}:"
        last: tuple[str | None, str | None] = (None, None)
        for entry in sorted(mine, key=lambda e: (e.behaviour.program, aspects.index(e.behaviour.aspect), e.behaviour.value)):
            program, aspect = entry.behaviour.program, entry.behaviour.aspect.value
            if program != last[0]:
                yield f"    - actor: {_scalar(program)}"
            if (program, aspect) != last:
                yield f"      {aspect}:"
            last = (program, aspect)
            yield f"        - {_flow(_entry(entry))}"


def _entry(entry: Entry) -> Iterator[tuple[str, str]]:
    evidence = entry.evidence
    yield "value", _scalar(entry.behaviour.value)
    yield "sources", _list(source.value for source in evidence.sources)
    for name in ("first", "last"):
        yield name, _time(getattr(evidence, name))
    for name in _COUNTS:
        yield name, str(getattr(evidence, name) or "")
    yield "counts", _flow((_scalar(node), str(count)) for node, count in sorted(evidence.counts.items()))
    yield "because", _scalar(evidence.because) if evidence.because else ""
    yield "examples", _list(evidence.examples)


def _resources(resources: Iterable[ResourceUse]) -> Iterator[str]:
    found = list(resources)
    if found:
        yield "resources:"
    for use in found:
        buckets = {node: "[" + ", ".join(f"[{b}, {n}]" for b, n in pairs) + "]" for node, pairs in sorted(use.buckets.items())}
        told = [("aspect", use.aspect.value), ("program", _scalar(use.program)), ("part", str(use.part))]
        yield f"  - {_flow([*told, ('buckets', _flow((_scalar(node), text) for node, text in buckets.items()))])}"


def _decisions(decisions: Iterable[Decision]) -> Iterator[str]:
    found = list(decisions)
    if found:
        yield "decisions:"
    for decision in found:
        yield f"  - id: {_scalar(decision.id)}"
        yield f"    verdict: {decision.verdict.value}"
        yield f"    time: {decision.time}  # {_time(decision.time // 10**9)}"
        yield f"    author: {_scalar(decision.author)}"
        yield f"    reason: {_scalar(decision.reason)}"
        if decision.undoes:
            yield f"    undoes: {_scalar(decision.undoes)}"
        if decision.behaviours:
            yield "    behaviours:"
        for told in decision.behaviours:
            parts = (("aspect", told.aspect.value), ("program", _scalar(told.program)), ("value", _scalar(told.value)))
            yield f"      - {_flow(parts)}"


def _map(name: str, values: Mapping[str, str]) -> list[str]:
    return [f"{name}: {_flow((_scalar(key), value) for key, value in values.items())}"] if values else []


def _flow(parts: Iterable[tuple[str, str]]) -> str:
    """A mapping on one line, without what is empty; '' for none, except a value, which may be empty text."""
    told = ", ".join(f"{name}: {text}" for name, text in parts if text)
    return f"{{{told}}}" if told else ""


def _list(values: Iterable[str]) -> str:
    told = ", ".join(map(_scalar, values))
    return f"[{told}]" if told else ""


def _time(seconds: int) -> str:
    return f'"{rfc3339(seconds * 10**9)}"' if seconds else ""


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    text = text.encode("utf-8", "backslashreplace").decode()  # a path of any bytes
    return '"' + "".join(map(_letter, text)) + '"'


def _letter(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    code = ord(letter)
    if letter.isprintable() and code < 0x10000:
        return letter
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
