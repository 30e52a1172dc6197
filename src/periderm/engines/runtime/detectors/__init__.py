"""The runtime detectors, one idea a file, in the order in which they are asked."""

from __future__ import annotations

from periderm.engines.runtime.detectors import interactive_shell, server_shell
from periderm.engines.runtime.judging import Detector

DETECTORS: tuple[Detector, ...] = (
    interactive_shell.DETECTOR,
    server_shell.DETECTOR,
)
