"""Records the self-test's exercises with our own sensor, for the tests that replay them. Judges nothing.

python tools/record_exercises.py FILE    as root; takes about a minute; holds events of the throwaway container only
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import msgspec

from periderm import wiring
from periderm.adapters.sensor_replay.sensor import ReplaySensor
from periderm.adapters.stage_podman import PodmanStage
from periderm.engines.runtime.exercises import EXERCISES
from periderm.engines.runtime.scene import HOST
from periderm.model.asset import Container
from periderm.model.event import EventBatch, Subject
from periderm.model.settings import Settings

SETTLE = 3.0


def anonymous(path: Path) -> None:
    """The same rows with this machine's Python at a common place and a node of no machine."""
    sensor, kept = ReplaySensor(path), path.with_suffix(".new")
    sensor.start()
    recorder = wiring.recorder(str(kept))
    try:
        while True:
            batch = sensor.read(0.0)
            strings = [common(text) for text in batch.strings]
            subjects = tuple(anonymous_subject(subject) for subject in batch.subjects)
            recorder.write(EventBatch(batch.rows, strings, subjects, batch.generation))
    except EOFError:
        pass
    finally:
        sensor.stop()
        recorder.close()
    kept.replace(path)


def anonymous_subject(subject: Subject) -> Subject:
    """A container as it was, on a node of no machine."""
    if not isinstance(subject, Container):
        return HOST
    return msgspec.structs.replace(
        subject,
        node_id=HOST.id,
        command=tuple(map(common, subject.command)),
        mounts=tuple(map(common, subject.mounts)),
        mount_sources=tuple(map(common, subject.mount_sources)),
        folder="",
        overlay_upper="/upper",
        cgroup_path="",
    )


def common(text: str) -> str:
    """This machine's own Python stands in /usr/local, where many have it."""
    own = Path(sys.base_prefix)
    for folder in (own, *own.parents[: max(0, len(own.parents) - 2)]):
        text = text.replace(str(folder), "/usr/local")
    return text


def main(arguments: list[str]) -> int:
    """Records while the exercises are done, one after the other."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    settings = Settings(state="/nowhere", cache="/nowhere")
    seconds = float(len(EXERCISES)) + 40
    done = threading.Event()

    def perform() -> None:
        time.sleep(SETTLE * 2)  # until the sensor is attached
        stage = PodmanStage()
        try:
            stage.start()
            time.sleep(SETTLE)
            for exercise in EXERCISES:
                if all(stage.has(name) for name in exercise.needs):
                    stage.perform(exercise)
        finally:
            stage.stop()
            done.set()

    thread = threading.Thread(target=perform)
    thread.start()
    wiring.record(settings, arguments[0], seconds=seconds, only="periderm-selftest-*", progress=lambda _: None)
    thread.join()
    anonymous(Path(arguments[0]))
    print(f"{Path(arguments[0]).stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
