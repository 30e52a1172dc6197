"""The bus as its port names it: topics by name, opened when they are first used."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from periderm.adapters.bus_local.files import make_folder, said
from periderm.adapters.bus_local.topic import Topic
from periderm.model.errors import BusError
from periderm.ports.bus import Message

SEGMENT_BYTES = 8 << 20
CAP_BYTES = 1 << 30
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Losses(msgspec.Struct, frozen=True):
    """What a topic lost since it was opened: messages that were damaged on disk, and bytes that were being written when
    a process died and that nobody was promised."""

    damaged_messages: int
    torn_bytes: int


class LocalBus:
    """`ports.bus.Bus` in a folder of this machine, for any number of threads; each topic is written by one process.

    segment_bytes: size at which a new file is begun; files that all groups have read are removed.
    cap_bytes: what a topic may take on disk; beyond it `publish` raises FullError. caps: the same for some topics by name.
    """

    def __init__(
        self,
        folder: str,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        cap_bytes: int = CAP_BYTES,
        caps: Mapping[str, int] | None = None,
    ) -> None:
        self._folder = Path(folder)
        self._segment_bytes = segment_bytes
        self._cap_bytes = cap_bytes
        self._caps = dict(caps or {})
        self._lock = threading.Lock()
        self._topics: dict[str, Topic] = {}
        self._closed = False
        with said("make its folder"):
            make_folder(self._folder)

    def publish(self, topic: str, messages: Sequence[bytes]) -> int:
        """Append all; returns the offset of the last."""
        return self._topic(topic).publish(messages)

    def read(self, topic: str, group: str, limit: int = 100) -> Sequence[Message]:
        """The next messages after what the group acknowledged. Damage raises BusError once for each range; the next
        read goes on behind it."""
        return self._topic(topic).read(_valid(group), limit)

    def wait(self, topic: str, group: str, timeout: float) -> bool:
        """True as soon as `read` would return something, False after `timeout` seconds."""
        return self._topic(topic).wait(_valid(group), timeout)

    def acknowledge(self, topic: str, group: str, offset: int) -> None:
        """All up to and with `offset` are done for the group."""
        self._topic(topic).acknowledge(_valid(group), offset)

    def rewind(self, topic: str, group: str, offset: int) -> int:
        """The group reads from `offset` again, as far as that is still there; gives what it reads next."""
        return self._topic(topic).rewind(_valid(group), offset)

    def pending(self, topic: str, group: str) -> int:
        """How many messages wait for the group."""
        return self._topic(topic).pending(_valid(group))

    def losses(self, topic: str) -> Losses:
        """What this topic lost since it was opened here."""
        opened = self._topic(topic)
        return Losses(opened.damaged_messages, opened.torn_bytes)

    def close(self) -> None:
        """Release files and locks. Using the bus after that raises BusError."""
        with self._lock:
            self._closed = True
            for topic in self._topics.values():
                topic.close()
            self._topics.clear()

    def _topic(self, name: str) -> Topic:
        with self._lock:
            if self._closed:
                raise BusError("The bus was closed.", "Restart the process that uses it.")
            if name not in self._topics:
                cap = self._caps.get(name, self._cap_bytes)
                self._topics[name] = Topic(self._folder / _valid(name), self._segment_bytes, cap)
            return self._topics[name]


def _valid(name: str) -> str:
    """The name itself, since it becomes a file's name. Raises BusError."""
    if not _NAME.fullmatch(name):
        raise BusError(
            f"{name[:64]!r} is no name for a topic or group.",
            "Use up to 64 of a-z, 0-9, dot, _ and -, beginning with a letter or digit.",
        )
    return name
