"""What registries say is read as the specifications have it; what they should not say is an error or nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.registry_answers import (
    Challenge,
    next_page,
    parse_challenges,
    parse_descriptors,
    parse_error,
    parse_repositories,
    parse_tags,
    parse_token,
)
from periderm.model.errors import FormatError
from periderm.model.registry import Platform

DIGEST = "sha256:" + "0" * 64


def test_challenges_of_real_registries() -> None:
    """The specification's own example, scopes with commas inside quotes, several schemes in one header."""
    told = 'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:samalba/my-app:pull,push"'
    assert parse_challenges(told) == (
        Challenge(
            "bearer",
            {
                "realm": "https://auth.example/token",
                "service": "registry.example",
                "scope": "repository:samalba/my-app:pull,push",
            },
        ),
    )
    both = parse_challenges('Basic realm="a \\"quoted\\" name", Bearer realm=x , scope=y, Negotiate')
    assert both == (
        Challenge("basic", {"realm": 'a "quoted" name'}),
        Challenge("bearer", {"realm": "x", "scope": "y"}),
        Challenge("negotiate"),
    )


def test_what_is_no_challenge() -> None:
    """Nothing, and never an endless number of them."""
    assert parse_challenges("") == ()
    assert parse_challenges('="x"') == ()
    assert len(parse_challenges("Basic " * 5000)) <= 16


def test_the_first_of_two_equal_parameters_counts() -> None:
    """A second realm cannot replace the one that was looked at."""
    assert parse_challenges("Bearer realm=a,realm=b")[0].parameters == {"realm": "a"}


def test_links_to_the_next_page() -> None:
    """RFC 8288, with and without quotes, beside others."""
    assert next_page('</v2/_catalog?last=b&n=2>; rel="next"') == "/v2/_catalog?last=b&n=2"
    assert next_page("<a>; rel=prev, <b>; rel=next") == "b"
    assert next_page('<a>; rel="nextone"') == ""
    assert next_page("") == ""


def test_tokens() -> None:
    """Under both names, with the time that the specification sets where none is told; none that would break a header."""
    assert parse_token(b'{"token":"a"}').bearer == "a"
    assert parse_token(b'{"access_token":"b","expires_in":5}').expires_in == 5
    assert parse_token(b'{"token":"a"}').expires_in == 60
    for data in (b"{}", b"[]", b'{"token":"a\\r\\nX: y"}', b'{"token":"\\u00e9"}', b"x", b"[" * 5000):
        with pytest.raises(FormatError):
            parse_token(data)


def test_lists() -> None:
    """null is what some registries give for none."""
    assert parse_tags(b'{"name":"a","tags":["1","2"]}') == ("1", "2")
    assert parse_tags(b'{"name":"a","tags":null}') == ()
    assert parse_repositories(b'{"repositories":["a/b"]}') == ("a/b",)
    with pytest.raises(FormatError):
        parse_tags(b'{"tags":[1]}')


def test_descriptors() -> None:
    """Of an index, with platform and kind of artifact."""
    one = {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": DIGEST,
        "size": 3,
        "artifactType": "a/b",
        "annotations": {"k": "v"},
        "platform": {"os": "linux", "architecture": "arm", "variant": "v7"},
    }
    found = parse_descriptors(json.dumps({"manifests": [one, {"digest": DIGEST, "annotations": None}]}).encode())
    assert found[0].artifact_type == "a/b"
    assert found[0].platform == Platform("linux", "arm", "v7")
    assert found[1].annotations == {}


def test_errors_are_made_printable_and_short() -> None:
    """A registry's words reach a terminal."""
    data = json.dumps({"errors": [{"code": "DENIED", "message": "no\x1b[31m" + "x" * 900}]}).encode()
    said = parse_error(data)
    assert said.startswith("DENIED: no?[31m")
    assert len(said) <= 300
    assert parse_error(b"<html>") == ""


@given(st.text(max_size=300))
def test_no_header_breaks_the_reading(text: str) -> None:
    """Whatever stands in a header is challenges, or none."""
    parse_challenges(text)
    next_page(text)
