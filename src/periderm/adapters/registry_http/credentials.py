"""Where credentials of registries come from: what a person set, the files of podman and docker, and their helper programs.

containers-auth.json(5) tells the order. A helper is a local program that the user's own file names; it gets 30 seconds and
a mebibyte. Keeps nothing on disk.
"""

from __future__ import annotations

import os
import selectors
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping

from periderm.formats import docker_auth
from periderm.model.errors import DeniedError
from periderm.model.registry import Credentials

HELPER_SECONDS = 30.0
_MOST_ANSWER = 1 << 20
_LARGEST_FILE = (4 << 20) + 1
Find = Callable[[str, str], Credentials | None]  # (registry, repository) to what signs in there


def files(environment: Mapping[str, str], home: str, uid: int) -> tuple[str, ...]:
    """The files in which credentials may stand, the first that has some counts."""
    told = environment.get("REGISTRY_AUTH_FILE", "")
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    primary = os.path.join(runtime, "containers/auth.json") if runtime else f"/run/containers/{uid}/auth.json"
    settings = environment.get("XDG_CONFIG_HOME", "") or os.path.join(home, ".config")
    docker = environment.get("DOCKER_CONFIG", "") or os.path.join(home, ".docker")
    return (
        *((told,) if told else ()),
        primary,
        os.path.join(settings, "containers/auth.json"),
        os.path.join(docker, "config.json"),
        os.path.join(home, ".dockercfg"),
    )


class CredentialFiles:
    """Looks into the files each time: somebody may have signed in meanwhile, and few scans ask twice."""

    def __init__(self, environment: Mapping[str, str], home: str, uid: int) -> None:
        self._environment = environment
        self._files = files(environment, home, uid)

    def find(self, registry: str, repository: str) -> Credentials | None:
        """What signs in there; None if nobody knows. Raises FormatError for a broken file, DeniedError for a helper that
        fails."""
        for path in self._files:
            try:
                with open(path, "rb") as file:
                    data = file.read(_LARGEST_FILE)
            except OSError:
                continue
            told = docker_auth.parse(data, path, old=path.endswith(".dockercfg"))
            found = self._in(told, registry, repository)
            if found is not None:
                return found
        return None

    def _in(self, told: docker_auth.AuthFile, registry: str, repository: str) -> Credentials | None:
        """In one file: the registry's own helper, its entries, the helper for all."""
        helper, server = docker_auth.helper_for(told, registry)
        own = server in told.helpers
        if helper and own:
            return self._asked(helper, server)
        entry = docker_auth.entry_for(told, registry, repository)
        if entry is not None or not helper:
            return entry
        return self._asked(helper, server)

    def _asked(self, helper: str, server: str) -> Credentials | None:
        name = f"docker-credential-{helper}"
        program = shutil.which(name, path=self._environment.get("PATH", os.defpath))
        if program is None:
            raise DeniedError(f"The credential helper {name} is not installed.", "Install it, or sign in with `podman login`.")
        status, said = _run(program, server, self._environment)
        if status != 0:
            if docker_auth.is_none(said):
                return None
            raise DeniedError(f"The credential helper {name} failed for {server}.", f"Try it: echo {server} | {name} get")
        return docker_auth.parse_helper(said)


def _run(program: str, server: str, environment: Mapping[str, str]) -> tuple[int, bytes]:
    """(exit status, what it printed) of `PROGRAM get` with the server's name on its standard input."""
    until = time.monotonic() + HELPER_SECONDS
    said = bytearray()
    with subprocess.Popen(
        [program, "get"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(environment),
        start_new_session=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 -- both are pipes; for mypy
        try:
            _give(process.stdin.fileno(), server.encode())
            process.stdin.close()
            _take(process.stdout.fileno(), said, until)
            return process.wait(max(0.1, until - time.monotonic())), bytes(said)
        except (TimeoutError, subprocess.TimeoutExpired):
            raise DeniedError(
                f"The credential helper {os.path.basename(program)} gave no answer in {HELPER_SECONDS:.0f} seconds.",
                "It may wait for a person; sign in with `podman login` instead.",
            ) from None
        finally:
            if process.poll() is None:
                process.kill()


def _give(descriptor: int, data: bytes) -> None:
    """A name is shorter than a pipe holds, so this never waits."""
    try:
        os.write(descriptor, data)
    except BrokenPipeError:
        return  # it answers without reading: what it answers tells


def _take(descriptor: int, said: bytearray, until: float) -> None:
    with selectors.DefaultSelector() as waiting:
        waiting.register(descriptor, selectors.EVENT_READ)
        while len(said) <= _MOST_ANSWER:
            if not waiting.select(max(0.0, until - time.monotonic())):
                raise TimeoutError
            piece = os.read(descriptor, 65536)
            if not piece:
                return
            said += piece
    raise TimeoutError
