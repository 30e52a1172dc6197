"""Reads one document of somebody else's behind the sandbox's walls, where there is a sandbox. Scans of images have a way of
their own (`scan_image.py`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from periderm.app.scan_image import ImageScanner
from periderm.flow.progress import Progress
from periderm.model.errors import SandboxError

Read = TypeVar("Read")


def read_walled(scanner: ImageScanner, path: str, read: Callable[[], Read], kind: type[Read], progress: Progress) -> Read:
    """What `read` gives, which is a `kind` that msgspec knows: a document can be made to take far more memory than its size.
    Raises what `read` raises, and SandboxError."""
    sandbox, limits = scanner.sandbox, scanner.limits
    if sandbox is None:
        return read()
    answer = sandbox.run(
        lambda *_: msgspec.msgpack.encode(read()),
        progress,
        readable=(),
        writable=(),
        memory=limits.memory,
        file=0,
        answer=limits.answer,
        seconds=limits.seconds,
    )
    try:
        return msgspec.msgpack.decode(answer, type=kind)
    except (msgspec.MsgspecError, ValueError) as error:
        raise SandboxError(f"The process that read {path} gave no answer that can be read.", "Scan it again.") from error
