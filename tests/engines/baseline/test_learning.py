"""Many of a kind become a pattern."""

from __future__ import annotations

from periderm.engines.baseline.evidence import SECOND_NS
from periderm.engines.baseline.learning import generalise
from periderm.engines.baseline.workload import Workload
from periderm.model.behaviour import Aspect, Behaviour

APP = "/usr/bin/app"


def after(aspect: Aspect, *values: str) -> set[str]:
    """What is normal after these were learned in their order."""
    workload = Workload("wkl-1", "", "nod-1")
    for value in values:
        behaviour = Behaviour(aspect, APP, value)
        if workload.find(behaviour) is not None:
            continue
        workload.learn(behaviour, [1], 1, 100 * SECOND_NS, 1, news=False)
        generalise(workload, behaviour, 100)
    return set(workload.entries.of(aspect, APP))


def test_many_files_of_a_folder_are_its_pattern() -> None:
    """Not in folders where each file means something of its own."""
    photos = [f"/srv/photos/{name}x.jpg" for name in "abcdefghijklmnopqrst"]
    assert after(Aspect.READ, *photos) == {"/srv/photos/*.jpg"}
    settings = [f"/etc/{name}x.conf" for name in "abcdefghijklmnopqrst"]
    assert after(Aspect.READ, *settings) == set(settings)


def test_many_files_explain_no_script_among_them() -> None:
    """A folder of all kinds of files is one pattern, under which no script falls; scripts become a pattern of their own."""
    endings = ("jpg", "png", "gif", "txt", "csv")
    files = [f"/srv/files/{name}x.{endings[at % 5]}" for at, name in enumerate("abcdefghijklmnopqrst")]
    found = after(Aspect.WRITE, "/srv/files/a.php", *files)
    assert found == {"/srv/files/*", "/srv/files/a.php"}
    pages = [f"/srv/files/{name}x.php" for name in "abcdefghijklmnopqrst"]
    assert after(Aspect.WRITE, *files, *pages) == {"/srv/files/*", "/srv/files/*.php"}


def test_a_verb_is_part_of_a_change() -> None:
    """What may be removed may not be renamed."""
    files = [f"unlink /srv/spool/a {name}.eml" for name in "abcdefghijklmnopqrst"]
    assert after(Aspect.CHANGE, "rename /srv/spool/x", *files) == {"rename /srv/spool/x", "unlink /srv/spool/*.eml"}


def test_many_peers_are_their_network_or_all() -> None:
    """Private ones as a network, public ones of one port all together; other ports stay closed."""
    private = [f"tcp/5432 10.0.0.{n}" for n in range(1, 8)]
    found = after(Aspect.CONNECT, *private)
    assert "tcp/5432 10.0.0.0/24" in found
    assert "tcp/5432 *" not in found
    public = [f"tcp/443 203.{n}.113.7" for n in range(1, 8)]
    assert "tcp/443 *" not in after(Aspect.CONNECT, *public[:5])
    assert "tcp/443 *" in after(Aspect.CONNECT, *(f"tcp/443 {n}.34.5.6" for n in range(20, 27)))


def test_many_hosts_of_a_domain_are_the_domain() -> None:
    """Never all hosts below a domain of one label."""
    assert after(Aspect.RESOLVE, *(f"h{name}.db.example" for name in "abcdefg")) >= {"*.db.example"}
    names = {f"{name}host.example" for name in "abcdefg"}
    assert after(Aspect.RESOLVE, *names) == names
