"""`ports.advisories.AdvisoryFetcher`: gets feeds over HTTPS. A file is in the folder whole and checked, or not at all.

What broke off is resumed (RFC 9110, 14: `Range` with `If-Range`), what did not change is not fetched again (ETag,
Last-Modified). Redirects lead to https only; addresses on loopback may be plain http, for tests and local mirrors.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import urljoin

import msgspec

from periderm.adapters.advisories_http.route import Route, is_loopback, split
from periderm.model.advisory_feeds import FeedFile
from periderm.model.errors import AdvisoryError, UsageError
from periderm.ports.clock import Clock

MOST_SMALL = 64 << 10  # a pointer or a digest
_REDIRECTS = 5
_ATTEMPTS = 5
_BACK_OFF = (1.0, 2.0, 4.0, 8.0)  # seconds
_PIECE = 256 << 10
_HEX = re.compile(r"\b[0-9a-fA-F]{64}\b")
_AGAIN = "Check the network, the proxy (HTTPS_PROXY) and the mirror; what arrived is kept and resumed."
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})

Progress = Callable[[str, float | None], None]


class _Kept(msgspec.Struct):
    """What is remembered beside a file: where it came from and its validators; `size` when whole, 0 while it is not."""

    url: str = ""
    etag: str = ""
    modified: str = ""
    size: int = 0
    sha256: str = ""


class _BrokenOffError(Exception):
    """A transfer ended too early, or the server is busy: try again."""


class HttpFetcher:
    """Fetches the named feeds. `mirror` replaces each feed's own address: BASE/NAME-OF-THE-FILE."""

    def __init__(
        self,
        feeds: Mapping[str, Sequence[FeedFile]],
        clock: Clock,
        *,
        mirror: str = "",
        route: Route | None = None,
        progress: Progress = lambda _text, _done: None,
    ) -> None:
        self._feeds = feeds
        self._clock = clock
        self._mirror = mirror.rstrip("/")
        self._route = route or Route()
        self._progress = progress
        if mirror:
            split(mirror)

    def fetch(self, feeds: Sequence[str], folder: str) -> Sequence[str]:
        """Paths of the files of the named feeds. Raises UsageError for an unknown feed, AdvisoryError for all that goes
        wrong on the way."""
        unknown = [name for name in feeds if name not in self._feeds]
        if unknown:
            raise UsageError(f"There is no feed {', '.join(unknown)}.", f"Feeds: {', '.join(sorted(self._feeds))}.")
        try:
            os.makedirs(folder, mode=0o755, exist_ok=True)
            return [self._file(file, folder) for name in feeds for file in self._feeds[name]]
        except OSError as error:
            raise AdvisoryError(
                f"{folder} cannot be written: {error.strerror}.", "Name another folder with --cache."
            ) from error

    def _file(self, file: FeedFile, folder: str) -> str:
        path = os.path.join(folder, file.name)
        url = f"{self._mirror}/{file.name}" if self._mirror else file.url
        if file.pointer and not self._mirror:
            url = urljoin(url, self._small(url).split(maxsplit=1)[0])
        wanted = self._wanted(f"{url}.sha256" if self._mirror else file.digest)
        kept = _remembered(path)
        if kept.url != url:
            _forget(path)
            kept = _Kept(url=url)
        if wanted and kept.size and kept.sha256 == wanted and os.path.exists(path):
            return path
        self._retried(lambda: self._transfer(file, path, kept, wanted), file.name)
        return path

    def _wanted(self, url: str) -> str:
        """The sha256 that is published for a file, '' if none is. A mirror without digests answers 404."""
        if not url:
            return ""
        try:
            text = self._small(url)
        except AdvisoryError as error:
            if self._mirror and "404" in error.what:
                return ""
            raise
        match = _HEX.search(text)
        if match is None:
            raise AdvisoryError(f"{url} holds no sha256.", "Check the mirror.")
        return match.group().lower()

    def _small(self, url: str) -> str:
        """A short text. Raises AdvisoryError if it is none."""
        held: list[str] = []

        def take() -> None:
            with self._answer(url, {}) as (response, _):
                if response.status != 200:
                    _refuse(url, response.status)
                data = response.read(MOST_SMALL + 1)
            if not data.strip() or len(data) > MOST_SMALL:
                raise AdvisoryError(f"{url} is not the short text that it should be.", "Check the mirror.")
            held.append(data.decode("utf-8", "replace"))

        self._retried(take, url)
        return held[0]

    def _retried(self, action: Callable[[], None], what: str) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                action()
                return
            except (_BrokenOffError, OSError, http.client.HTTPException) as error:
                if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
                    raise  # the disk, not the network
                last = error
            if attempt < _ATTEMPTS - 1:
                self._clock.sleep(_BACK_OFF[attempt])
        why = "it did not answer in time" if isinstance(last, TimeoutError) else str(last) or type(last).__name__
        raise AdvisoryError(f"{what} cannot be fetched: {why}.", _AGAIN) from last

    def _transfer(self, file: FeedFile, path: str, kept: _Kept, wanted: str) -> None:
        """One attempt: asks for what is missing, appends it, and puts the file in its place when it is whole."""
        part = f"{path}.part"
        have = os.path.getsize(part) if os.path.exists(part) and not kept.size and (kept.etag or kept.modified) else 0
        with self._answer(kept.url, _questions(path, kept, have)) as (response, _):
            if response.status == 304:
                return
            if response.status == 416:
                _forget(path)
                kept.etag = kept.modified = ""
                raise _BrokenOffError("the part that was kept does not fit any more")
            if response.status not in (200, 206):
                _refuse(kept.url, response.status)
            begin = have if response.status == 206 else 0
            if begin:
                _same_place(response, begin, kept.url)
            kept.etag, kept.modified = response.getheader("ETag", ""), response.getheader("Last-Modified", "")
            kept.size, kept.sha256 = 0, ""
            _remember(path, kept)
            self._receive(response, part, begin, file)
        kept.sha256 = _digest(part)
        if wanted and kept.sha256 != wanted:
            _forget(path)
            raise AdvisoryError(
                f"{file.name} is not what its publisher says: its sha256 is {kept.sha256[:16]}… and not {wanted[:16]}….",
                "Fetch it again; if it stays so, do not trust the mirror.",
            )
        kept.size = os.path.getsize(part)
        os.replace(part, path)
        _remember(path, kept)

    def _receive(self, response: http.client.HTTPResponse, part: str, begin: int, file: FeedFile) -> None:
        length = response.length  # what is still to come; None if the server does not say
        if begin + (length or 0) > file.most:
            raise AdvisoryError(f"{file.name} would have more than {file.most >> 20} MiB.", "Check the mirror.")
        given = begin
        with open(part, "r+b" if begin else "wb") as target:
            target.seek(begin)
            target.truncate()
            while piece := response.read(_PIECE):
                given += len(piece)
                if given > file.most:
                    raise AdvisoryError(f"{file.name} has more than {file.most >> 20} MiB.", "Check the mirror.")
                target.write(piece)
                self._progress(file.name, given / (begin + length) if length else None)
            target.flush()
            os.fsync(target.fileno())
        if length is not None and given < begin + length:
            raise _BrokenOffError(f"the transfer broke off after {given} bytes")

    @contextlib.contextmanager
    def _answer(self, url: str, headers: Mapping[str, str]) -> Iterator[tuple[http.client.HTTPResponse, str]]:
        """The answer at the end of all redirects, and its address."""
        for _ in range(_REDIRECTS + 1):
            connection, target = self._route.open(url)
            try:
                connection.request("GET", target, headers={"User-Agent": "periderm", "Accept-Encoding": "identity", **headers})
                response = connection.getresponse()
                if response.status not in _MOVED:
                    if response.status in _TRANSIENT:
                        raise _BrokenOffError(f"the server answered {response.status}")
                    yield response, url
                    return
                following = urljoin(url, response.getheader("Location", ""))
            finally:
                connection.close()
            if following.startswith("http:") and not (is_loopback(following) and is_loopback(url)):
                raise AdvisoryError(f"{url} leads to {following}, which is not secure.", "Check the mirror.")
            url = following
        raise AdvisoryError(f"{url} leads from one address to the next without end.", "Check the mirror.")


def _questions(path: str, kept: _Kept, have: int) -> dict[str, str]:
    """Headers: only the rest of a part, or only if the whole has changed."""
    if have:
        return {"Range": f"bytes={have}-", "If-Range": kept.etag or kept.modified}
    if kept.size and os.path.exists(path) and os.path.getsize(path) == kept.size:
        asked = {"If-None-Match": kept.etag, "If-Modified-Since": kept.modified}
        return {name: value for name, value in asked.items() if value}
    return {}


def _same_place(response: http.client.HTTPResponse, begin: int, url: str) -> None:
    if not response.getheader("Content-Range", "").startswith(f"bytes {begin}-"):
        raise AdvisoryError(f"{url} answered another part than was asked for.", "Check the mirror.")


def _refuse(url: str, status: int) -> None:
    why = "is not there (404)" if status == 404 else f"is refused ({status})"
    raise AdvisoryError(f"{url} {why}.", "Check the address, or name a mirror with --mirror.")


def _digest(path: str) -> str:
    whole = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            whole.update(piece)
    return whole.hexdigest()


def _remembered(path: str) -> _Kept:
    try:
        with open(f"{path}.from", "rb") as file:
            return msgspec.json.decode(file.read(MOST_SMALL), type=_Kept)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Kept()


def _remember(path: str, kept: _Kept) -> None:
    fresh = f"{path}.from.new"
    with open(fresh, "wb") as file:
        file.write(msgspec.json.encode(kept))
    os.replace(fresh, f"{path}.from")


def _forget(path: str) -> None:
    for name in (f"{path}.part", f"{path}.from"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
