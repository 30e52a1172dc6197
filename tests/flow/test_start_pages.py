"""Pages that a web server has answered by programs are found though nobody may execute them."""

from __future__ import annotations

from pathlib import Path

import periderm.adapters
from periderm.engines.baseline.birth import born
from periderm.flow.start_pages import included
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.file_note import Note
from periderm.model.start_facts import FactKind
from tests.images import member
from tests.starting import Files, facts, inventory, link, program, script, values

SAMPLE = Path(periderm.adapters.__file__).parent / "sample_files"
LIGHTTPD, PERL = "/usr/sbin/lighttpd", "/usr/bin/perl"
PAGE = f"{PERL} /srv/shop/cgi-bin/lookup.pl"
START = {"Entrypoint": None, "Cmd": [LIGHTTPD, "-D", "-f", "/etc/lighttpd/lighttpd.conf"]}
PROGRAMS: Files = (program("usr/sbin/lighttpd"), program("usr/bin/perl"), program("usr/bin/getent"))
SHOP: Files = (
    *PROGRAMS,
    ("etc/lighttpd/lighttpd.conf", (SAMPLE / "lighttpd.conf").read_bytes()),
    ("srv/shop/www/index.html", b"<p>"),
    (member("srv/shop/cgi-bin/lookup.pl", mode=0o644), (SAMPLE / "shop" / "cgi-bin" / "lookup.pl").read_bytes()),
)


def test_the_shop_of_the_sample() -> None:
    """Its page is a program of its own, started by the web server, and starts what it names; no shell."""
    found = facts(SHOP, **START)
    assert values(found, FactKind.PARENT, PAGE) == {LIGHTTPD}
    assert values(found, FactKind.PARENT, "/usr/bin/getent") == {PAGE}
    assert values(found, FactKind.ARGUMENTS, "/usr/bin/getent") == {"hosts *"}
    birth = {entry.behaviour for entry in born(inventory(SHOP, **START)).entries}
    assert {
        Behaviour(Aspect.PROGRAM, PAGE),
        Behaviour(Aspect.PARENT, PAGE, LIGHTTPD),
        Behaviour(Aspect.USER, PAGE, "0"),
        Behaviour(Aspect.CHAIN, "/usr/bin/getent", f"{LIGHTTPD} > {PAGE}"),
        Behaviour(Aspect.ACCEPT, LIGHTTPD, "tcp/80 *"),
    } <= birth
    assert not [behaviour for behaviour in birth if behaviour.program.endswith("dash")]


def test_pages_that_are_programs_themselves() -> None:
    """Without an interpreter in the settings only what may be executed, by its own first line."""
    settings = b'server.document-root = "/srv/www"\ncgi.assign = ( ".cgi" => "" )\n'
    more: Files = (
        *PROGRAMS,
        ("etc/lighttpd/lighttpd.conf", settings),
        script("srv/www/a/go.cgi", b"#!/bin/sh\nmkdir -p /srv/x\n"),
        (member("srv/www/a/no.cgi", mode=0o644), b"#!/bin/sh\ncurl http://x.example/\n"),
        script("srv/elsewhere.cgi", b"#!/bin/sh\n"),
    )
    found = facts(more, **START)
    assert LIGHTTPD in values(found, FactKind.PARENT, "/usr/bin/dash /srv/www/a/go.cgi")
    assert "/usr/bin/dash /srv/www/a/go.cgi" in values(found, FactKind.PARENT, "/usr/bin/mkdir")
    assert not values(found, FactKind.PARENT, "/usr/bin/curl")
    assert LIGHTTPD not in values(found, FactKind.PARENT, "/usr/bin/dash /srv/elsewhere.cgi")


def test_only_what_is_included_counts() -> None:
    """A file beside the settings that nobody includes promises nothing; a link in `conf-enabled` does."""
    folder = "etc/lighttpd"
    more: Files = (
        *PROGRAMS,
        (f"{folder}/lighttpd.conf", b'server.port = 8080\ninclude "/etc/lighttpd/conf-enabled/*.conf"\ninclude "near.conf"\n'),
        (f"{folder}/conf-available/a.conf", b'$SERVER["socket"] == ":8081" { }\n'),
        (f"{folder}/conf-available/b.conf", b'$SERVER["socket"] == ":8082" { }\n'),
        (f"{folder}/near.conf", b'$SERVER["socket"] == ":8083" { }\n'),
        (f"{folder}/other.conf", b'$SERVER["socket"] == ":8084" { }\n'),
        link(f"{folder}/conf-enabled/a.conf", "../conf-available/a.conf"),
    )
    assert values(facts(more, **START), FactKind.LISTEN, LIGHTTPD) == {"tcp/8080", "tcp/8081", "tcp/8083"}


def test_a_script_that_writes_settings_is_started() -> None:
    """By a shell, as the server asks one."""
    more: Files = (
        *PROGRAMS,
        ("etc/lighttpd/lighttpd.conf", b'include_shell "/usr/share/lighttpd/mime.pl"\n'),
        script("usr/share/lighttpd/mime.pl", b"#!/usr/bin/perl\n"),
    )
    found = facts(more, **START)
    assert values(found, FactKind.PARENT, "/usr/bin/dash") >= {LIGHTTPD}
    assert values(found, FactKind.PARENT, f"{PERL} /usr/share/lighttpd/mime.pl") >= {"/usr/bin/dash"}


def test_files_that_include_each_other() -> None:
    """The search ends."""
    notes = {
        ("etc/lighttpd/lighttpd.conf", "lighttpd"): [Note("include", 1, "", {"value": "x.conf"})],
        ("etc/lighttpd/x.conf", "lighttpd"): [Note("include", 1, "", {"value": "lighttpd.conf"})],
        ("etc/lighttpd/y.conf", "lighttpd"): [Note("include", 1, "", {"value": "y.conf"})],
    }
    assert included(notes) == {"lighttpd": {"etc/lighttpd/lighttpd.conf", "etc/lighttpd/x.conf"}}
