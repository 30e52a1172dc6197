"""Reads all layers of an image: two at a time, kept ones not at all, and gives their facts in order. Judges nothing."""

from __future__ import annotations

import contextlib
import hashlib
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

from periderm.flow.layer_facts import LayerFacts, decode, encode
from periderm.flow.layers import Advance
from periderm.model.errors import FormatError
from periderm.ports.image_source import BlobLayer, Layer
from periderm.ports.scan_cache import ScanCache

READERS = 2
_SWITCH = 0.0005  # seconds; a reader waits for the interpreter at each piece, and five milliseconds would be longer than it
Read = Callable[[Layer, Advance], LayerFacts]


class NoCache:
    """`ports.scan_cache.ScanCache` that keeps nothing; large contents lie in memory."""

    engine = ""

    def get(self, kind: str, key: str) -> bytes | None:  # noqa: ARG002 -- the port's names
        """Nothing."""
        return None

    def put(self, kind: str, key: str, data: bytes) -> None:
        """Nothing."""

    def identity(self, path: str) -> str:  # noqa: ARG002 -- the port's names
        """Nothing."""
        return ""

    @contextlib.contextmanager
    def spool(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """In memory."""
        yield b"".join(chunks)


def key_of(layer: BlobLayer, cache: ScanCache, looked_for: str) -> str:
    """By what a layer's facts are kept: the digest that its bytes must have, what was looked for, by which code."""
    return "\0".join((layer.diff_id, looked_for, cache.engine))


class Reading:
    """All layers of one image. `facts` may be asked once. A layer that lies unpacked has no digest that anybody could
    verify, so it is read each time."""

    def __init__(self, layers: Sequence[Layer], read: Read, cache: ScanCache, looked_for: str, advance: Advance) -> None:
        self._layers = layers
        self._read = read
        self._cache = cache
        self._looked_for = looked_for
        self._advance = advance
        self._done: dict[int, LayerFacts | BaseException] = {}
        self._todo = self._order()
        self._changed = threading.Condition()
        self._stop = False
        self.kept = 0

    def _order(self) -> list[int]:
        """Numbers of the layers, largest first: a large one that begins last would be waited for alone. The same layer
        twice is read once."""
        seen: set[tuple[str, str]] = set()
        numbers = []
        for number, layer in enumerate(self._layers):
            if isinstance(layer, BlobLayer):
                key = (layer.diff_id, layer.blob_digest)
                if key in seen:
                    continue
                seen.add(key)
            numbers.append(number)
        return sorted(numbers, key=lambda n: (-_size(self._layers[n]), n))

    def facts(self) -> Generator[LayerFacts, None, None]:
        """One after the other, from the lowest up. Raises what reading raises."""
        before = sys.getswitchinterval()
        threads = [threading.Thread(target=self._work, daemon=True, name=f"layer-{n}") for n in range(READERS - 1)]
        threads = threads if len(self._todo) > 1 else []
        first: dict[tuple[str, str], int] = {}
        left = [_key(layer) for layer in self._layers]
        sys.setswitchinterval(_SWITCH)
        try:
            for thread in threads:
                thread.start()
            for number, layer in enumerate(self._layers):
                key = _key(layer) or ("", str(number))
                source = first.setdefault(key, number)
                found = self._wait(source)
                left[number] = None
                if _key(layer) is None or key not in left:
                    del self._done[source]
                yield found
                del found
        finally:
            self._stop = True
            for thread in threads:
                thread.join()
            sys.setswitchinterval(before)

    def _wait(self, number: int) -> LayerFacts:
        """The facts of one layer; until they are there this thread reads others."""
        while True:
            with self._changed:
                if number in self._done:
                    break
                if not self._todo:
                    self._changed.wait()
                    continue
            self._step()
        found = self._done[number]
        if isinstance(found, BaseException):
            raise found
        return found

    def _work(self) -> None:
        while not self._stop and self._step():
            pass

    def _step(self) -> bool:
        """Reads the next layer that nobody has begun; False if there is none."""
        with self._changed:
            if not self._todo:
                return False
            number = self._todo.pop(0)
        found: LayerFacts | BaseException
        try:
            found = self._one(self._layers[number])
        except BaseException as error:  # noqa: BLE001 -- handed to the thread that asked, which raises it
            found = error
        with self._changed:
            self._done[number] = found
            if isinstance(found, BaseException):
                self._todo.clear()
                for other in range(len(self._layers)):
                    self._done.setdefault(other, found)
            self._changed.notify_all()
        return True

    def _one(self, layer: Layer) -> LayerFacts:
        """From the cache, or read and kept."""
        if not isinstance(layer, BlobLayer):
            return self._read(layer, self._check)
        key = key_of(layer, self._cache, self._looked_for)
        data = self._cache.get("layer", key)
        if data is not None:
            with contextlib.suppress(FormatError):
                facts = decode(data)
                self.kept += 1
                self._advance(layer.size)
                return facts
        facts = self._read(layer, self._check)
        if not facts.limited:
            data = encode(facts)
            if data is not None:
                self._cache.put("layer", key, data)
        return facts

    def _check(self, size: int) -> None:
        """Tells how far it is; ends a reader whose result nobody waits for any more."""
        if self._stop:
            raise _Abandoned
        self._advance(size)


class _Abandoned(BaseException):
    """The scan is over."""


def _size(layer: Layer) -> int:
    return layer.size if isinstance(layer, BlobLayer) else 1 << 62


def _key(layer: Layer) -> tuple[str, str] | None:
    return (layer.diff_id, layer.blob_digest) if isinstance(layer, BlobLayer) else None


def named(parts: Sequence[str]) -> str:
    """A short name for what is looked for."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
