"""Responses as values: what would be done, to what, why, for how long, and how it is undone."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.text import Text


class EffectBase(msgspec.Struct, frozen=True, kw_only=True):
    """Common to all responses. `id` is made by `stable_id` from what asks for it and what it hits, so that asking
    twice acts once. `decided_by` is 'policy:ID' or 'user:NAME'. `blast_radius` says in a sentence what will be hit.
    `expires` is Unix nanoseconds, 0 for an effect that is over when it is done."""

    id: str
    node_id: str
    asset_id: str
    reason: Text
    blast_radius: Text
    decided_by: str
    decided_at: int
    alert_id: str = ""
    incident_id: str = ""
    expires: int = 0


class KillAtExec(EffectBase, frozen=True, kw_only=True, tag="kill-at-exec"):
    """A process that the kernel side killed (or would have killed) while it started. Undo: none, the process ended."""

    process_key: int
    pid: int
    executable: str


class KillProcess(EffectBase, frozen=True, kw_only=True, tag="kill-process"):
    """Kill one process. `started` guards against a reused pid. Undo: none."""

    process_key: int
    pid: int
    started: int
    executable: str = ""


class PauseContainer(EffectBase, frozen=True, kw_only=True, tag="pause-container"):
    """Freeze all processes of a container. Undo: resume."""

    container_id: str
    runtime: str


class ResumeContainer(EffectBase, frozen=True, kw_only=True, tag="resume-container"):
    """The undo of `PauseContainer`."""

    container_id: str
    runtime: str
    undoes: str


Effect = KillAtExec | KillProcess | PauseContainer | ResumeContainer


class EffectState(enum.StrEnum):
    """`PROPOSED` waits for a person, `ORDERED` was decided and waits for the node to carry it out,
    `DRY_RUN` was only computed, `REFUSED` was not allowed by policy or guard."""

    PROPOSED = "proposed"
    ORDERED = "ordered"
    DRY_RUN = "dry-run"
    REFUSED = "refused"
    APPLIED = "applied"
    FAILED = "failed"
    UNDONE = "undone"


class EffectRecord(msgspec.Struct, frozen=True, kw_only=True, tag="effect"):
    """What became of an effect. The record with the latest `time` for an effect id holds."""

    effect: Effect
    state: EffectState
    time: int
    detail: Text = Text("", "")
