"""What a whole image says of its start, through the real scan."""

from __future__ import annotations

import msgspec

from periderm.model.image import ImageInventory
from periderm.model.start_facts import FactKind, StartFacts
from tests.images import member
from tests.starting import LIBRARIES, NGINX, SHELL, Files, facts, inventory, library, link, values


def test_the_programs_of_a_start_and_who_starts_them() -> None:
    """The script, what it calls, and what it becomes with the command that it is given; what nobody calls is not among them."""
    found = facts()
    assert values(found, FactKind.PARENT, SHELL) == {"runtime"}
    assert values(found, FactKind.PARENT, "/usr/bin/mkdir") == {SHELL}
    assert values(found, FactKind.PARENT, NGINX) == {"runtime", SHELL}
    assert values(found, FactKind.ARGUMENTS, NGINX) == {"-g *"}
    assert not values(found, FactKind.PARENT, "/usr/bin/curl")


def test_settings_promise() -> None:
    """Ports, users by the image's own numbers, files, and whom it calls; each says where it stands."""
    found = facts()
    assert values(found, FactKind.LISTEN, NGINX) == {"tcp/80"}
    assert values(found, FactKind.BECOME, NGINX) == {"user 33", "group 33"}
    assert values(found, FactKind.WRITE, NGINX) == {"/run/nginx.pid"}
    assert values(found, FactKind.RESOLVE, NGINX) == {"api.internal"}
    assert {"/etc/nginx/nginx.conf", "/srv/www/**"} <= values(found, FactKind.READ, NGINX)
    (port,) = [fact for fact in found.facts if fact.kind is FactKind.LISTEN and fact.program == NGINX]
    assert (port.source, port.because) == ("configuration", "/etc/nginx/nginx.conf:3 listen 80")


def test_libraries_to_the_last() -> None:
    """Those of libraries, of the program's modules, and the loader; in the place that links lead to."""
    more = (library("libssl.so.3.0.11", "libcrypto.so.3"), link(f"{LIBRARIES}/libssl.so.3", "libssl.so.3.0.11"))
    found = values(facts(more), FactKind.EXECUTE, NGINX)
    assert {f"/{LIBRARIES}/{name}" for name in ("libssl.so.3.0.11", "libcrypto.so.3", "libc.so.6", "libgeo.so.1")} <= found
    assert "/usr/lib64/ld-linux-x86-64.so.2" in found
    assert f"/{LIBRARIES}/libssl.so.3" not in found


def test_a_later_layer_counts() -> None:
    """Settings that it replaces, and files that it deletes."""
    found = facts([("etc/nginx/nginx.conf", b"http { server { listen 8080; } }"), (member(".wh.entrypoint.sh"), b"")])
    assert values(found, FactKind.LISTEN, NGINX) == {"tcp/8080"}
    assert not values(found, FactKind.PROGRAM, SHELL)


def test_a_health_check_and_a_user() -> None:
    """Both are facts of their own source."""
    found = facts(Healthcheck={"Test": ["CMD-SHELL", "curl -f http://127.0.0.1/"]}, User="www-data")
    assert values(found, FactKind.PARENT, "/usr/bin/curl") == {"runtime", "/usr/bin/dash"}
    assert {f.source for f in found.facts if f.program == "/usr/bin/curl" and f.kind is FactKind.PARENT} == {"healthcheck"}
    assert values(found, FactKind.USER, NGINX) == {"33"}


def test_one_file_of_settings_on_the_command_line_counts_alone() -> None:
    """Redis reads the file that it is given and no other."""
    more: Files = [
        ("etc/redis/redis.conf", b"port 6379\ndir /var/lib/redis\n"),
        ("etc/redis/app.conf", b"port 7000\ndir /data\n"),
        (member("usr/bin/redis-server", mode=0o755), b"\x7fELF".ljust(4096, b"\0")),
    ]
    found = facts(more, Entrypoint=["redis-server", "/etc/redis/app.conf"], Cmd=None)
    assert values(found, FactKind.LISTEN, "/usr/bin/redis-server") == {"tcp/7000"}


def test_facts_travel() -> None:
    """They survive the wire with the inventory, and name links and accounts."""
    found = inventory()
    again = msgspec.json.decode(msgspec.json.encode(found), type=ImageInventory)
    assert again.start_facts == found.start_facts
    assert isinstance(again.start_facts, StartFacts)
    assert again.start_facts.commands["sh"] == "/usr/bin/dash"
    assert again.start_facts.users["www-data"] == 33
    assert list(again.start_facts.facts) == sorted(again.start_facts.facts)
