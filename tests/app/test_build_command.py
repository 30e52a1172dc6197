"""Promises about builders' command lines: what is the user's reaches the builder, what waits for the gate does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.app import build_command as words
from periderm.app.build_command import read_command, read_options
from periderm.model.errors import UsageError


def command(line: str) -> words.BuildCommand:
    """Of words with blanks between."""
    return read_command(line.split())


def test_the_users_words_stay() -> None:
    """Names, the list, the id file and the push are taken out; all else is as it was, in its order."""
    read = command(
        "podman --root=/x build --layers -t shop:1 --tag=shop:2 --build-arg TOKEN=abc -f Build.txt --iidfile id --push=false "
        "--secret id=npm,src=/k --no-cache --target web src"
    )
    assert read.program == ("podman", "--root=/x")
    assert read.kept == (
        *("--layers", "--build-arg", "TOKEN=abc", "-f", "Build.txt", "--secret", "id=npm,src=/k"),
        *("--no-cache", "--target", "web", "src"),
    )
    assert (read.tags, read.iidfile, read.push) == (("shop:1", "shop:2"), "id", False)
    assert (read.context, read.files, read.target) == ("src", ("Build.txt",), "web")
    assert (read.arguments, read.secrets) == (("TOKEN",), ("npm",))
    assert "abc" not in str((read.arguments, read.secrets, read.options))
    run = words.build_words(read, "/t/id", "localhost/periderm-build:1")
    assert run == ("podman", "--root=/x", "build", "--iidfile", "/t/id", "--tag", "localhost/periderm-build:1", *read.kept)


@pytest.mark.parametrize(
    ("line", "tags", "kept"),
    [
        ("podman build -tshop .", ("shop",), (".",)),
        ("podman build -qt shop .", ("shop",), ("-q", ".")),
        ("buildah bud -t=shop", ("shop",), ()),
        ("buildah build --tag shop -- -odd", ("shop",), ("--", "-odd")),
        ("docker buildx build --push -t a -t a .", ("a",), (".",)),
    ],
)
def test_short_options(line: str, tags: tuple[str, ...], kept: tuple[str, ...]) -> None:
    """As pflag reads them: together, with and without '='."""
    read = command(line)
    assert (read.tags, read.kept) == (tags, kept)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "Nothing"),
        ("make all", "no builder"),
        ("podman run x", "builds nothing"),
        ("podman build -o type=tar,dest=x .", "before the gate"),
        ("podman build -t oci:/tmp/x .", "before the gate"),
        ("podman build --cache-to registry.example/c .", "before the gate"),
        ("podman build --platform linux/amd64,linux/arm64 -t a .", "several platforms"),
        ("podman build --all-platforms -t a .", "several platforms"),
        ("docker build --platform linux/amd64,linux/arm64 -t a .", "several platforms"),
        ("podman build --manifest a -t b .", "two names"),
        ("podman build -t", "needs a value"),
        ("podman build . other", "second place"),
        ("podman build --help", "builds nothing"),
    ],
)
def test_what_cannot_be_guarded_is_refused(line: str, told: str) -> None:
    """What would leave this machine before the gate, or could not be looked at whole; each with what to do instead."""
    with pytest.raises(UsageError, match=told) as raised:
        command(line)
    assert raised.value.next_step


def test_each_builder_in_its_own_words() -> None:
    """docker loads what buildx makes, podman takes one name of one image away, buildah keeps what has no other name."""
    podman, buildah = command("podman build -t a ."), command("buildah bud .")
    docker = command("docker buildx build -t a .")
    assert "--load" in words.build_words(docker, "id", "n")
    assert words.untag_words(podman, "n", passed=False) == ("podman", "untag", "n", "n")
    assert words.untag_words(buildah, "n", passed=True) == ()
    assert words.untag_words(buildah, "n", passed=False) == ("buildah", "rmi", "n")
    assert words.untag_words(docker, "n", passed=True) == ("docker", "rmi", "--no-prune", "n")
    many = command("podman build --manifest all --platform linux/amd64,linux/arm64 .")
    assert words.build_words(many, "id", "n")[:6] == ("podman", "build", "--iidfile", "id", "--manifest", "n")
    assert words.untag_words(many, "n", passed=True) == ("podman", "manifest", "rm", "n")
    assert words.push_words(many, "all", "d")[1:4] == ("manifest", "push", "--all")
    assert words.push_words(docker, "a", "d") == ("docker", "push", "a")
    assert words.save_words(docker, "i", "p") == ("docker", "save", "--output", "p", "i")
    assert words.save_words(podman, "i", "p")[-1] == "oci-archive:p:image"
    assert words.digest_words(buildah, "b")[:4] == ("buildah", "inspect", "--type", "image")
    assert words.version_words(podman) == ("podman", "--version")
    assert words.add_words(many, "all", "i")[-1] == "containers-storage:i"
    assert words.create_words(many, "all") == ("podman", "manifest", "create", "all")


@given(st.lists(st.sampled_from(["--layers", "-t", "--tag=x", "-qt", "--", "-", ".", "--x", "-v", "a=b", "", "-tq", "--rm"])))
def test_no_word_is_lost(given_words: list[str]) -> None:
    """Whatever is typed: each word comes out once, or the line is refused."""
    try:
        read = [word for option in read_options(given_words) for word in option.words]
    except UsageError:
        return
    flat = "".join(read).replace("-", "")
    assert flat == "".join(given_words).replace("-", "")
