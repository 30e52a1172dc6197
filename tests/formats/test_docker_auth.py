"""Credentials are found as docker and podman find them, and never shown."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.docker_auth import HUB_SERVER, entry_for, helper_for, keys, parse, parse_helper
from periderm.model.errors import FormatError
from periderm.model.registry import Credentials

WORD = "made-" + "up"


def auth(user: str, password: str) -> dict[str, str]:
    """An entry."""
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def file(**fields: object) -> bytes:
    """A file."""
    return json.dumps(fields).encode()


def test_the_longest_path_counts() -> None:
    """containers-auth.json(5)'s own order."""
    told = parse(
        file(auths={"r.example": auth("all", WORD), "r.example/ns": auth("ns", WORD), "r.example/ns/u/i": auth("one", WORD)}),
        "x",
    )
    names = {
        "ns/u/i": "one",
        "ns/u": "ns",
        "ns/u/j": "ns",
        "nsx/u": "all",
        "other": "all",
    }
    for repository, user in names.items():
        assert entry_for(told, "r.example", repository) == Credentials(user, WORD)
    assert entry_for(told, "r.example:5000", "ns") is None
    assert keys("h", "a/b") == ("h/a/b", "h/a", "h")


def test_dockers_names() -> None:
    """With a scheme and a version, and the default registry's many names."""
    told = parse(file(auths={HUB_SERVER: auth("hub", WORD), "https://old.example/v1/": auth("old", WORD)}), "x")
    assert entry_for(told, "docker.io", "library/nginx") == Credentials("hub", WORD)
    assert entry_for(told, "old.example", "a") == Credentials("old", WORD)


def test_identity_tokens_and_passwords_with_colons() -> None:
    """An identity token stands alone; only the first colon parts."""
    told = parse(file(auths={"a.example": {"identitytoken": WORD}, "b.example": auth("u", "p:q")}), "x")
    assert entry_for(told, "a.example", "r") == Credentials(identity_token=WORD)
    assert entry_for(told, "b.example", "r") == Credentials("u", "p:q")


def test_empty_entries_are_none() -> None:
    """docker writes them beside a store."""
    assert entry_for(parse(file(auths={"a.example": {}, "b.example": None}), "x"), "a.example", "r") is None


def test_helpers() -> None:
    """One for a registry, else the one for all; the default registry under docker's name."""
    told = parse(file(credHelpers={"a.example": "gcloud"}, credsStore="pass"), "x")
    assert helper_for(told, "a.example") == ("gcloud", "a.example")
    assert helper_for(told, "b.example") == ("pass", "b.example")
    assert helper_for(told, "docker.io") == ("pass", HUB_SERVER)
    assert helper_for(parse(b"{}", "x"), "a.example") == ("", "")
    with pytest.raises(FormatError):
        parse(file(credsStore="../../bin/sh"), "x")


def test_what_a_helper_answers() -> None:
    """A password, an identity token, nothing, or a sentence that says nothing."""
    assert parse_helper(b'{"ServerURL":"x","Username":"u","Secret":"s"}') == Credentials("u", "s")
    assert parse_helper(b'{"Username":"<token>","Secret":"s"}') == Credentials(identity_token="s")
    assert parse_helper(b'{"Username":"","Secret":""}') is None
    assert parse_helper(b"credentials not found in native keychain\n") is None
    with pytest.raises(FormatError):
        parse_helper(b"Traceback")


def test_dockercfg_is_the_entries_alone() -> None:
    """The file of docker before 1.7."""
    told = parse(json.dumps({"https://a.example/v1/": auth("u", WORD)}).encode(), "x", old=True)
    assert entry_for(told, "a.example", "r") == Credentials("u", WORD)


def test_no_error_shows_a_secret() -> None:
    """Neither the file's content nor an entry's."""
    for data in (b'{"auths": {"a.example": {"auth": ' + WORD.encode(), file(auths={"a.example": {"auth": WORD}})):
        with pytest.raises(FormatError) as caught:
            entry_for(parse(data, "x"), "a.example", "r")
        assert WORD not in str(caught.value)
    assert WORD not in repr(Credentials("u", WORD))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_file_or_an_error(data: bytes) -> None:
    """Nothing else comes out."""
    for read in (lambda: parse(data, "x"), lambda: parse(data, "x", old=True), lambda: parse_helper(data)):
        try:
            read()
        except FormatError:
            continue
