"""`ports.diagnosis.Leftovers` for what a killed agent leaves pinned in the BPF file system. Knows no name of what is pinned."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from periderm.model.diagnosis import Orphan
from periderm.model.errors import SensorError


class PinnedLeftovers:
    """Everything below `folder` (`/sys/fs/bpf/periderm`), which only the product writes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self) -> Sequence[Orphan]:
        """Each pin."""
        return tuple(Orphan(kind="pin", name=str(path)) for path in self._pins())

    def remove(self) -> Sequence[str]:
        """Unpins; the kernel detaches a link and frees a map when its last holder is gone. Raises SensorError."""
        removed = []
        try:
            for path in self._pins():
                path.unlink()
                removed.append(f"pin {path}")
            for folder, _, _ in os.walk(self._folder, topdown=False):
                os.rmdir(folder)
        except OSError as error:
            raise SensorError(f"{error.filename} cannot be unpinned: {error.strerror}.", "Run it as root.") from error
        return removed

    def _pins(self) -> list[Path]:
        return sorted(Path(folder) / name for folder, _, names in os.walk(self._folder) for name in names)
