"""Small files of the state folder: who answers for this node, its spool's name, the last policies, the
engine's state."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence

import msgspec

from periderm.model.asset import Grade, Ownership
from periderm.model.errors import UsageError
from periderm.model.policy import Policy

LONGEST = 1 << 20
MOST_ENGINE = 256 << 20
_KEYS = ("environment", "application", "owner", "grade")


def read_ownership(path: str) -> Ownership:
    """`key=value` lines with the keys environment, application, owner, grade; `#` begins a comment. A missing file says
    nothing. Raises UsageError with the line that is wrong."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(LONGEST)
    except FileNotFoundError:
        return Ownership()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", "It holds `key=value` lines.") from error
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        content = line.split("#", 1)[0].strip()
        if not content:
            continue
        key, separator, value = content.partition("=")
        if not separator or key.strip() not in _KEYS:
            raise UsageError(
                f"{path}, line {number}: {line.strip()!r}.", f"A line is KEY=VALUE with KEY of {', '.join(_KEYS)}."
            )
        found[key.strip()] = value.strip()[:256]
    try:
        grade = Grade(found.get("grade", "").lower())
    except ValueError:
        grades = ", ".join(g.value for g in Grade if g.value)
        raise UsageError(f"{path}: {found['grade']!r} is no grade.", f"Grades are {grades}.") from None
    return Ownership(
        environment=found.get("environment", ""),
        application=found.get("application", ""),
        owner=found.get("owner", ""),
        grade=grade,
    )


def spool_name(folder: str, role: str) -> str:
    """The name under which this spool's messages are known to the server: made once for each spool, so that a spool that
    was thrown away and begins at 0 again is not mistaken for the old one."""
    path = os.path.join(folder, "name")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    try:
        with open(path, encoding="ascii") as file:
            name = file.read(64).strip()
        if name:
            return f"{role}:{name}"
    except FileNotFoundError:
        pass
    name = secrets.token_hex(12)
    write_whole(path, name.encode("ascii"))
    return f"{role}:{name}"


def save_policies(path: str, policies: Sequence[Policy]) -> None:
    """Keeps them for a start without the server."""
    write_whole(path, msgspec.json.encode(list(policies)))


def load_policies(path: str) -> tuple[Policy, ...]:
    """The policies that were saved last; none if there are none or the file is damaged (alerting is the resting state)."""
    try:
        with open(path, "rb") as file:
            return tuple(msgspec.json.decode(file.read(LONGEST), type=list[Policy]))
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()


def save_engine(path: str, boot_id: str, snapshot: bytes) -> None:
    """Keeps the engine's state for the next agent of this boot."""
    write_whole(path, boot_id.encode("utf-8") + b"\n" + snapshot)


def load_engine(path: str, boot_id: str) -> bytes:
    """What `save_engine` kept; b'' if there is none, or if the machine was started anew since: processes are others."""
    try:
        with open(path, "rb") as file:
            boot, _, snapshot = file.read(MOST_ENGINE).partition(b"\n")
    except OSError:
        return b""
    return snapshot if boot == boot_id.encode("utf-8") else b""


def read_whole(path: str) -> bytes:
    """What `write_whole` wrote; b'' if there is none or it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(MOST_ENGINE)
    except OSError:
        return b""


class WordFile:
    """One word in a file of its own, over restarts."""

    def __init__(self, path: str) -> None:
        self._path = path

    def read(self) -> str:
        """'' if there is none."""
        return read_whole(self._path)[:LONGEST].decode("utf-8", "replace").strip()

    def write(self, word: str) -> None:
        """Durable when it returns."""
        write_whole(self._path, word.encode())


def write_whole(path: str, data: bytes) -> None:
    """The file is there as a whole or not at all, also after a crash."""
    fresh = f"{path}.{os.getpid()}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
