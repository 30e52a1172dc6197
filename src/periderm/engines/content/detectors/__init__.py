"""The content rules, one idea a file."""

from __future__ import annotations

from periderm.engines.content.detectors import (
    attack_tool,
    hiding_library,
    loader_script,
    miner,
    packed_program,
    reverse_shell,
    web_shell,
)
from periderm.engines.content.judging import Detector

DETECTORS: tuple[Detector, ...] = (
    web_shell.DETECTOR,
    reverse_shell.DETECTOR,
    miner.DETECTOR,
    packed_program.DETECTOR,
    loader_script.DETECTOR,
    hiding_library.DETECTOR,
    attack_tool.DETECTOR,
)
