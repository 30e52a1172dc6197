"""A recording as a sensor, and the recorder that makes one."""

from periderm.adapters.sensor_replay.recorder import FileRecorder
from periderm.adapters.sensor_replay.sensor import ReplaySensor

__all__ = ["FileRecorder", "ReplaySensor"]
