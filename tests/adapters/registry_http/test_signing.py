"""Who is signed in where: credentials go to their registry and its own token server, and nowhere else."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

import pytest

from periderm.adapters.registry_http.signing import Asked, Signer, belongs
from periderm.adapters.registry_http.site import Site
from periderm.formats.registry_answers import parse_challenges
from periderm.model.errors import ConnectError, DeniedError, FormatError
from periderm.model.registry import Credentials
from tests.registry_servers import Waits

WORD = "made-" + "up"
SITE = Site("r.example:5000", "r.example:5000", "team/app")
CHALLENGE = parse_challenges('Bearer realm="https://auth.example/token?x=1",service="s",scope="repository:team/app:pull"')


class Server:
    """A token server that answers in turn, and remembers what it was asked."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []

    def fetch(self, _site: Site, asked: Asked) -> tuple[int, bytes]:
        self.asked.append(asked)
        status, told = self.answers.pop(0)
        return status, json.dumps(told).encode()


def signer(found: Credentials | None, clock: Waits | None = None) -> Signer:
    """With one pair of credentials for everything."""
    return Signer(lambda _registry, _repository: found, clock or Waits())


def signed(server: Server, found: Credentials | None, challenges: Sequence[object] = CHALLENGE) -> str:
    """The header for a challenge."""
    return signer(found).answer(SITE, CHALLENGE if challenges is CHALLENGE else challenges, "", server.fetch)


def test_basic_is_answered_with_the_password() -> None:
    """RFC 7617, and at once the next time."""
    held = signer(Credentials("u", WORD))
    header = held.answer(SITE, parse_challenges('Basic realm="x"'), "", Server().fetch)
    assert header == "Basic " + base64.b64encode(f"u:{WORD}".encode()).decode()
    assert held.header(SITE, Server().fetch) == header
    assert held.header(Site("other", "other", "x"), Server().fetch) == ""


def test_basic_without_credentials_is_denied() -> None:
    """With how to sign in."""
    with pytest.raises(DeniedError, match="password") as caught:
        signer(None).answer(SITE, parse_challenges("Basic"), "", Server().fetch)
    assert "podman login" in caught.value.next_step


def test_a_wrong_password_is_not_tried_again() -> None:
    """What was rejected is not sent a second time."""
    held = signer(Credentials("u", WORD))
    header = held.answer(SITE, parse_challenges("Basic"), "", Server().fetch)
    with pytest.raises(DeniedError):
        held.answer(SITE, parse_challenges("Basic"), header, Server().fetch)


def test_a_token_for_nobody() -> None:
    """Public images need one too; nothing is sent with the question."""
    server = Server((200, {"token": "t"}))
    assert signed(server, None) == "Bearer t"
    assert server.asked == [Asked("https://auth.example/token?x=1&service=s&scope=repository%3Ateam%2Fapp%3Apull")]


def test_a_token_by_password_goes_to_the_registrys_domain() -> None:
    """auth.example is not r.example's own."""
    server = Server((200, {"token": "t"}))
    with pytest.raises(DeniedError, match=r"auth\.example"):
        signed(server, Credentials("u", WORD))
    assert server.asked == []


def test_hosts_that_belong_to_a_registry() -> None:
    """The same host, its domain, what the user named; no other, and of addresses only the same."""
    site = Site("registry.corp.example", "registry.corp.example:443", "a", realms=("tokens.other",))
    for host in ("registry.corp.example", "auth.corp.example", "corp.example", "tokens.other", "Auth.Corp.Example"):
        assert belongs(site, host), host
    for host in ("corp.example.evil", "evilcorp.example", "example", "other", "x.tokens.other"):
        assert not belongs(site, host), host
    assert not belongs(Site("r.example", "r.example", "a"), "auth.example")
    assert belongs(Site("10.0.0.1:5000", "10.0.0.1:5000", "a"), "10.0.0.1")
    assert not belongs(Site("10.0.0.1:5000", "10.0.0.1:5000", "a"), "9.0.0.1")
    assert not belongs(Site("10.0.0.1", "10.0.0.1", "a"), "x.0.0.1")
    assert belongs(Site("[::1]:5000", "[::1]:5000", "a"), "::1")
    assert belongs(Site("docker.io", "registry-1.docker.io", "a"), "auth.docker.io")


OWN = parse_challenges('Bearer realm="https://r.example/token",service="s",scope="repository:team/app:pull"')


def test_an_identity_token_is_exchanged_by_post() -> None:
    """OAuth2's refresh grant: in the body, never in an address."""
    server = Server((200, {"access_token": "t"}))
    held = signer(Credentials(identity_token=WORD))
    assert held.answer(SITE, OWN, "", server.fetch) == "Bearer t"
    (asked,) = server.asked
    assert WORD not in asked.url
    told = f"grant_type=refresh_token&refresh_token={WORD}&service=s&client_id=periderm"
    assert asked.form == f"{told}&scope=repository%3Ateam%2Fapp%3Apull".encode()


def test_a_server_that_knows_only_post() -> None:
    """GET is tried first, as all token servers know it."""
    server = Server((405, {}), (200, {"token": "t"}))
    assert signer(Credentials("u", WORD)).answer(SITE, OWN, "", server.fetch) == "Bearer t"
    assert server.asked[1].form.startswith(b"grant_type=password&username=u&")


def test_tokens_end() -> None:
    """Before its time is over a token is used again, after it a new one is asked for; no time is believed beyond an hour."""
    clock = Waits()
    held = signer(None, clock)
    server = Server(
        (200, {"token": "one", "expires_in": 100}), (200, {"token": "two", "expires_in": 10**9}), (200, {"token": "3"})
    )
    held.answer(SITE, OWN, "", server.fetch)
    clock.forward(80)
    assert held.header(SITE, server.fetch) == "Bearer one"
    clock.forward(15)
    assert held.header(SITE, server.fetch) == "Bearer two"
    clock.forward(3600)
    assert held.header(SITE, server.fetch) == "Bearer 3"


@pytest.mark.parametrize(
    ("answer", "family"),
    [
        ((401, {"errors": [{"code": "UNAUTHORIZED", "message": "no"}]}), DeniedError),
        ((403, {}), DeniedError),
        ((500, {}), ConnectError),
        ((200, {}), FormatError),
        ((200, {"token": "a b\n"}), FormatError),
    ],
)
def test_what_token_servers_answer(answer: tuple[int, object], family: type[Exception]) -> None:
    """Each is an error of its family, and none shows what was sent."""
    with pytest.raises(family) as caught:
        signer(Credentials("u", WORD)).answer(SITE, OWN, "", Server(answer).fetch)
    assert WORD not in str(caught.value)


def test_what_is_meant_for_the_registry_goes_to_no_mirror() -> None:
    """A mirror gets what is kept under its own name, or nothing."""
    mirror = Site("m.example", "m.example", "team/app", mirror=True)
    kept = Credentials("mirror", WORD)
    held = Signer(lambda registry, _: kept if registry == "m.example" else None, Waits(), lambda *_: Credentials("own", WORD))
    basic = parse_challenges("Basic")
    told = [base64.b64decode(held.answer(site, basic, "", Server().fetch).split()[1]) for site in (SITE, mirror)]
    assert [text.partition(b":")[0] for text in told] == [b"own", b"mirror"]
    with pytest.raises(DeniedError):
        held.answer(Site("x", "x", "a", mirror=True), basic, "", Server().fetch)


def test_schemes_that_are_not_known() -> None:
    """Are named; a realm that is no address is refused."""
    with pytest.raises(DeniedError, match="negotiate"):
        signer(None).answer(SITE, parse_challenges("Negotiate"), "", Server().fetch)
    with pytest.raises(FormatError):
        signer(None).answer(SITE, parse_challenges('Bearer realm="nonsense"'), "", Server().fetch)
