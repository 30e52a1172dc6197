"""A registry, honest or hostile, cannot make this machine ask what it should not, wait for ever, or give secrets away."""

from __future__ import annotations

import contextlib
import email.utils
from pathlib import Path

import pytest

from periderm.adapters.registry_http import asking, line
from periderm.adapters.registry_http.trust import Trust
from periderm.formats.image_reference import parse
from periderm.model.errors import ConnectError, DeniedError, FormatError, LimitError, NotFoundError
from periderm.model.registry import Credentials, RegistryOptions
from tests.adapters.advisories_http.serving import authority
from tests.registry_servers import Asked, Client, Script, scripted

MANIFEST = b'{"schemaVersion":2,"config":{},"layers":[]}'
WORD = "made-" + "up"


def manifest(asked: Asked) -> None:
    """An honest answer."""
    asked.reply(200, MANIFEST, Content_Type="application/vnd.oci.image.manifest.v1+json")


def first(*answers: Script) -> Script:
    """Those in turn, and then the honest one. The look whether it speaks TLS does not count."""
    left = list(answers)

    def script(asked: Asked) -> None:
        (left.pop(0) if left and asked.path != "/v2/" else manifest)(asked)

    return script


def status(code: int, **headers: str) -> Script:
    """An answer without a body."""
    return lambda asked: asked.reply(code, b"", **headers)


def forever(asked: Asked) -> None:
    """A redirect to itself."""
    asked.reply(302, b"", Location=asked.path + "x")


def test_busy_servers_are_asked_again_later() -> None:
    """With growing waits, and what is waited for is told."""
    with scripted(first(status(503), status(429, Retry_After="7"), status(502))) as server:
        client = Client()
        assert client.manifest(parse(f"{server.host}/a")).data == MANIFEST
    assert client.clock.waited == [1.0, 7.0, 4.0]
    assert "its limit of requests is reached; asking again in 7 s" in client.told[1]


def test_retry_after_may_be_a_date() -> None:
    """RFC 9110, 10.2.3."""
    client = Client()
    when = email.utils.formatdate(client.clock.now() / 1e9 + 30, usegmt=True)
    with scripted(first(status(429, Retry_After=when))) as server:
        client.manifest(parse(f"{server.host}/a"))
    (waited,) = client.clock.waited
    assert 28 <= waited <= 30


@pytest.mark.parametrize("told", ["86400", "9" * 200, "soon", "-5"])
def test_waits_are_bounded(told: str) -> None:
    """A registry that asks for a day is told of, and nonsense counts as nothing."""
    with scripted(first(*[status(429, Retry_After=told)] * 9)) as server:
        client = Client()
        with pytest.raises(ConnectError):
            client.manifest(parse(f"{server.host}/a"))
    assert sum(client.clock.waited) <= 5 * asking.LONGEST_WAIT


def test_a_server_that_stays_busy_is_given_up() -> None:
    """After five attempts."""
    with scripted(first(*[status(500)] * 9)) as server:
        client = Client()
        with pytest.raises(ConnectError, match="answers 500"):
            client.manifest(parse(f"{server.host}/a"))
        assert len(server.paths()) == asking.ATTEMPTS


def test_nobody_there() -> None:
    """Is said, with what to look at."""
    with pytest.raises(ConnectError, match="refused") as caught:
        Client().manifest(parse("127.0.0.1:1/a"))
    assert "HTTPS_PROXY" in caught.value.next_step


def test_redirects_are_followed_and_authorization_stays() -> None:
    """The storage behind a registry gets no password; back at the registry it would."""
    with scripted(manifest) as storage:

        def script(asked: Asked) -> None:
            if asked.headers.get("Authorization", "").startswith("Basic "):
                asked.reply(307, b"", Location=f"{storage.url}/signed?key=1")
            else:
                asked.reply(401, b"", WWW_Authenticate="Basic realm=x")

        with scripted(script) as server:
            client = Client(lambda _registry, _repository: Credentials("u", WORD))
            assert client.manifest(parse(f"{server.host}/a")).data == MANIFEST
    ((_, path, headers),) = storage.asked
    assert path == "/signed?key=1"
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    ("location", "what"),
    [
        ("http://169.254.169.254/latest/meta-data/", "without encryption|inner network"),
        ("http://[fd00:ec2::254]/x", "without encryption|inner network"),
        ("https://169.254.169.254/x", "inner network"),
        ("https://[::ffff:169.254.169.254]/x", "inner network"),
        ("https://0.0.0.0/x", "inner network"),
        ("http://8.8.8.8/x", "without encryption"),
        ("file:///etc/passwd", "no address"),
        ("gopher://127.0.0.1/x", "no address"),
        ("http://", "no address|without end"),
        ("https://a b/", "no address"),
        ("https://" + "a" * 9000, "no address"),
        ("https://[::1/", "no address"),
    ],
)
def test_redirects_into_inner_networks_and_elsewhere_are_refused(location: str, what: str) -> None:
    """Metadata services, plain addresses, other schemes: nothing of it is asked."""
    with scripted(first(*[status(302, Location=location)] * 9)) as server, pytest.raises(FormatError, match=what):
        Client().manifest(parse(f"{server.host}/a"))


@pytest.mark.parametrize("location", ["http://169.254.169.254/latest", "http://[fe80::1]/x", "http://[::ffff:169.254.1.1]/"])
def test_an_insecure_registry_leads_inwards_no_more_than_others(location: str) -> None:
    """That its own connection needs no protection says nothing of where it may lead."""
    with scripted(first(*[status(302, Location=location)] * 9)) as server:
        client = Client(options=RegistryOptions(insecure=(server.host,)))
        with pytest.raises(FormatError, match="inner network"):
            client.manifest(parse(f"{server.host}/a"))


def test_a_redirect_that_the_user_allowed() -> None:
    """By its host; it is then asked, wherever it lies."""
    with scripted(first(*[status(302, Location="https://169.254.0.7:1/x")] * 9)) as server:
        client = Client(options=RegistryOptions(redirects=("169.254.0.7",)))
        with pytest.raises(ConnectError):
            client.manifest(parse(f"{server.host}/a"))


def test_redirects_without_end() -> None:
    """Are counted."""
    with scripted(forever) as server, pytest.raises(FormatError, match="without end"):
        Client().manifest(parse(f"{server.host}/a"))
    assert len(server.paths()) == asking.REDIRECTS + 1


def _endless(asked: Asked) -> None:
    asked.send_response(200)
    asked.send_header("Transfer-Encoding", "chunked")
    asked.end_headers()
    with contextlib.suppress(OSError):
        while True:
            asked.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def _promised(asked: Asked) -> None:
    asked.send_response(200)
    asked.send_header("Content-Length", str(1 << 50))
    asked.end_headers()


def _long_header(asked: Asked) -> None:
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"a" * (1 << 20) + b"\r\n\r\n")


def _many_headers(asked: Asked) -> None:
    asked.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 5000 + b"\r\n")


def _nonsense(asked: Asked) -> None:
    asked.wfile.write(b"\0\xff" * 100)
    asked.close_connection = True


def _negative(asked: Asked) -> None:
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")
    asked.close_connection = True


def _bad_chunks(asked: Asked) -> None:
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n")
    asked.close_connection = True


@pytest.mark.parametrize(
    "script", [_endless, _promised, _long_header, _many_headers, _nonsense, _negative, _bad_chunks], ids=lambda s: s.__name__
)
def test_answers_that_no_registry_gives(script: Script) -> None:
    """Endless, promised without end, absurd heads, no HTTP at all: an error each, and bounded memory."""

    def answer(asked: Asked) -> None:
        (script if asked.path != "/v2/" else manifest)(asked)

    with scripted(answer) as server, pytest.raises((FormatError, LimitError, ConnectError)):
        Client().manifest(parse(f"{server.host}/a"))


def _drip(asked: Asked) -> None:
    """A head of which a line comes now and then, and never the end."""
    asked.wfile.write(b"HTTP/1.1 200 OK\r\n")
    with contextlib.suppress(OSError):
        for number in range(10**6):
            asked.wfile.write(f"X-{number}: y\r\n".encode())
            if asked.server.stop.wait(0.02):  # type: ignore[attr-defined] # set by the test
                return


def _slow_body(asked: Asked) -> None:
    """A body of which a byte comes now and then."""
    asked.send_response(200)
    asked.send_header("Content-Length", "100000")
    asked.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(10**6):
            asked.wfile.write(b"x")
            if asked.server.stop.wait(0.02):  # type: ignore[attr-defined] # set by the test
                return


@pytest.mark.parametrize("script", [_drip, _slow_body], ids=lambda s: s.__name__)
def test_servers_that_drip_are_given_up(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then does not keep a scan for ever: the whole head and the average of the body are bounded."""
    import threading

    monkeypatch.setattr(line, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(line, "GRACE_SECONDS", 0.3)

    def answer(asked: Asked) -> None:
        (script if asked.path != "/v2/" else manifest)(asked)

    with scripted(answer) as server:
        server.stop = threading.Event()
        with pytest.raises(ConnectError):
            Client().manifest(parse(f"{server.host}/a"))
        server.stop.set()


def test_a_token_server_elsewhere_gets_no_password() -> None:
    """It is asked only if the user said so; an address of a metadata service not even then for nobody."""
    with scripted(manifest) as thief:
        told = f'Bearer realm="{thief.url.replace("127.0.0.1", "127.0.0.2")}/t",service="s"'
        with scripted(first(*[status(401, WWW_Authenticate=told)] * 9)) as server:
            with pytest.raises(DeniedError, match=r"127\.0\.0\.2"):
                Client(lambda _r, _p: Credentials("u", WORD)).manifest(parse(f"{server.host}/a"))
            assert thief.asked == []
    told = 'Bearer realm="https://169.254.169.254/t",service="s"'
    answer = first(*[status(401, WWW_Authenticate=told)] * 9)
    with scripted(answer) as server, pytest.raises(FormatError, match="inner network"):
        Client().manifest(parse(f"{server.host}/a"))


def test_a_token_servers_redirect_is_not_followed() -> None:
    """Credentials went with the question."""
    with scripted(manifest) as thief, scripted(status(307, Location=f"{thief.url}/x")) as tokens:
        told = f'Bearer realm="{tokens.url}/t",service="s"'
        answer = first(*[status(401, WWW_Authenticate=told)] * 9)
        with scripted(answer) as server, pytest.raises(ConnectError, match="307"):
            Client(lambda _r, _p: Credentials("u", WORD)).manifest(parse(f"{server.host}/a"))
        assert thief.asked == []


@pytest.mark.parametrize(
    ("answer", "family"),
    [
        (status(404), NotFoundError),
        (status(403), DeniedError),
        (status(401), DeniedError),
        (status(418), FormatError),
        (status(204), FormatError),
    ],
)
def test_refusals_are_of_their_family(answer: Script, family: type[Exception]) -> None:
    """Each with a next step."""
    with scripted(first(*[answer] * 9)) as server, pytest.raises(family) as caught:
        Client().manifest(parse(f"{server.host}/a"))
    assert getattr(caught.value, "next_step", "")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An authority and a server's certificate."""
    return authority(tmp_path_factory.mktemp("ca"))


def test_tls_is_verified(certificates: tuple[Path, Path]) -> None:
    """Also on this machine: what speaks TLS must say who it is. The error says where the authority belongs."""
    with scripted(manifest, certificates[1]) as server:
        with pytest.raises(ConnectError, match="not trusted") as caught:
            Client().manifest(parse(f"{server.host}/a"))
        assert "certs.d" in caught.value.next_step
        assert server.asked == []
        trust = Trust(authorities=(str(certificates[0]),))
        assert Client(certificates=lambda _host: trust).manifest(parse(f"{server.host}/a")).data == MANIFEST


def test_an_insecure_registry_is_asked_and_said(certificates: tuple[Path, Path]) -> None:
    """By explicit choice only, once for each registry."""
    for certificate, words in ((certificates[1], "without verifying"), (None, "without encryption")):
        with scripted(manifest, certificate) as server:
            client = Client(options=RegistryOptions(insecure=(server.host,)))
            for _ in range(2):
                client.manifest(parse(f"{server.host}/a"))
            assert [words in text.en for text in client.warned] == [True]


def test_a_registry_with_tls_does_not_lead_to_plain_addresses(certificates: tuple[Path, Path]) -> None:
    """What was protected stays so."""
    with scripted(manifest) as plain, scripted(first(status(302, Location=f"{plain.url}/x")), certificates[1]) as server:
        trust = Trust(authorities=(str(certificates[0]),))
        with pytest.raises(FormatError, match="without encryption"):
            Client(certificates=lambda _host: trust).manifest(parse(f"{server.host}/a"))
        assert plain.asked == []


def test_ipv6() -> None:
    """A registry at an IPv6 address."""
    try:
        context = scripted(manifest, address="::1")
        with context as server:
            assert Client().manifest(parse(f"{server.host}/a")).data == MANIFEST
    except OSError:
        pytest.skip("no IPv6 here")
