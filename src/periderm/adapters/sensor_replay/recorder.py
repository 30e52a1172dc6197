"""Batches into a recording file that `ReplaySensor` reads again. It filters nothing."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from periderm.formats import recording
from periderm.model.errors import SensorError
from periderm.model.event import EventBatch


class FileRecorder:
    """Implements ports.sensor.Recorder: writes a new file (mode 0600: it holds paths and arguments). Each batch is in the
    file when `write` returns: whoever follows it sees what was recorded, and a recorder that is killed loses nothing."""

    def __init__(self, path: Path | str) -> None:
        self._writer = recording.Writer()
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SensorError(f"{path} cannot be written: {error.strerror}.", "Name a new file.") from error
        self._file = os.fdopen(descriptor, "wb")
        self._put(self._writer.begin())

    def write(self, batch: EventBatch) -> None:
        """Appends; an empty batch is not written. Raises SensorError when the disk is full."""
        if len(batch):
            self._put(self._writer.batch(batch))

    def _put(self, data: bytes, *, durable: bool = False) -> None:
        try:
            self._file.write(data)
            self._file.flush()
            if durable:
                os.fsync(self._file.fileno())
        except OSError as error:
            raise SensorError(f"The recording cannot be written: {error.strerror}.", "Make room on the disk.") from error

    def close(self) -> None:
        """Writes the end mark; durable when it returns. Raises SensorError when the disk is full."""
        if self._file.closed:
            return
        try:
            self._put(self._writer.end(), durable=True)
        finally:
            with contextlib.suppress(OSError):  # it would write again what was refused just now, and told
                self._file.close()
