"""The self-test: a throwaway container, the exercises, and the key that signs what came of them.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.app.application import Application
    from periderm.app.selftest import Course
    from periderm.model.exercise import Exercise, ExerciseResult


def exercises() -> tuple[Exercise, ...]:
    """All exercises, in the order of an attack."""
    from periderm.engines.runtime.exercises import EXERCISES

    return EXERCISES


def course(settings: Settings, app: Application, tell: Callable[[ExerciseResult], None], alive: Callable[[], None]) -> Course:
    """A run that is about to begin."""
    from periderm.adapters.stage_podman import PodmanStage
    from periderm.app.selftest import Course

    return Course(app, PodmanStage(), tell=tell, alive=alive, sign=lambda data: _sign(settings, data))


def _sign(settings: Settings, data: bytes) -> str:
    """With this installation's own key, which never leaves its state folder."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    from periderm.algorithms.signing import sign
    from periderm.app.selftest import PAYLOAD_TYPE

    path = os.path.join(settings.state, "selftest-key.pem")
    if not os.path.exists(path):
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        os.makedirs(settings.state, mode=0o700, exist_ok=True)
        for name, content in ((path, private), (f"{path[:-4]}.pub", public)):
            with open(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
                file.write(content)
    with open(path, "rb") as file:
        return sign(data, PAYLOAD_TYPE, file.read(16384)).decode()


def wait(seconds: float) -> None:
    """Lets time pass, by the machine's clock."""
    from periderm.adapters.clock_system import SystemClock

    SystemClock().sleep(seconds)
