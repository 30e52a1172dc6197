"""What the processes of one program used at one moment, as the resource dimension of a baseline takes it."""

from __future__ import annotations

import msgspec

from periderm.model.event import Subject


class ResourceSample(msgspec.Struct, frozen=True, kw_only=True):
    """The heaviest process of `program` in one container (or on the plain host). `time` in Unix nanoseconds; `cpu` in percent
    of one core over the time since the sample before, `memory` resident bytes, `files` open descriptors, `children` processes
    that it started in the last minute. A figure that could not be read is -1. `process` is its key as in events, 0 unknown."""

    subject: Subject
    program: str
    time: int
    pid: int = 0
    process: int = 0
    user: int = 0
    cpu: float = -1.0
    memory: int = -1
    files: int = -1
    children: int = -1
