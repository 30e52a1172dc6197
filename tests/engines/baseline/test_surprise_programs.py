"""A program surprises by who owns it, where it lies, what it can do and who started it."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest

from periderm.engines.baseline.cases import CURL, FILES, NGINX, PHP, SH, case, did, normal, situation_of
from periderm.engines.baseline.surprise import BARS
from periderm.engines.baseline.surprise_programs import arguments, chain, owner_of, parent, program, serves, user
from periderm.model.behaviour import Aspect

CRON = "/usr/sbin/cron"


@pytest.mark.parametrize(
    ("path", "files", "number"),
    [
        (SH, FILES, "02-01"),
        ("/usr/local/bin/agent", FILES, "02-02"),
        ("/tmp/x", FILES, "02-03"),
        ("/usr/bin/sh /tmp/x.sh", FILES, "02-03"),
        ("/usr/sbin/ngnix", FILES, "02-04"),
        ("/opt/nginx", FILES, "01-03"),
        ("/usr/sbin/ngnix", {"/usr/sbin/ngnix": "ngnix"}, "02-01"),
        ("/bin/sh", FILES, "02-01"),
    ],
)
def test_types_of_new_programs(path: str, files: dict[str, str], number: str) -> None:
    """By owner and place; a strange name that a package owns is no disguise, and a merged system's /bin is /usr/bin."""
    assert program(situation_of(case(did("program", path), normal(NGINX), files=files))).event_type == number


def test_without_an_inventory_nothing_is_claimed() -> None:
    """Where no image is known, nobody says that it does not own the file."""
    judged = program(situation_of(case(did("program", "/usr/local/bin/agent"), normal(NGINX), files={}, inventory=False)))
    assert judged.event_type == "02-05"
    assert not any("image has no such" in each.why.en for each in judged.factors)


def test_a_new_program_of_a_new_command_line() -> None:
    """An everyday tool of the image is not told; below a command line that is new too it is."""
    situation = situation_of(case(did("program", "/usr/bin/ls"), normal(NGINX), files={"/usr/bin/ls": "coreutils"}, above=SH))
    led = dataclasses.replace(situation, led=True)
    assert program(situation).score < BARS[Aspect.PROGRAM] <= program(led).score
    begun = dataclasses.replace(situation, starting=True)
    assert program(dataclasses.replace(begun, led=True)).score == program(begun).score


def test_a_tool_of_a_seldom_job() -> None:
    """What a scheduler's shell starts is told as little as it was while that was learned, unless it is risky."""
    known = normal(NGINX)
    situation = situation_of(
        case(did("program", "/usr/bin/dpkg-query"), known, files={"/usr/bin/dpkg-query": "dpkg"}, above=SH)
    )
    actor = msgspec.structs.replace(situation.actor, chain=f"{CRON} > {SH}")
    job = dataclasses.replace(situation, actor=actor, led=True)
    assert program(job).score < BARS[Aspect.PROGRAM] <= program(dataclasses.replace(situation, led=True)).score
    risky = situation_of(case(did("program", CURL), known, above=SH))
    assert program(dataclasses.replace(risky, actor=msgspec.structs.replace(risky.actor, chain=f"{CRON} > {SH}"))).score >= 60


def test_a_script_is_not_said_to_be_missing() -> None:
    """What an interpreter is given needs no right to be executed, so that no list of programs holds it: that it is in none says
    little. A program that the image does not list is another matter."""
    script = program(situation_of(case(did("program", "/usr/bin/perl /srv/shop/cgi-bin/lookup.pl"), normal(NGINX))))
    binary = program(situation_of(case(did("program", "/srv/shop/cgi-bin/lookup"), normal(NGINX))))
    assert not any("no such file" in each.why.en for each in script.factors)
    assert any("no such file" in each.why.en for each in binary.factors)


def test_owner_of_merged_folders() -> None:
    """A path by either side of a merged system's links."""
    state = situation_of(case(did("program", SH), files={"/bin/a": "one", "/usr/bin/b": "two"})).normal
    assert owner_of(state, "/usr/bin/a") == "one"
    assert owner_of(state, "/bin/b") == "two"
    assert owner_of(state, "/opt/c") is None


def test_serves() -> None:
    """By name, and by what is known to listen."""
    state = situation_of(case(did("program", SH), normal("/app/run", listen="tcp/80"))).normal
    assert serves(state, NGINX)
    assert serves(state, "/app/run")
    assert not serves(state, SH)


@pytest.mark.parametrize(
    ("more", "less"),
    [("/app/php", "/app/run"), (PHP, CRON)],
)
def test_a_shell_below_a_server(more: str, less: str) -> None:
    """A shell below what answers the network surprises more than below a job or an entrypoint."""
    known = (normal(SH, parent="/x"), normal("/app/php", listen="tcp/80"), normal("/app/run"), normal(CRON), normal(PHP))
    scores = [parent(situation_of(case(did("parent", SH, above), *known, above=above))).score for above in (more, less)]
    assert scores[0] > scores[1]


def test_becoming_root() -> None:
    """Root is more than a user that is normal here, which is less than one that nobody has."""
    known = (normal(SH, user="33"), normal(PHP, user="7"))
    root, usual, strange = (user(situation_of(case(did("user", SH, value), *known))).score for value in ("0", "7", "999"))
    assert root > strange > usual


@pytest.mark.parametrize(
    ("shape", "least"),
    [("-c {id;nc}", 45), ("-i", 45), ("-c {convert;echo}", 0), ("/etc/cron.daily/x", 0)],
)
def test_what_a_shell_is_told(shape: str, least: int) -> None:
    """New commands that can do harm and talking to a person are told; a new file for a known job is not."""
    score = arguments(situation_of(case(did("arguments", SH, shape), normal(SH, arguments="-c {convert}")))).score
    assert (score >= 45) == (least >= 45)


def test_programs_that_are_called_in_many_ways() -> None:
    """One more shape says less where there are many."""
    few = case(did("arguments", "/app/x", "-z"), normal("/app/x", arguments="-a"))
    many = case(did("arguments", "/app/x", "-z"), normal("/app/x", arguments=tuple(f"-{c}" for c in "abcdefghijkl")))
    assert arguments(situation_of(few)).score > arguments(situation_of(many)).score


def test_chain() -> None:
    """A server that leads by a shell to a client, against a job that does."""
    known = (normal(CURL, chain=f"x > {SH}"), normal(PHP), normal(SH))
    server, job = (chain(situation_of(case(did("chain", CURL, f"{above} > {SH}"), *known))).score for above in (PHP, CRON))
    assert server >= 60 > job
