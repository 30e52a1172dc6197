"""Hypothesis strategies for every value of the model, made from the types themselves, so that a new field is covered.

`record()` draws what may stand in an envelope, `values(Type)` any Struct, `alerts()` and friends small attack stories.
"""

from __future__ import annotations

import enum
import types
import typing
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st

from periderm.model.alert import Alert, ProcessRecord
from periderm.model.attack import TECHNIQUES
from periderm.model.effect import EffectRecord
from periderm.model.envelope import Envelope, Record
from periderm.model.finding import Finding
from periderm.model.vulnerability import Vulnerability

Value = TypeVar("Value")

# What names and paths of attackers look like: controls, right-to-left marks, format braces, very long, not Latin.
hostile_text = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", "{", "{object}", "\x1b[31m", "\u202eexe.cod", "\x00", "a" * 5000, "../" * 40, "<script>", "'; --", "\n", "密"]
    ),
)
# With bytes that are not UTF-8, as the file system may give them; such strings cannot be stored.
undecodable_text = st.one_of(hostile_text, st.just("/tmp/\udcff\udc80"))
integers = st.integers(-(2**63), 2**63 - 1)
keys = st.integers(0, 2**63 - 1)
seconds = st.integers(0, 4 * 3600)
EPOCH = 1_790_000_000 * 10**9


PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: hostile_text,
    bytes: st.binary(max_size=64),
    int: integers,
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    type(None): st.none(),
}


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type as it is written in a Struct of the model."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([of_type(one) for one in arguments])
    if origin is tuple and arguments[1:] == (Ellipsis,):
        return st.lists(of_type(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(of_type(argument) for argument in arguments))
    if origin is dict:
        return st.dictionaries(of_type(arguments[0]), of_type(arguments[1]), max_size=3)
    if hint in PLAIN:
        return PLAIN[hint]
    return st.sampled_from(list(hint)) if issubclass(hint, enum.Enum) else values(hint)


def values(struct: type[Value], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Value]:
    """Any value of a Struct; `given` strategies replace those that the field's type would give."""
    hints = typing.get_type_hints(struct)
    fields = {
        field.name: given.get(field.name, st.deferred(lambda hint=hints[field.name]: of_type(hint)))
        for field in msgspec.structs.fields(struct)
    }

    # A strategy of its own and not `st.builds`, whose name would spell out every field of every field.
    @st.composite
    def value(draw: st.DrawFn) -> Value:
        return struct(**{name: draw(strategy) for name, strategy in fields.items()})

    return value()


def record() -> st.SearchStrategy[Any]:
    """Any record that an envelope may hold."""
    return of_type(Record)


def envelopes() -> st.SearchStrategy[Envelope]:
    """Any envelope."""
    return values(Envelope)


def processes(text: st.SearchStrategy[str] = hostile_text) -> st.SearchStrategy[ProcessRecord]:
    """Processes out of a small family, so that lineages meet, loop and contradict each other."""
    return values(
        ProcessRecord,
        key=st.integers(0, 8),
        parent=st.integers(0, 8),
        pid=st.integers(0, 40),
        exe=st.one_of(st.sampled_from(["/usr/sbin/nginx", "/bin/sh", "/bin/cat", "/tmp/x", "/usr/sbin/sshd"]), text),
        argv=st.lists(text, max_size=3).map(tuple),
        started=seconds.map(lambda s: EPOCH + s * 10**9),
        package=st.sampled_from(["", "nginx"]),
    )


def alerts(text: st.SearchStrategy[str] = hostile_text, ids: int = 6) -> st.SearchStrategy[Alert]:
    """Alerts of one container within four hours; ids repeat, so that copies and later counts occur."""
    moments = seconds.map(lambda s: EPOCH + s * 10**9)
    return values(
        Alert,
        id=st.integers(1, ids).map(lambda n: f"alt-{n}"),
        detector=st.sampled_from(["RUN-001", "RUN-002", "RUN-005", "RUN-010", "X"]),
        techniques=st.lists(st.sampled_from([*(t.id for t in TECHNIQUES), "T9999", "T1562.001"]), max_size=3).map(tuple),
        time=moments,
        last_time=moments,
        node_id=st.just("nod-1"),
        asset_id=st.just("ctr-1"),
        container_id=st.just("abc"),
        container_name=text,
        workload_id=st.just("wkl-1"),
        image_digest=st.just("sha256:1"),
        process=processes(text),
        lineage=st.lists(processes(text), max_size=4).map(tuple),
        object=st.one_of(st.sampled_from(["/etc/shadow", "/app/.env", "/tmp/x"]), text),
        count=st.integers(1, 5),
        incident_id=st.just(""),
    )


def findings() -> st.SearchStrategy[Finding]:
    """Findings of the image of those alerts."""
    return values(
        Finding,
        id=st.integers(1, 5).map(lambda n: f"fnd-{n}"),
        location=st.sampled_from(["", "etc/shadow", "/app/.env", "env:TOKEN", "usr/bin/su"]),
        package=st.sampled_from(["", "nginx"]),
        vulnerability=st.none() | vulnerabilities(),
    )


def vulnerabilities() -> st.SearchStrategy[Vulnerability]:
    """Vulnerabilities with a few of their fields, and none of the documents that they may hold."""
    return values(
        Vulnerability,
        id=st.sampled_from(["CVE-2021-44228", "GHSA-x"]),
        priority=st.floats(0, 100),
        reasons=st.just(()),
        vex=st.none(),
        references=st.just(()),
        packages=st.just(()),
    )


def effect_records() -> st.SearchStrategy[EffectRecord]:
    """Effects that hit those alerts, or something else."""
    from periderm.model.effect import KillAtExec, KillProcess, PauseContainer, ResumeContainer

    def common(struct: Any, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return values(
            struct,
            id=st.integers(1, 4).map(lambda n: f"eff-{n}"),
            alert_id=st.sampled_from(["", "alt-1", "alt-2", "alt-99"]),
            incident_id=st.sampled_from(["", "inc-1", "inc-2"]),
            asset_id=st.sampled_from(["ctr-1", "ctr-2"]),
            **more,
        )

    effects = st.one_of(
        common(KillAtExec, process_key=st.integers(0, 8)),
        common(KillProcess, process_key=st.integers(0, 8)),
        common(PauseContainer),
        common(ResumeContainer, undoes=st.integers(1, 4).map(lambda n: f"eff-{n}")),
    )
    return values(EffectRecord, effect=effects, time=st.integers(0, 20))
