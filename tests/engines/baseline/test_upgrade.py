"""A new version of an image does not start again."""

from __future__ import annotations

import msgspec

from periderm.engines.baseline.birth import born
from periderm.engines.baseline.upgrade import predicted
from periderm.model.baseline import Baseline, Entry, Evidence, Source, merge
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.image import ExecutableFile, ImageInventory, Package
from tests.starting import NGINX, inventory

OLD, NEW = "/usr/lib/postgresql/15/bin/postgres", "/usr/lib/postgresql/16/bin/postgres"
SEEN = Evidence(sources=(Source.OBSERVED,), certainty=100)


def image(version: str, *files: str, owner: str = "postgresql") -> ImageInventory:
    """An image whose package has files of this version."""
    paths = tuple(path.replace("VERSION", version) for path in files)
    bare = inventory()
    return msgspec.structs.replace(
        bare,
        digest=f"sha256:{version}",
        executables=tuple(ExecutableFile(p.lstrip("/"), 1, 0o755, "", owner, "") for p in paths if "/bin/" in p),
        packages=(Package(name="postgresql", version=version, type="deb", purl="", files=tuple(p.lstrip("/") for p in paths)),)
        if owner
        else (),
        start_facts=None,
    )


FILES = (
    "/usr/lib/postgresql/VERSION/bin/postgres",
    "/usr/lib/postgresql/VERSION/lib/plpgsql.so",
    "/usr/share/postgresql/VERSION/x.sql",
)


def known(*behaviours: Behaviour) -> Baseline:
    """A baseline that saw these."""
    return Baseline(workload_id="wkl-1", entries=tuple(Entry(b, SEEN) for b in sorted(behaviours)))


def normal(baseline: Baseline) -> set[Behaviour]:
    """Its behaviours."""
    return {entry.behaviour for entry in baseline.entries}


def test_a_program_that_moved_does_what_it_did() -> None:
    """Its name, its place in parents and chains, its paths; peers and users stay."""
    before = known(
        Behaviour(Aspect.PROGRAM, OLD),
        Behaviour(Aspect.PARENT, OLD, OLD),
        Behaviour(Aspect.CHAIN, "/usr/bin/cp", f"{OLD} > /usr/bin/dash"),
        Behaviour(Aspect.READ, OLD, "/usr/share/postgresql/15/x.sql"),
        Behaviour(Aspect.READ, OLD, "/usr/lib/postgresql/15/lib/*.so"),
        Behaviour(Aspect.CONNECT, OLD, "tcp/5432 10.0.0.1"),
    )
    delta = predicted(image("15", *FILES), image("16", *FILES), before)
    assert normal(delta) >= {
        Behaviour(Aspect.PROGRAM, NEW),
        Behaviour(Aspect.PARENT, NEW, NEW),
        Behaviour(Aspect.CHAIN, "/usr/bin/cp", f"{NEW} > /usr/bin/dash"),
        Behaviour(Aspect.READ, NEW, "/usr/share/postgresql/*/x.sql"),
        Behaviour(Aspect.READ, NEW, "/usr/lib/postgresql/*/lib/*.so"),
        Behaviour(Aspect.CONNECT, NEW, "tcp/5432 10.0.0.1"),
    }
    assert all(entry.evidence.sources == (Source.UPGRADE,) and entry.evidence.because for entry in delta.entries)


def test_what_nobody_owns_explains_nothing() -> None:
    """A program that appears beside the image's own with another number is not its new version."""
    before = known(Behaviour(Aspect.PROGRAM, OLD))
    stranger = image("16", *FILES, owner="")
    assert Behaviour(Aspect.PROGRAM, NEW) not in normal(predicted(image("15", *FILES), stranger, before))


def test_the_same_image_explains_nothing_new() -> None:
    """Not even once."""
    before = known(Behaviour(Aspect.PROGRAM, OLD))
    assert predicted(image("15", *FILES), image("15", *FILES), before).entries == ()


def test_new_settings_of_the_new_image_are_promises() -> None:
    """A port that it now listens on, with its reason; what was promised before is not told again."""
    old = inventory()
    new = inventory([("etc/nginx/nginx.conf", b"http { server { listen 8080; } }")])
    delta = predicted(old, new, born(old))
    (door,) = [entry for entry in delta.entries if entry.behaviour == Behaviour(Aspect.LISTEN, NGINX, "tcp/8080")]
    assert "listen 8080" in door.evidence.because
    assert not normal(delta) & normal(born(old))


def test_a_delta_merges() -> None:
    """It is of the same workload, and nothing that was normal is lost."""
    before = known(Behaviour(Aspect.PROGRAM, OLD))
    whole = merge(before, predicted(image("15", *FILES), image("16", *FILES), before))
    assert {Behaviour(Aspect.PROGRAM, OLD), Behaviour(Aspect.PROGRAM, NEW)} <= normal(whole)
