"""What comes from registries and from the files beside them is fed damaged input: bytes flipped, cut, doubled and spliced.

Deterministic: the same seeds each time. `PERIDERM_FUZZ_ROUNDS` asks for more.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable

import pytest

from periderm.formats import docker_auth, image_reference, registries_conf, registry_answers
from periderm.model.errors import FormatError

ROUNDS = int(os.environ.get("PERIDERM_FUZZ_ROUNDS", "1500"))
PIECES = (b"\0", b"\xff", b"[" * 2000, b'{"a":' * 500, b'"', b"\\", b"://", b"=" * 300, b"null", b"-1", b"1e999", b"\r\n", b",")
DIGEST = "sha256:" + "0" * 64
INDEX = json.dumps(
    {"manifests": [{"digest": DIGEST, "size": 1, "platform": {"os": "linux", "architecture": "arm64"}}]}
).encode()
ENTRIES = {"a.example/b": {"auth": "dTpw"}, "c": {}}
AUTH = json.dumps({"auths": ENTRIES, "credHelpers": {"d": "pass"}, "credsStore": "x"}).encode()
CONF = b'[[registry]]\nprefix="*.example"\nlocation="b.example/c"\n[[registry.mirror]]\nlocation="m"\ninsecure=true\n'
CHALLENGE = b'Bearer realm="https://a.example/t",service="s",scope="repository:a/b:pull,push", Basic realm=x'


def reference(data: bytes) -> object:
    """A name."""
    return image_reference.parse(data.decode("utf-8", "replace"))


def conf(data: bytes) -> object:
    """Tables, and where they lead."""
    rule = registries_conf.rule_for(registries_conf.parse(data, "x"), "a.example/b/c", ":1")
    return registries_conf.endpoints(rule, "a.example", "b/c", by_digest=True)


def auth(data: bytes) -> object:
    """A file of credentials, and what is found in it."""
    told = docker_auth.parse(data, "x")
    return docker_auth.entry_for(told, "a.example", "b/c"), docker_auth.helper_for(told, "d")


def headers(data: bytes) -> object:
    """What stands in headers."""
    text = data.decode("latin-1")
    return registry_answers.parse_challenges(text), registry_answers.next_page(text), registry_answers.parse_error(data)


TARGETS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "reference": (reference, b"host.example:5000/team/app:1.2@" + DIGEST.encode()),
    "platform": (lambda data: image_reference.parse_platform(data.decode("utf-8", "replace")), b"linux/arm/v7"),
    "registries.conf": (conf, CONF),
    "auth.json": (auth, AUTH),
    "helper": (docker_auth.parse_helper, b'{"ServerURL":"a","Username":"<token>","Secret":"s"}'),
    "headers": (headers, CHALLENGE),
    "link": (headers, b'</v2/a/tags/list?n=1&last=x>; rel="next", <y>; rel=prev'),
    "tags": (registry_answers.parse_tags, b'{"name":"a","tags":["1","2"]}'),
    "catalogue": (registry_answers.parse_repositories, b'{"repositories":["a/b","c"]}'),
    "index": (registry_answers.parse_descriptors, INDEX),
    "token": (registry_answers.parse_token, b'{"token":"abc","expires_in":300,"refresh_token":"r"}'),
}


def damaged(data: bytes, rng: random.Random) -> bytes:
    """The bytes with one to four injuries."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out) + 1)
        match rng.randrange(5):
            case 0 if out:
                out[at % len(out)] = rng.randrange(256)
            case 1:
                del out[at : at + rng.randint(1, 20)]
            case 2:
                out[at:at] = rng.choice(PIECES)
            case 3:
                out[at:at] = out[at : at + rng.randint(1, 40)]
            case _:
                del out[at:]
    return bytes(out)


@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_a_format_error_or_fine(name: str) -> None:
    """Nothing else comes out, whatever goes in."""
    target, seed = TARGETS[name]
    target(seed)
    rng = random.Random(name)
    for _ in range(ROUNDS):
        try:
            target(damaged(seed, rng))
        except FormatError:
            continue
