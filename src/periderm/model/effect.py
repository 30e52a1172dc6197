"""Responses as values: what would be done, to what, why, for how long, and how it is undone."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.text import Text


class EffectBase(msgspec.Struct, frozen=True, kw_only=True):
    """Common to all responses. `id` is made by `stable_id` from what asks for it and what it hits, so that asking
    twice acts once. `decided_by` is 'policy:ID', 'user:NAME' or 'timer'. `blast_radius` says in a sentence what will be hit.
    `expires` (Unix nanoseconds, 0 for never) is when the order is too old to be begun; `lasts` (nanoseconds) how long what
    was done holds before it is undone by itself, 0 for until somebody undoes it (or, for a kill, for ever)."""

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
    lasts: int = 0


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


class KillTree(EffectBase, frozen=True, kw_only=True, tag="kill-tree"):
    """Kill a process and all that descend from it, until none is left. `started` guards against a reused pid; processes
    that are never hit are spared with their own descendants. Undo: none."""

    process_key: int
    pid: int
    started: int
    executable: str = ""
    container_id: str = ""


class KillContainer(EffectBase, frozen=True, kw_only=True, tag="kill-container"):
    """Kill all processes of a container at once. Its runtime may start it anew. Undo: none."""

    container_id: str
    runtime: str


class IsolateContainer(EffectBase, frozen=True, kw_only=True, tag="isolate-container"):
    """Cut a container off the network, but for itself (loopback) and the addresses in `keep` (a probe's, say), each an
    address or a network in CIDR form. Connections that are open end too. Undo: reconnect."""

    container_id: str
    runtime: str
    keep: tuple[str, ...] = ()


class ReconnectContainer(EffectBase, frozen=True, kw_only=True, tag="reconnect-container"):
    """The undo of `IsolateContainer`; `undoes` is its id."""

    container_id: str
    runtime: str
    undoes: str


class QuarantineFile(EffectBase, frozen=True, kw_only=True, tag="quarantine-file"):
    """Move a regular file out of a container (of the host, if `container_id` is '') into the agent's vault. `inode` and
    `device` must be the file's if they are not 0. Processes that run it go on. Undo: restore."""

    path: str
    container_id: str = ""
    runtime: str = ""
    inode: int = 0
    device: int = 0


class RestoreFile(EffectBase, frozen=True, kw_only=True, tag="restore-file"):
    """The undo of `QuarantineFile`: its file is put back where it was, with owner and mode. `undoes` is its id."""

    undoes: str
    path: str = ""
    container_id: str = ""


class CaptureForensics(EffectBase, frozen=True, kw_only=True, tag="capture-forensics"):
    """Write what is known of a process, its container and their last events into one archive with a manifest of digests.
    `pid` 0 takes the container's first process. `packets` is for how many seconds the network is listened to, 0 for not;
    `minutes` how far back events are taken. Changes nothing. Undo: none needed."""

    pid: int = 0
    started: int = 0
    container_id: str = ""
    runtime: str = ""
    files: tuple[str, ...] = ()
    packets: int = 0
    minutes: int = 10
    archive: str = ""  # the file's name in the folder of captures; '' for one made from the id


Effect = (
    KillAtExec
    | KillProcess
    | PauseContainer
    | ResumeContainer
    | KillTree
    | KillContainer
    | IsolateContainer
    | ReconnectContainer
    | QuarantineFile
    | RestoreFile
    | CaptureForensics
)
Undo = ResumeContainer | ReconnectContainer | RestoreFile
Held = PauseContainer | IsolateContainer | QuarantineFile  # what stays done until it is undone


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A process that a response would hit, as the kernel tells of it now. `on_host` is true if it lives in the machine's
    own mount namespace, where names can be believed; `first` if it is process 1 of its own pid namespace."""

    pid: int
    started: int = 0
    parent: int = 0
    executable: str = ""
    argv: tuple[str, ...] = ()
    kernel_thread: bool = False
    on_host: bool = True
    first: bool = False


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
