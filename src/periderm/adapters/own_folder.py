"""A folder that only one process uses at a time: the first of several that no living process holds. Stores nothing itself.

The lock ends with the process, however that ends, and is not inherited by its children (fcntl(2), 'Advisory record locking').
"""

from __future__ import annotations

import fcntl
import os

from periderm.model.errors import BusError

MOST = 64


class OwnFolder:
    """`path` is ours until `close`, or until this process ends. So a worker that is started again goes on with the folder of
    the one that died, and two that run at the same time have one each."""

    def __init__(self, wanted: str) -> None:
        """Raises BusError if none can be had."""
        for number in range(1, MOST + 1):
            path = wanted if number == 1 else f"{wanted}-{number}"
            try:
                os.makedirs(path, mode=0o700, exist_ok=True)
                descriptor = os.open(os.path.join(path, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            except OSError as error:
                raise BusError(f"The folder {path} cannot be used: {error.strerror}.", "Check the state folder.") from error
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
                continue
            self.path, self._descriptor = path, descriptor
            return
        raise BusError(f"{MOST} processes use {wanted} already.", "Stop some of them.")

    def close(self) -> None:
        """Others may have it."""
        os.close(self._descriptor)
