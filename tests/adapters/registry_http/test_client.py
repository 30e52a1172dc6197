"""Manifests, blobs and lists of registries that keep their promises, break off, lie, or have mirrors."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from periderm.adapters.registry_http import client as client_module
from periderm.formats.image_reference import parse
from periderm.model.errors import ConnectError, DeniedError, FormatError, LimitError, NotFoundError, UsageError
from periderm.model.registry import Descriptor, ImageReference, RegistryOptions
from tests.registry_servers import Asked, Client, Script, scripted

TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": TYPE, "config": {}, "layers": []}).encode()
DIGEST = "sha256:" + hashlib.sha256(MANIFEST).hexdigest()
DATA = os.urandom(200_000)
BLOB = Descriptor(media_type="", digest="sha256:" + hashlib.sha256(DATA).hexdigest(), size=len(DATA))


def give(body: bytes = MANIFEST, kind: str = TYPE, **headers: str) -> Script:
    """One answer to everything."""
    return lambda asked: asked.reply(200, body, Content_Type=kind, **headers)


def test_a_digest_by_head_alone() -> None:
    """Whoever watches many tags fetches no manifest."""
    with scripted(give(Docker_Content_Digest=DIGEST)) as server:
        assert Client().digest(parse(f"{server.host}/a:1")) == DIGEST
        assert [(m, p) for m, p, _ in server.asked if p != "/v2/"] == [("HEAD", "/v2/a/manifests/1")]


def test_a_registry_that_tells_no_digest() -> None:
    """Then it is computed."""
    with scripted(give()) as server:
        assert Client().digest(parse(f"{server.host}/a:1")) == DIGEST


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (give(Docker_Content_Digest="sha256:" + "0" * 64), "own header"),
        (give(b"<html>", "text/html"), "no JSON"),
        (give(b"[" * 50_000), "no JSON"),
        (give(b'{"schemaVersion":1}', "application/vnd.docker.distribution.manifest.v1+prettyjws"), "schema 1"),
        (give(b'{"schemaVersion":1}', "application/json"), "schema 1"),
        (give(b'{"schemaVersion":2,"manifests":[],"layers":[]}', TYPE), "two different things"),
        (give(MANIFEST, INDEX), "two different things"),
    ],
)
def test_manifests_that_are_not_believed(answer: Script, what: str) -> None:
    """Another digest than told, no JSON, the old schema, two things at once (CVE-2021-41190)."""
    with scripted(answer) as server, pytest.raises(FormatError, match=what):
        Client().manifest(parse(f"{server.host}/a:1"))


def test_a_manifest_by_digest_must_have_it() -> None:
    """Whatever else it is."""
    with scripted(give()) as server:
        client = Client()
        assert client.manifest(parse(f"{server.host}/a@{DIGEST}")).digest == DIGEST
        sha512 = "sha512:" + hashlib.sha512(MANIFEST).hexdigest()
        assert client.manifest(parse(f"{server.host}/a@{sha512}")).digest == sha512
        with pytest.raises(FormatError, match="another digest"):
            client.manifest(parse(f"{server.host}/a@sha256:{'0' * 64}"))


def test_a_manifest_is_bounded() -> None:
    """By what is promised and by what comes."""
    for length in (None, 1 << 40):

        def script(asked: Asked, length: int | None = length) -> None:
            asked.reply(200, b" " * (17 << 20) if length is None else b"", length=length, Content_Type=TYPE)

        with scripted(script) as server, pytest.raises(LimitError, match="16 MiB"):
            Client().manifest(parse(f"{server.host}/a:1"))


def ranged(asked: Asked, breaks: list[int], data: bytes = DATA) -> None:
    """The data from where it is asked for; it breaks off where the list says."""
    told = asked.headers.get("Range", "")
    begin = int(told.removeprefix("bytes=").rstrip("-")) if told else 0
    end = min(len(data), begin + breaks.pop(0)) if breaks else len(data)
    asked.send_response(206 if told else 200)
    if told:
        asked.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
    asked.send_header("Content-Length", str(len(data) - begin))
    asked.end_headers()
    asked.wfile.write(data[begin:end])
    if end < len(data):
        asked.close_connection = True


def blob_server(breaks: list[int]) -> Script:
    """Answers blobs as `ranged`, and the first look with anything."""
    return lambda asked: ranged(asked, breaks) if "blobs" in asked.path else asked.reply(200)


def test_a_blob_that_breaks_off_is_gone_on_with() -> None:
    """From where it was, again and again, as long as something comes."""
    breaks = [50_000, 10_000, 1, 30_000, 5, 70_000, 2]
    with scripted(blob_server(breaks)) as server:
        client = Client()
        assert b"".join(client.blob(parse(f"{server.host}/a"), BLOB)) == DATA
        asked = [headers.get("Range") for _, path, headers in server.asked if "blobs" in path]
    assert asked[:3] == [None, "bytes=50000-", "bytes=60000-"]
    assert "broke off" in client.told[0]


def test_a_registry_without_ranges_gives_it_all_again() -> None:
    """What is there already is skipped."""
    breaks = [70_000]

    def script(asked: Asked) -> None:
        del asked.headers["Range"]
        blob_server(breaks)(asked)

    with scripted(script) as server:
        assert b"".join(Client().blob(parse(f"{server.host}/a"), BLOB)) == DATA


def test_a_blob_that_never_comes_is_given_up() -> None:
    """After five attempts that brought nothing."""
    with scripted(blob_server([0] * 99)) as server:
        client = Client()
        with pytest.raises(ConnectError):
            list(client.blob(parse(f"{server.host}/a"), BLOB))
    assert len(client.clock.waited) == 4


def test_a_blob_that_breaks_off_without_end_is_given_up() -> None:
    """A byte each time is progress, and no download."""
    with scripted(blob_server([1] * 1000)) as server:
        client = Client()
        with pytest.raises(ConnectError):
            list(client.blob(parse(f"{server.host}/a"), BLOB))
    assert len(client.clock.waited) == client_module.MOST_BREAKS


@pytest.mark.parametrize("size", [len(DATA) - 1, len(DATA) + 1, 0, 1 << 40])
def test_sizes_that_lie(size: int) -> None:
    """More or less than the descriptor promises is not taken."""
    wrong = Descriptor(media_type="", digest=BLOB.digest, size=size)
    with scripted(blob_server([])) as server:
        client = Client()
        if size == 0:
            assert list(client.blob(parse(f"{server.host}/a"), wrong)) == []
            return
        with pytest.raises(FormatError, match="promised"):
            list(client.blob(parse(f"{server.host}/a"), wrong))


def test_an_endless_blob_ends_at_its_size() -> None:
    """Also where the server says no length."""

    def script(asked: Asked) -> None:
        asked.send_response(200)
        asked.send_header("Connection", "close")
        asked.end_headers()
        asked.close_connection = True
        if "blobs" in asked.path:
            try:
                while True:
                    asked.wfile.write(b"x" * 65536)
            except OSError:
                return

    with scripted(script) as server:
        client = Client()
        pieces = client.blob(parse(f"{server.host}/a"), BLOB)
        got: list[int] = []
        with pytest.raises(FormatError, match="more of a blob"):
            got.extend(len(piece) for piece in pieces)
    assert sum(got) <= BLOB.size


def test_another_part_than_asked_for() -> None:
    """Is not put where the right one belongs."""

    def script(asked: Asked) -> None:
        asked.reply(206, DATA[:10], Content_Range=f"bytes 0-9/{len(DATA)}")

    with scripted(script) as server, pytest.raises(FormatError, match="another part"):
        list(Client().blob(parse(f"{server.host}/a"), BLOB, 50))


def test_lists_of_many_pages() -> None:
    """Each `Link` leads on; relative and whole addresses of the same registry."""

    def script(asked: Asked) -> None:
        page = int(asked.path.rpartition("p=")[2]) if "p=" in asked.path else 0
        base = server.url if page % 2 else ""
        link = {"Link": f'<{base}/v2/a/tags/list?p={page + 1}>; rel="next"'} if page < 3 else {}
        asked.reply(200, json.dumps({"tags": [f"t{page}"]}).encode(), **link)

    with scripted(script) as server:
        # The registry speaks plain HTTP; its own links say so, and are taken for the same server.
        assert list(Client().tags(parse(f"{server.host}/a"))) == ["t0", "t1", "t2", "t3"]


@pytest.mark.parametrize(
    "link",
    ["https://evil.example/v2/x", "//evil.example/v2/x", "/other", "http://[", "/v2/\u00e9", "/v2/a b", "/v2/" + "a" * 9000],
)
def test_lists_go_on_nowhere_else(link: str) -> None:
    """Another server is not asked for the rest, nor what is no address."""
    answer = give(b'{"tags":["a"]}', "application/json", Link=f'<{link.encode().decode("latin-1")}>; rel="next"')
    with scripted(answer) as server, pytest.raises(FormatError):
        Client().tags(parse(f"{server.host}/a"))


def test_endless_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same page again, always another one, or too many names."""
    monkeypatch.setattr(client_module, "MOST_PAGES", 20)
    monkeypatch.setattr(client_module, "MOST_NAMES", 500)

    def same(asked: Asked) -> None:
        asked.reply(200, b'{"tags":["a"]}', Link='</v2/a/tags/list?n=1>; rel="next"')

    def new(asked: Asked) -> None:
        asked.reply(200, b'{"tags":["a"]}', Link=f'<{asked.path}0>; rel="next"')

    for answer in (same, new, give(json.dumps({"tags": ["t"] * 501}).encode())):
        with scripted(answer) as server, pytest.raises(LimitError):
            Client().tags(parse(f"{server.host}/a"))


def test_a_registry_without_a_catalogue() -> None:
    """Is asked in vain, and that is said."""

    def script(asked: Asked) -> None:
        asked.reply(404)

    with scripted(script) as server, pytest.raises(UsageError, match="no list"):
        Client().repositories(server.host)


def test_referrers_by_the_api() -> None:
    """Filtered here too: not every registry filters."""
    entries = [{"mediaType": TYPE, "digest": DIGEST, "size": 1, "artifactType": kind} for kind in ("a/sig", "a/sbom")]
    with scripted(give(json.dumps({"schemaVersion": 2, "manifests": entries}).encode(), INDEX)) as server:
        found = Client().referrers(parse(f"{server.host}/a@{DIGEST}"), "a/sig")
        assert [d.artifact_type for d in found] == ["a/sig"]
        assert server.paths() == [f"/v2/a/referrers/{DIGEST}?artifactType=a%2Fsig"]


def test_mirrors_are_asked_first_and_passed_over(tmp_path: Path) -> None:
    """One that is away, one that does not have it, one that lies: the registry itself answers."""
    conf = tmp_path / "registries.conf"

    def missing(asked: Asked) -> None:
        asked.reply(404)

    with scripted(missing) as empty, scripted(give(b"lies", "text/plain")) as liar, scripted(give()) as server:
        mirrors = "".join(f'[[registry.mirror]]\nlocation="{host}"\n' for host in ("127.0.0.1:1", empty.host, liar.host))
        conf.write_text(f'[[registry]]\nlocation="{server.host}"\n{mirrors}')
        assert Client(conf=conf).manifest(parse(f"{server.host}/a:1")).data == MANIFEST
        assert empty.paths() == liar.paths() == server.paths() == ["/v2/a/manifests/1"]
        empty.asked.clear()
        alone = Client(conf=conf, options=RegistryOptions(mirrors=False))
        assert alone.manifest(parse(f"{server.host}/a:1")).data == MANIFEST
        assert empty.asked == []


def test_a_mirror_answers_for_a_registry_that_is_away(tmp_path: Path) -> None:
    """The registry is not asked at all; its name stays what the person wrote."""
    with scripted(give()) as mirror:
        conf = tmp_path / "registries.conf"
        conf.write_text(f'[[registry]]\nlocation="127.0.0.1:1"\n[[registry.mirror]]\nlocation="{mirror.host}/cache"\n')
        client = Client(conf=conf)
        assert client.manifest(parse("127.0.0.1:1/a:1")).data == MANIFEST
        assert mirror.paths() == ["/v2/cache/a/manifests/1"]
        with pytest.raises(ConnectError):
            client.manifest(parse("127.0.0.2:1/a:1"))


def test_a_blob_from_the_next_place(tmp_path: Path) -> None:
    """A mirror without it; one that breaks off in the middle is not followed by another."""

    def missing(asked: Asked) -> None:
        asked.reply(404)

    with scripted(missing) as empty, scripted(blob_server([])) as server:
        conf = tmp_path / "registries.conf"
        conf.write_text(f'[[registry]]\nlocation="{server.host}"\n[[registry.mirror]]\nlocation="{empty.host}"\n')
        assert b"".join(Client(conf=conf).blob(parse(f"{server.host}/a"), BLOB)) == DATA


def test_blocked_registries_are_not_asked(tmp_path: Path) -> None:
    """Neither for manifests nor for tags."""
    with scripted(give()) as server:
        conf = tmp_path / "registries.conf"
        conf.write_text(f'[[registry]]\nlocation="{server.host}"\nblocked=true\n')
        client = Client(conf=conf)
        for ask in (client.manifest, client.tags, client.digest):
            with pytest.raises(DeniedError, match="blocked"):
                ask(parse(f"{server.host}/a:1"))
        assert server.asked == []


@pytest.mark.parametrize("tag", ["../../x", "a/b", "a?b", "a\r\nX: y", "\x1b[31m", "a b"])
def test_names_that_are_none_are_not_asked_for(tag: str) -> None:
    """A registry's own list of tags is foreign, too."""
    with scripted(give()) as server:
        with pytest.raises(UsageError):
            Client().digest(ImageReference(registry=server.host, repository="a", tag=tag))
        assert server.asked == []


def test_connections_are_kept() -> None:
    """Many questions, few handshakes."""
    seen: set[object] = set()

    def script(asked: Asked) -> None:
        seen.add(asked.client_address)
        asked.reply(200, MANIFEST, Content_Type=TYPE)

    with scripted(script) as server:
        client = Client()
        for _ in range(20):
            client.manifest(parse(f"{server.host}/a:1"))
        client.wire.close()
    assert len(seen) <= 3


def test_a_missing_manifest_names_what_was_asked_for() -> None:
    """With what the registry says of it."""

    def script(asked: Asked) -> None:
        asked.reply(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}')

    with scripted(script) as server, pytest.raises(NotFoundError, match="MANIFEST_UNKNOWN"):
        Client().manifest(parse(f"{server.host}/team/app:1"))
