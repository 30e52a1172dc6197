"""Nouns of the queue of scans: who asked, in what order, and how far a job is. Schedules and stores nothing."""

from __future__ import annotations

import enum

import msgspec


class Asked(enum.StrEnum):
    """Why an image is to be scanned; what is more urgent comes first."""

    PERSON = "person"
    RUNNING = "running"  # a node has it, and what runs may be of it
    PUSHED = "pushed"  # a registry told that it is new
    SCHEDULED = "scheduled"  # a look at a registry found it
    UNUSED = "unused"  # it lies on a node, and nothing runs of it


PRIORITY = {asked: number for number, asked in enumerate(Asked)}  # 0 is taken first


class JobState(enum.StrEnum):
    """Where a job is. One that is done is no job any more: its scan result tells of it."""

    WAITING = "waiting"
    RUNNING = "running"
    RETRYING = "retrying"  # it failed, and waits until it may be tried again
    GIVEN_UP = "given-up"  # nobody tries it again unless a person says so


class ScanJob(msgspec.Struct, frozen=True, kw_only=True):
    """One image in the queue, by the digest of its configuration. `attempts` counts how often a worker took it, `deaths` how
    often one did not come back. `worker` holds it until `lease_until` (unless that is renewed); nobody takes it before
    `not_before`. `doing` and `done` (0 to 1, -1 if not known) are what the worker said last; `taken` is since when.
    `problem` is why it failed the last time. Times are Unix nanoseconds."""

    image_digest: str
    reference: str = ""
    source: str = ""
    node_id: str = ""
    asked: Asked = Asked.RUNNING
    asked_by: str = ""
    requested: int = 0
    state: JobState = JobState.WAITING
    attempts: int = 0
    deaths: int = 0
    worker: str = ""
    lease_until: int = 0
    not_before: int = 0
    taken: int = 0
    doing: str = ""
    done: float = -1.0
    problem: str = ""


class Renewal(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker says of the image that it holds; `sending` that it is done, and its result is on its way."""

    worker: str
    image_digest: str
    doing: str = ""
    done: float = -1.0
    sending: bool = False


class QueueState(msgspec.Struct, frozen=True, kw_only=True):
    """How many jobs there are of each state, and since when the oldest waits (0: none does)."""

    waiting: int = 0
    running: int = 0
    retrying: int = 0
    given_up: int = 0
    oldest: int = 0
