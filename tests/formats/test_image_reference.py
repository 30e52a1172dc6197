"""Names of images mean here what they mean to docker and podman."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.image_reference import names_registry, parse, parse_platform, valid_digest, valid_names, valid_registry
from periderm.model.errors import FormatError
from periderm.model.registry import ImageReference, Platform

SHA = "sha256:" + "ab" * 32

GOOD = {
    "nginx": ("docker.io", "library/nginx", "latest", ""),
    "nginx:1.25": ("docker.io", "library/nginx", "1.25", ""),
    "team/app": ("docker.io", "team/app", "latest", ""),
    "docker.io/nginx": ("docker.io", "library/nginx", "latest", ""),
    "index.docker.io/nginx": ("docker.io", "library/nginx", "latest", ""),
    "docker.io/team/app:2": ("docker.io", "team/app", "2", ""),
    "localhost/app": ("localhost", "app", "latest", ""),
    "localhost:5000/app:1": ("localhost:5000", "app", "1", ""),
    "host:5000/a/b/c:x": ("host:5000", "a/b/c", "x", ""),
    "reg.example/app@" + SHA: ("reg.example", "app", "", SHA),
    "reg.example/app:1@" + SHA: ("reg.example", "app", "1", SHA),
    "[::1]:5000/app": ("[::1]:5000", "app", "latest", ""),
    "[2001:db8::1]/a/b:1": ("[2001:db8::1]", "a/b", "1", ""),
    "UPPER/app": ("UPPER", "app", "latest", ""),
    "192.0.2.1/app": ("192.0.2.1", "app", "latest", ""),
    "reg.example/a__b/c-d.e_f": ("reg.example", "a__b/c-d.e_f", "latest", ""),
    "reg.example/a---b": ("reg.example", "a---b", "latest", ""),
}


@pytest.mark.parametrize("text", GOOD)
def test_names_are_read_as_docker_reads_them(text: str) -> None:
    """Default registry, `library/`, tag, digest, ports, IPv6 and localhost."""
    registry, repository, tag, digest = GOOD[text]
    expected = ImageReference(registry=registry, repository=repository, tag=tag, digest=digest)
    assert parse(text) == expected
    assert parse(str(expected)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "/", "a//b", "reg.example/", "reg.example/App", "app:", "app:bad tag", "app@", "app@sha256:ab",
        "app@md5:" + "a" * 32, f"app@{SHA}0", "reg.example:0/app", "reg.example:99999/app", "-host.example/app",
        "reg.example/a___b",
        "reg.example/a..b",
        "reg.example/a/", "[::z]:5000/app", "[::1/app", "::1/app", "reg.example/" + "a" * 256, "a" * 5000, "app:" + "t" * 129,
        "reg.example/../etc/passwd", "reg.example/app\n", "réseau.example/app", "user@host.example/app", "http://reg.example/app",
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused_with_a_sentence(text: str) -> None:
    """Nothing else gets into an address or a path."""
    with pytest.raises(FormatError) as caught:
        parse(text)
    assert caught.value.next_step


def test_a_repository_alone() -> None:
    """Without a default tag none is made up."""
    assert parse("reg.example/app", default_tag="").tag == ""


def test_which_names_hold_a_registry() -> None:
    """As docker tells a host from a folder of its default registry."""
    for text in ("reg.example/a", "host:5000/a", "localhost/a", "UPPER/a"):
        assert names_registry(text), text
    for text in ("a", "a/b", "a:1", "team/app:1.2"):
        assert not names_registry(text), text


def test_platforms() -> None:
    """Two parts or three; nothing else."""
    assert parse_platform("linux/arm64") == Platform("linux", "arm64")
    assert parse_platform("linux/arm/v7") == Platform("linux", "arm", "v7")
    for text in ("", "linux", "linux/", "linux/arm64/v8/x", "Linux/../x", "linux/a b"):
        with pytest.raises(FormatError):
            parse_platform(text)


def test_names_that_a_registry_made_up() -> None:
    """What becomes part of an address is looked at, whoever put the reference together."""
    assert valid_names(ImageReference(registry="r", repository="a/b", tag="1", digest=SHA))
    assert valid_names(ImageReference(registry="r", repository=""))
    for fields in ({"tag": "../x"}, {"tag": "a\r\nb"}, {"tag": "\x1b[31m"}, {"digest": "sha256:../x"}):
        assert not valid_names(ImageReference(registry="r", repository="a", **fields)), fields
    for repository in ("../x", "a/../b", "A", "a" * 256, "a b"):
        assert not valid_names(ImageReference(registry="r", repository=repository)), repository


def test_digests_and_hosts() -> None:
    """Only kinds that can be computed, only hosts that can be asked."""
    assert valid_digest(SHA)
    assert valid_digest("sha512:" + "0" * 128)
    assert not valid_digest("sha512:" + "0" * 64)
    assert not valid_digest("sha256:" + "AB" * 32)
    assert valid_registry("a.example:5000")
    assert not valid_registry("a.example:5000/x")


@given(st.text(alphabet="ab.:/@-_[]0123456789:sha256", max_size=120))
def test_whatever_is_taken_reads_the_same_again(text: str) -> None:
    """A reference is what its own text says, or an error with a sentence."""
    try:
        found = parse(text)
    except FormatError:
        return
    assert parse(str(found)) == found


@given(st.sampled_from("a.-_/"), st.integers(1000, 4000))
def test_long_rows_of_one_sign_take_no_time(sign: str, count: int) -> None:
    """No pattern goes back over what it has read again and again."""
    with pytest.raises(FormatError):
        parse("a.example/" + sign * count + "!")
