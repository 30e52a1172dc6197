"""Reads all layers of an image: two at a time, kept ones not at all, and gives their facts in order. Judges nothing."""

from __future__ import annotations

import contextlib
import hashlib
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

from periderm.flow.layer_facts import LayerFacts, decode, encode
from periderm.flow.layers import Advance
from periderm.model.errors import FormatError, PeridermError
from periderm.ports.image_source import BlobLayer, Layer
from periderm.ports.sandbox import Mate
from periderm.ports.scan_cache import ScanCache

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


def key_of(layer: Layer, cache: ScanCache, looked_for: str) -> str:
    """By what a layer's facts are kept: the digest that its bytes must have, or the identity that its storage gives it;
    what was looked for, by which code. '' for what nobody can name."""
    name = layer.diff_id if isinstance(layer, BlobLayer) else layer.identity and f"tree:{layer.identity}"
    return "\0".join((name, looked_for, cache.engine)) if name else ""


def pair_of(layer: Layer) -> str:
    """By what is kept that the bytes of one digest inflate to those of another; '' where there is but one digest. A manifest
    could name a clean layer's diff id beside another blob, and some runtimes would unpack the blob and not ask."""
    twice = isinstance(layer, BlobLayer) and layer.blob_digest not in ("", layer.diff_id)
    return f"{layer.blob_digest}\0{layer.diff_id}" if isinstance(layer, BlobLayer) and twice else ""


class Reading:
    """All layers of one image. `facts` may be asked once. A layer that lies unpacked has no digest that anybody could
    verify: it is kept only where its storage names it and promises that it stays, and else read each time. With a `mate`
    the second reader is another process (see `help_with`): most of the work is Python's, which two threads of one process
    cannot do together."""

    def __init__(
        self,
        layers: Sequence[Layer],
        read: Read,
        *,
        cache: ScanCache,
        looked_for: str,
        advance: Advance,
        mate: Mate | None = None,
    ) -> None:
        self._layers = layers
        self._read = read
        self._cache = cache
        self._looked_for = looked_for
        self._advance = advance
        self._mate = mate
        self._done: dict[int, LayerFacts | BaseException] = {}
        self._order = _order(layers)
        self._begun = 0
        self._changed = threading.Condition()
        self._stop = False
        self._alone = mate is None
        self.kept = 0

    def facts(self) -> Generator[LayerFacts, None, None]:
        """One after the other, from the lowest up. Raises what reading raises."""
        if len(self._order) < 2:
            self._mate, self._alone = None, True  # the helper sees it too, and does nothing
        before = sys.getswitchinterval()
        second = self._work if self._mate is None else self._receive
        thread = threading.Thread(target=second, daemon=True, name="second") if len(self._order) > 1 else None
        first: dict[tuple[str, str], int] = {}
        left = [_key(layer) for layer in self._layers]
        sys.setswitchinterval(_SWITCH)
        try:
            if thread is not None:
                _start(thread)
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
            if thread is not None and self._mate is None:
                thread.join()
            sys.setswitchinterval(before)

    def unread(self) -> list[int]:
        """The numbers of the layers whose facts are not kept."""
        keys = (key_of(layer, self._cache, self._looked_for) for layer in self._layers)
        return [n for n, key in enumerate(keys) if not key or self._kept(self._layers[n], key) is None]

    def _kept(self, layer: Layer, key: str) -> bytes | None:
        """The facts that are kept of a layer, if its two digests were seen to belong together."""
        pair = pair_of(layer)
        if pair and self._cache.get("pair", pair) is None:
            return None
        return self._cache.get("layer", key)

    def help_with(self, mate: Mate) -> None:
        """The other process's part: reads what the first one does not, and gives its facts."""
        self._mate = mate
        while len(self._order) > 1 and (number := self._next()) is not None:
            facts, data = self._one(self._layers[number])
            data = data or encode(facts)
            if data is not None:
                mate.give(number, data)

    def _receive(self) -> None:
        """Takes what the mate gives; what it had taken on and never gave is this process's again."""
        assert self._mate is not None  # noqa: S101 -- `facts` asked; this tells mypy
        try:
            for number, data in self._mate.given():
                found = decode(data)
                with self._changed:
                    self._done[number] = found
                    self._changed.notify_all()
                layer = self._layers[number]
                self._advance(layer.size if isinstance(layer, BlobLayer) else found.size)
        except (PeridermError, MemoryError, OSError):
            pass  # what did not arrive is read here, and what is wrong with it met again
        finally:
            with self._changed:
                self._alone = True
                self._changed.notify_all()

    def _next(self) -> int | None:
        """The number of a layer that nobody has begun."""
        if self._mate is not None:
            ticket = self._mate.ticket()
        else:
            with self._changed:
                ticket, self._begun = self._begun, self._begun + 1
        return self._order[ticket] if ticket < len(self._order) and not self._stop else None

    def _wait(self, number: int) -> LayerFacts:
        """The facts of one layer; until they are there this thread reads others."""
        more = True
        while number not in self._done:
            if more and (mine := self._next()) is not None:
                self._step(mine)
                continue
            more = False
            with self._changed:
                while number not in self._done and not (self._mate is not None and self._alone):
                    self._changed.wait()
            if number not in self._done:
                self._step(number)
        found = self._done[number]
        if isinstance(found, BaseException):
            raise found
        return found

    def _work(self) -> None:
        while (number := self._next()) is not None:
            self._step(number)

    def _step(self, number: int) -> None:
        """Reads one layer, and tells whoever waits; an error is every layer's."""
        found: LayerFacts | BaseException
        try:
            found, _ = self._one(self._layers[number])
        except BaseException as error:  # noqa: BLE001 -- handed to the thread that asked, which raises it
            found = error
        with self._changed:
            self._done[number] = found
            if isinstance(found, BaseException):
                self._begun = len(self._order)
                for other in range(len(self._layers)):
                    self._done.setdefault(other, found)
            self._changed.notify_all()

    def _one(self, layer: Layer) -> tuple[LayerFacts, bytes | None]:
        """From the cache, or read and kept; with the bytes in which it is kept, if it is."""
        key = key_of(layer, self._cache, self._looked_for)
        if not key:
            return self._read(layer, self._check), None
        data = self._kept(layer, key)
        if data is not None:
            with contextlib.suppress(FormatError):
                facts = decode(data)
                self.kept += 1
                self._advance(layer.size if isinstance(layer, BlobLayer) else facts.size)
                return facts, data
        facts = self._read(layer, self._check)
        # What could not be read in a folder depends on who reads, and on the moment.
        kept = not facts.limited and (isinstance(layer, BlobLayer) or not facts.missed)
        data = encode(facts) if kept else None
        if data is not None:
            self._cache.put("layer", key, data)
            if pair := pair_of(layer):
                self._cache.put("pair", pair, b"verified")
        return facts, data

    def _check(self, size: int) -> None:
        """Tells how far it is; ends a reader whose result nobody waits for any more."""
        if self._stop:
            raise _Abandoned
        self._advance(size)


def _start(thread: threading.Thread) -> None:
    try:
        thread.start()
    except RuntimeError:
        raise MemoryError("no room for a thread") from None


class _Abandoned(BaseException):
    """The scan is over."""


def _order(layers: Sequence[Layer]) -> list[int]:
    """Numbers of the layers, largest first: a large one that begins last would be waited for alone. The same layer twice
    is read once."""
    seen: dict[tuple[str, str], int] = {}
    for number, layer in enumerate(layers):
        seen.setdefault(_key(layer) or ("", str(number)), number)
    return sorted(seen.values(), key=lambda n: (-_size(layers[n]), n))


def _size(layer: Layer) -> int:
    return layer.size if isinstance(layer, BlobLayer) else 1 << 62


def _key(layer: Layer) -> tuple[str, str] | None:
    return (layer.diff_id, layer.blob_digest) if isinstance(layer, BlobLayer) else None


def named(parts: Sequence[str]) -> str:
    """A short name for what is looked for."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
