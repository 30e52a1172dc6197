"""A baseline before the first start, from a whole image and the way it is run."""

from __future__ import annotations

import msgspec

from periderm.algorithms.path_patterns import Patterns
from periderm.engines.baseline.birth import born
from periderm.model.asset import Container
from periderm.model.baseline import BORN, Baseline, Phase, Source, digest, merge
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.image import ImageInventory
from tests.starting import LIBRARIES, NGINX, SHELL, inventory, program, script

IMAGE = inventory(ExposedPorts={"80/tcp": {}}, Volumes={"/data": {}})


def container(*command: str, user: str = "", mounts: tuple[str, ...] = ()) -> Container:
    """A container of the image that is run so."""
    return Container(
        id="ctr-1", name="web", container_id="a" * 64, runtime="podman", node_id="node-1", workload_id="wkl-1",
        command=command, user=user, mount_sources=mounts,
    )  # fmt: skip


def values(baseline: Baseline, aspect: Aspect, of: str) -> set[str]:
    """What is normal for a program."""
    return {e.behaviour.value for e in baseline.entries if e.behaviour.aspect is aspect and e.behaviour.program == of}


def test_what_the_image_starts_is_normal_and_nothing_else() -> None:
    """Programs that the start reaches, with parents, chains, users and arguments; curl is there and not reached."""
    baseline = born(IMAGE)
    programs = {e.behaviour.program for e in baseline.entries if e.behaviour.aspect is Aspect.PROGRAM}
    assert programs == {SHELL, NGINX, "/usr/bin/mkdir", "/usr/bin/sed"}
    assert values(baseline, Aspect.PARENT, NGINX) == {"runtime", SHELL}
    assert values(baseline, Aspect.CHAIN, NGINX) == {f"runtime > {SHELL}"}
    assert values(baseline, Aspect.USER, NGINX) == {"0"}
    assert values(baseline, Aspect.ARGUMENTS, NGINX) == {"-g *"}
    assert baseline.phase is Phase.BORN


def test_what_it_will_do() -> None:
    """Its door with whoever comes in by it, its rights, its files, its libraries, as the engine writes them."""
    baseline = born(IMAGE)
    assert values(baseline, Aspect.LISTEN, NGINX) == {"tcp/80"}
    assert values(baseline, Aspect.ACCEPT, NGINX) == {"tcp/80 *"}
    assert values(baseline, Aspect.BECOME, NGINX) == {"user 33", "group 33"}
    assert "CAP_NET_BIND_SERVICE" in values(baseline, Aspect.CAPABILITY, NGINX)
    assert "/run/nginx.pid" in values(baseline, Aspect.CREATE, NGINX)
    assert "unlink /run/nginx.pid" in values(baseline, Aspect.CHANGE, NGINX)
    assert f"/{LIBRARIES}/libssl.so.*" in values(baseline, Aspect.READ, NGINX)
    assert "/etc/nginx/**" in values(baseline, Aspect.READ, NGINX)
    assert "mkdir /run/app" in values(baseline, Aspect.CHANGE, "/usr/bin/mkdir")


def test_nothing_worth_an_attack_is_normal() -> None:
    """No shell below the server, no secrets, no places where programs, jobs and keys lie."""
    baseline = born(IMAGE)
    assert not {e.behaviour for e in baseline.entries if e.behaviour.aspect is Aspect.PARENT and e.behaviour.value == NGINX}
    written = Patterns(values(baseline, Aspect.WRITE, NGINX) | values(baseline, Aspect.WRITE, "**"))
    read = Patterns(values(baseline, Aspect.READ, NGINX) | values(baseline, Aspect.READ, "**"))
    for path in (
        "/etc/cron.d/x",
        "/root/.ssh/authorized_keys",
        "/usr/bin/x",
        "/etc/ld.so.preload",
        "/srv/www/shell.php",
        "/tmp/x",
    ):
        assert written.find(path) is None, path
    for path in ("/etc/shadow", "/proc/1/environ", "/proc/self/environ", "/proc/self/mem", "/root/.aws/credentials"):
        assert read.find(path) is None, path


def test_a_container_that_runs_something_else() -> None:
    """Its command counts and not the image's; its user too."""
    baseline = born(IMAGE, container("curl", "-s", "http://x/", user="33"))
    programs = {e.behaviour.program for e in baseline.entries if e.behaviour.aspect is Aspect.PROGRAM}
    assert programs == {"/usr/bin/curl"}
    assert values(baseline, Aspect.USER, "/usr/bin/curl") == {"33"}
    assert values(baseline, Aspect.ARGUMENTS, "/usr/bin/curl") == {"-s URL"} or values(
        baseline, Aspect.ARGUMENTS, "/usr/bin/curl"
    )
    assert baseline.workload_id == "wkl-1"


def test_text_for_a_shell() -> None:
    """`sh -c` of a container's command: its programs, below the shell or in its place."""
    baseline = born(IMAGE, container("/bin/sh", "-c", "mkdir /x && exec nginx"))
    assert values(baseline, Aspect.PARENT, NGINX) == {"runtime", "/usr/bin/dash"}
    assert values(baseline, Aspect.PARENT, "/usr/bin/mkdir") >= {"/usr/bin/dash"}


def test_volumes_and_ports_of_what_has_no_settings() -> None:
    """An application listens where the image says, and keeps what volumes are for; a mount that may only be read is not."""
    image = inventory(
        [program("usr/bin/python3", "libc.so.6"), script("srv/app/app.py", b"#!/usr/bin/python3\n")],
        Entrypoint=["/srv/app/app.py"], Cmd=None, ExposedPorts={"8080/tcp": {}}, Volumes={"/data": {}},
    )  # fmt: skip
    app = "/usr/bin/python3 /srv/app/app.py"
    baseline = born(image, container(mounts=("/host/a:/lent:rw", "/host/b:/shown:ro")))
    assert values(baseline, Aspect.LISTEN, app) == {"tcp/8080"}
    assert {"/data/**", "/lent/**"} <= values(baseline, Aspect.CREATE, app)
    assert "/shown/**" not in values(baseline, Aspect.CREATE, app)
    assert "/srv/app/**" in values(baseline, Aspect.READ, app)


def test_a_volume_does_not_make_the_system_s_folders_normal() -> None:
    """An image that declares /bin or /etc a volume does not bless what is written there; one below is data as any other."""
    image = inventory(
        [program("usr/bin/python3", "libc.so.6"), script("srv/app/app.py", b"#!/usr/bin/python3\n")],
        Entrypoint=["/srv/app/app.py"], Cmd=None, Volumes={"/": {}, "/bin/": {}, "/etc": {}, "/lib64": {}, "/etc/app": {}},
    )  # fmt: skip
    written = values(born(image, container()), Aspect.CREATE, "/usr/bin/python3 /srv/app/app.py")
    assert written.isdisjoint({"/**", "/bin/**", "/etc/**", "/lib64/**"})
    assert "/etc/app/**" in written


def test_every_entry_says_where_it_comes_from_and_how_sure_it_is() -> None:
    """And never that it was seen."""
    for entry in born(IMAGE).entries:
        assert entry.evidence.sources
        assert set(entry.evidence.sources) <= BORN
        assert 0 < entry.evidence.certainty <= 100
        assert entry.evidence.because


def test_sources_can_be_left_out() -> None:
    """Each alone, for the bench."""
    whole = {entry.behaviour for entry in born(IMAGE).entries}
    for source in (Source.LIBRARIES, Source.CONFIGURATION, Source.RUNTIME, Source.SCRIPTS):
        less = born(IMAGE, without=frozenset({source}))
        assert {entry.behaviour for entry in less.entries} < whole
        assert not [entry for entry in less.entries if source in entry.evidence.sources]


def test_a_birth_is_a_value() -> None:
    """Equal each time, sorted, merged with itself the same, and it survives the wire."""
    baseline = born(IMAGE)
    assert digest(baseline) == digest(born(IMAGE)) == digest(merge(baseline, baseline))
    assert list(baseline.entries) == sorted(baseline.entries, key=lambda entry: entry.behaviour)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(baseline), type=Baseline) == baseline


def test_an_image_without_facts_has_the_least() -> None:
    """What nobody scanned for starts: what every program does, and no program."""
    bare: ImageInventory = msgspec.structs.replace(IMAGE, start_facts=None)
    baseline = born(bare)
    assert {entry.behaviour.program for entry in baseline.entries} == {"**"}
    assert Behaviour(Aspect.READ, "**", "/etc/ld.so.cache") in {entry.behaviour for entry in baseline.entries}
