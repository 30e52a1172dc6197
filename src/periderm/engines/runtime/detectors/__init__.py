"""The runtime detectors, one idea a file, in the order in which they are asked."""

from __future__ import annotations

from periderm.engines.runtime.detectors import (
    cgroup_escape,
    cloud_metadata,
    container_mount,
    credential_file,
    drift,
    fileless,
    injection,
    interactive_shell,
    kernel_module,
    miner,
    namespace_change,
    payload,
    process_secrets,
    reverse_shell,
    server_shell,
    temporary_folder,
)
from periderm.engines.runtime.judging import Detector

DETECTORS: tuple[Detector, ...] = (
    interactive_shell.DETECTOR,
    server_shell.DETECTOR,
    reverse_shell.DETECTOR,
    drift.DETECTOR,
    fileless.DETECTOR,
    temporary_folder.DETECTOR,
    credential_file.DETECTOR,
    process_secrets.DETECTOR,
    cloud_metadata.DETECTOR,
    cgroup_escape.DETECTOR,
    container_mount.DETECTOR,
    namespace_change.DETECTOR,
    kernel_module.DETECTOR,
    injection.DETECTOR,
    miner.DETECTOR,
    payload.DETECTOR,
)
