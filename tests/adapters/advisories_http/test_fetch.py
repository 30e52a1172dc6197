"""Feeds over HTTPS: whole and checked, or not at all; resumed, not fetched twice, and never led astray."""

from __future__ import annotations

import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.advisories_http.fetch import HttpFetcher
from periderm.adapters.advisories_http.route import Route
from periderm.model.advisory_feeds import FeedFile
from periderm.model.errors import AdvisoryError, UsageError
from tests.adapters.advisories_http.serving import Handler, Server, authority
from tests.ports.plugs import CountingClock

DATA = os.urandom(1 << 16) * 8


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An authority and a server's certificate."""
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def server(certificates: tuple[Path, Path]) -> Iterator[Server]:
    """The server with one file."""
    running = Server(certificates[1])
    running.files["/feed.json"] = DATA
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture
def fetcher(server: Server, certificates: tuple[Path, Path]) -> HttpFetcher:
    """A fetcher that trusts the authority."""
    return made(server, certificates)


def made(server: Server, certificates: tuple[Path, Path], *, mirror: str = "", environment: dict[str, str] | None = None,
         **more: object) -> HttpFetcher:  # fmt: skip
    """A fetcher of one feed; `more` are fields of its file."""
    file = FeedFile(**{"name": "feed.json", "url": f"{server.url}/feed.json", "most": 1 << 20, **more})  # type: ignore[arg-type]
    route = Route(ca_file=str(certificates[0]), environment=environment or {}, timeout=180.0)
    return HttpFetcher({"feed": [file]}, CountingClock(), mirror=mirror, route=route)


def fetched(fetcher: HttpFetcher, folder: Path) -> bytes:
    """The bytes of the feed."""
    (path,) = fetcher.fetch(["feed"], str(folder))
    return Path(path).read_bytes()


def paths(server: Server) -> list[str]:
    """What was asked for."""
    return [path for path, _ in server.asked]


def test_a_file(server: Server, fetcher: HttpFetcher, tmp_path: Path) -> None:
    """It arrives whole, and no part stays beside it."""
    assert fetched(fetcher, tmp_path / "new") == DATA
    assert sorted(os.listdir(tmp_path / "new")) == ["feed.json", "feed.json.from"]


def test_what_did_not_change(server: Server, fetcher: HttpFetcher, tmp_path: Path) -> None:
    """It is asked for with what is known of it, and not sent again; a change is."""
    fetched(fetcher, tmp_path)
    assert fetched(fetcher, tmp_path) == DATA
    assert "If-None-Match" in server.asked[-1][1]
    server.files["/feed.json"] = b"new"
    assert fetched(fetcher, tmp_path) == b"new"


def test_what_was_changed_here(server: Server, fetcher: HttpFetcher, tmp_path: Path) -> None:
    """A file that lost bytes on this disk is fetched again."""
    fetched(fetcher, tmp_path)
    (tmp_path / "feed.json").write_bytes(b"cut")
    assert fetched(fetcher, tmp_path) == DATA


def broken(handler: Handler) -> None:
    """A transfer that ends in the middle."""
    handler.reply(200, DATA[:100_000], length=len(DATA), ETag=f'"{hash(DATA)}"')


def test_a_transfer_that_breaks_off(server: Server, fetcher: HttpFetcher, tmp_path: Path) -> None:
    """The rest is asked for, and the whole is right."""
    server.answers["/feed.json"] = [broken]
    assert fetched(fetcher, tmp_path) == DATA
    assert server.asked[1][1]["Range"] == "bytes=100000-"


def test_resumed_by_the_next_run(server: Server, certificates: tuple[Path, Path], tmp_path: Path) -> None:
    """What arrived is kept when all attempts fail, and the next run goes on from there."""
    server.answers["/feed.json"] = [broken] + [lambda h: h.reply(503, b"busy")] * 4
    with pytest.raises(AdvisoryError, match=r"feed\.json cannot be fetched"):
        fetched(made(server, certificates), tmp_path)
    assert "feed.json" not in os.listdir(tmp_path)
    assert fetched(made(server, certificates), tmp_path) == DATA
    assert server.asked[-1][1]["Range"] == "bytes=100000-"


def test_a_part_of_something_else(server: Server, fetcher: HttpFetcher, tmp_path: Path) -> None:
    """If the feed changed meanwhile, the part is thrown away, however the server says so."""
    server.answers["/feed.json"] = [broken, lambda h: h.reply(416, b"")]
    assert fetched(fetcher, tmp_path) == DATA
    server.files["/feed.json"] = b"other"
    server.answers["/feed.json"] = [broken]
    assert fetched(fetcher, tmp_path) == b"other"


def test_the_wrong_part(server: Server, fetcher: HttpFetcher, tmp_path: Path) -> None:
    """A server that answers another place than was asked for is refused."""
    server.answers["/feed.json"] = [broken, lambda h: h.reply(206, b"x" * 10, Content_Range="bytes 5-14/100")]
    with pytest.raises(AdvisoryError, match="another part"):
        fetched(fetcher, tmp_path)


def test_too_large(server: Server, certificates: tuple[Path, Path], tmp_path: Path) -> None:
    """Beyond the limit nothing is taken, whether the server says its size or not."""
    small = made(server, certificates, most=1000)
    with pytest.raises(AdvisoryError, match="would have more"):
        fetched(small, tmp_path)

    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        handler.wfile.write(DATA)

    server.answers["/feed.json"] = [endless]
    with pytest.raises(AdvisoryError, match="has more"):
        fetched(small, tmp_path)
    assert "feed.json" not in os.listdir(tmp_path)


def test_digests(server: Server, certificates: tuple[Path, Path], tmp_path: Path) -> None:
    """A published sha256 decides; what does not fit is thrown away and never in force."""
    server.files["/feed.sha256"] = hashlib.sha256(DATA).hexdigest().encode() + b"  feed.json\n"
    fetcher = made(server, certificates, digest=f"{server.url}/feed.sha256")
    assert fetched(fetcher, tmp_path) == DATA
    assert fetched(fetcher, tmp_path) == DATA
    assert paths(server).count("/feed.json") == 1
    server.files["/feed.json"] = DATA[::-1]
    server.files["/feed.sha256"] = b"0" * 64
    with pytest.raises(AdvisoryError, match="not what its publisher says"):
        fetched(fetcher, tmp_path)
    assert (tmp_path / "feed.json").read_bytes() == DATA
    server.files["/feed.sha256"] = b"nothing"
    with pytest.raises(AdvisoryError, match="no sha256"):
        fetched(fetcher, tmp_path)


def test_mirrors(server: Server, certificates: tuple[Path, Path], tmp_path: Path) -> None:
    """One address for all feeds; its digests are compared where it has them."""
    server.files["/m/feed.json"] = b"mirrored"
    mirror = made(server, certificates, mirror=f"{server.url}/m/", url="https://never.invalid/", pointer=True)
    assert fetched(mirror, tmp_path) == b"mirrored"
    server.files["/m/feed.json.sha256"] = b"0" * 64
    server.files["/m/feed.json"] = b"changed"
    with pytest.raises(AdvisoryError, match="not what its publisher says"):
        fetched(mirror, tmp_path)


def test_pointers(server: Server, certificates: tuple[Path, Path], tmp_path: Path) -> None:
    """A text that names today's file, relative to itself."""
    server.files["/v/latest.txt"] = b"feed_2026.json\n"
    server.files["/v/feed_2026.json"] = b"today"
    assert fetched(made(server, certificates, url=f"{server.url}/v/latest.txt", pointer=True), tmp_path) == b"today"
    server.files["/v/latest.txt"] = b"x" * (1 << 17)
    with pytest.raises(AdvisoryError, match="short text"):
        fetched(made(server, certificates, url=f"{server.url}/v/latest.txt", pointer=True), tmp_path)


def test_redirects(server: Server, fetcher: HttpFetcher, tmp_path: Path) -> None:
    """Followed to https; not in circles, and not to the clear."""
    server.files["/moved"] = b"moved"
    server.answers["/feed.json"] = [lambda h: h.reply(302, b"", Location="/moved")]
    assert fetched(fetcher, tmp_path) == b"moved"
    server.answers["/feed.json"] = [lambda h: h.reply(301, b"", Location="/feed.json")] * 20
    with pytest.raises(AdvisoryError, match="without end"):
        fetched(fetcher, tmp_path)
    server.answers["/feed.json"] = [lambda h: h.reply(307, b"", Location="http://a.example/feed.json")]
    with pytest.raises(AdvisoryError, match="not secure"):
        fetched(fetcher, tmp_path)
    server.answers["/feed.json"] = [lambda h: h.reply(307, b"", Location="file:///etc/passwd")]
    with pytest.raises((AdvisoryError, UsageError)):
        fetched(fetcher, tmp_path)


@pytest.mark.parametrize(("status", "words"), [(404, "not there"), (403, "refused"), (401, "refused"), (200, "")])
def test_statuses(server: Server, fetcher: HttpFetcher, tmp_path: Path, status: int, words: str) -> None:
    """What will not change is told at once."""
    server.answers["/feed.json"] = [lambda h: h.reply(status, b"x")]
    if not words:
        assert fetched(fetcher, tmp_path) == b"x"
        return
    with pytest.raises(AdvisoryError, match=words):
        fetched(fetcher, tmp_path)
    assert paths(server) == ["/feed.json"]


def test_an_authority_that_nobody_trusts(server: Server, tmp_path: Path) -> None:
    """Without our authority's certificate nothing is fetched."""
    file = FeedFile(name="feed.json", url=f"{server.url}/feed.json")
    fetcher = HttpFetcher({"feed": [file]}, CountingClock(), route=Route(environment={}, timeout=180.0))
    with pytest.raises(AdvisoryError, match=r"(?i)certificate"):
        fetcher.fetch(["feed"], str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_through_a_proxy(server: Server, certificates: tuple[Path, Path], tmp_path: Path) -> None:
    """The way is asked for with CONNECT, and the server's certificate still decides."""
    asked: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def pipe(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                target.sendall(data)
        except OSError:
            return

    def serve() -> None:
        client, _ = listening.accept()
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        asked.append(head)
        port = int(head.split(b" ")[1].rpartition(b":")[2])
        upstream = socket.create_connection(("127.0.0.1", port))
        client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        threading.Thread(target=pipe, args=(client, upstream), daemon=True).start()
        pipe(upstream, client)
        upstream.close()
        client.close()

    threading.Thread(target=serve, daemon=True).start()
    environment = {"HTTPS_PROXY": f"http://user:pass@127.0.0.1:{listening.getsockname()[1]}"}
    assert fetched(made(server, certificates, environment=environment), tmp_path) == DATA
    listening.close()
    assert asked[0].startswith(f"CONNECT 127.0.0.1:{server.server_address[1]} ".encode())
    assert b"Proxy-Authorization: Basic dXNlcjpwYXNz" in asked[0]


def test_nobody_answers(certificates: tuple[Path, Path], tmp_path: Path) -> None:
    """A closed port is told after a few attempts, with what to check."""
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    file = FeedFile(name="feed.json", url=f"https://127.0.0.1:{port}/feed.json")
    fetcher = HttpFetcher({"feed": [file]}, CountingClock(), route=Route(ca_file=str(certificates[0]), environment={}))
    with pytest.raises(AdvisoryError) as told:
        fetcher.fetch(["feed"], str(tmp_path))
    assert "proxy" in told.value.next_step


def test_unknown_feeds(fetcher: HttpFetcher, tmp_path: Path) -> None:
    """The known ones are named."""
    with pytest.raises(UsageError, match="nonsense") as told:
        fetcher.fetch(["feed", "nonsense"], str(tmp_path))
    assert "feed" in told.value.next_step
