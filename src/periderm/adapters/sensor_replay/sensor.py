"""A recording as a sensor: the same batches through the same code path, for tests and for users' bug reports.

It reads a file or bytes; it enforces nothing, and remembers what it was told so that tests can ask.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from periderm.formats import recording
from periderm.model.errors import FormatError, SensorError
from periderm.model.event import EventBatch, EventFlag, SensorCapability, SensorCounters, Subject
from periderm.ports.sensor import KernelPolicy


class ReplaySensor:
    """Implements ports.sensor.Sensor from a recording. The recording's own subjects attribute its rows."""

    def __init__(self, source: Path | str | bytes) -> None:
        self._source = source
        self._file: BinaryIO | None = None
        self._reader = recording.Reader()
        self._offset = 0
        self._rows = 0
        self._happenings = 0
        self._killed = 0
        self._ended = False
        self.policies: dict[str, KernelPolicy] = {}

    def start(self) -> Sequence[SensorCapability]:
        """Opens the recording. Raises SensorError if it cannot be opened, FormatError if it is none."""
        if isinstance(self._source, bytes):
            self._file = io.BytesIO(self._source)
        else:
            try:
                self._file = Path(self._source).open("rb")  # noqa: SIM115 -- read until stop()
            except OSError as error:
                raise SensorError(f"{self._source} cannot be opened: {error.strerror}.", "Name a recording.") from error
        try:
            recording.check_magic(self._file.read(len(recording.MAGIC)))
        except FormatError:
            self.stop()
            raise
        self._offset = len(recording.MAGIC)
        return [SensorCapability(name="replay", works=True)]

    def set_subjects(self, subjects: Sequence[Subject]) -> None:
        """Nothing to do: a recording holds its subjects."""

    def set_policy(self, subject: Subject, policy: KernelPolicy) -> None:
        """Remembered in `policies`, by subject id; nothing is enforced."""
        self.policies[subject.id] = policy

    def read(self, timeout: float) -> EventBatch:
        """The next batch, at once. Raises EOFError at the end, FormatError after the good part of a cut file."""
        del timeout
        if self._file is None:
            raise SensorError("The sensor is not started.")
        if self._ended:
            raise EOFError
        where = f"offset {self._offset}"
        length, checksum = recording.header_of(self._file.read(8), where)
        if length == 0:
            self._ended = True
            raise EOFError
        data = self._file.read(length)
        recording.check(data, length, checksum, where)
        batch = self._reader.block(data, where)
        self._offset += 8 + length
        self._rows += len(batch)
        self._happenings += int(batch.rows["count"].sum())
        self._killed += int(((batch.rows["flags"] & int(EventFlag.KILLED)) != 0).sum())
        return batch

    def counters(self) -> SensorCounters:
        """What was given so far; nothing is lost in a replay."""
        return SensorCounters(seen=self._happenings, sent=self._rows, folded=self._happenings - self._rows, killed=self._killed)

    def heartbeat(self) -> None:
        """Nothing to keep alive."""

    def stop(self, *, keep: bool = False) -> None:
        """Closes the file."""
        del keep
        if self._file is not None:
            self._file.close()
            self._file = None
