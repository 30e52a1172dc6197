"""Takes a command line of podman, buildah or docker apart, and puts together the ones that a guarded build runs instead.

Source: podman-build(1), buildah-build(1), docker-build(1) and docker-buildx-build(1): their options without a value are
listed here, all others take one. Runs nothing.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence

import msgspec

from periderm.model.build import BuildCommand
from periderm.model.errors import UsageError

TOOLS = ("podman", "buildah", "docker")
_VERBS = {"podman": (("build",), ("image", "build"), ("buildx", "build")), "buildah": (("build",), ("bud",))}
_VERBS["docker"] = (("build",), ("buildx", "build"), ("image", "build"), ("builder", "build"))
# fmt: off
_PLAIN = frozenset((
    "all-platforms", "check", "compat-volumes", "compress", "debug", "disable-compression", "disable-content-trust", "force-rm",
    "help", "http-proxy", "identity-label", "inherit-annotations", "inherit-labels", "layers", "load", "logsplit", "no-cache",
    "no-hostname", "no-hosts", "omit-history", "pull", "pull-always", "pull-never", "push", "quiet", "rewrite-timestamp", "rm",
    "save-stages", "skip-unused-stages", "squash", "squash-all", "stage-labels", "stdin", "tls-verify",
))
# fmt: on
_SHORT = {"c": "cpu-shares", "f": "file", "m": "memory", "o": "output", "t": "tag", "v": "volume"}
_SHORT_PLAIN = {"q": "quiet", "D": "debug", "h": "help"}
_OURS = frozenset({"tag", "manifest", "iidfile", "push"})
_ELSEWHERE = "Build it with a name, and let `periderm build` push it, or export it when the gate has passed."


class Option(msgspec.Struct, frozen=True):
    """One option of the builder's command line, or (`name` '') an argument that is none. `words` are as they were given."""

    name: str
    value: str | None
    words: tuple[str, ...]


def read_command(words: Sequence[str]) -> BuildCommand:
    """The command of `periderm build -- WORDS`. Raises UsageError for a program that is no builder, for what is no build,
    and for what would leave this machine before the gate has decided."""
    program, verb, rest = _divided(words)
    tool = os.path.basename(program[0])
    options = tuple(read_options(rest))
    given = [o for o in options if o.name]
    _refuse(given)
    places = [o.words[-1] for o in options if not o.name]
    if len(places) > 1:
        raise UsageError(f"{places[1]!r} is a second place to build from.", "Give one folder or address, at the end.")

    def values(*names: str) -> tuple[str, ...]:
        return tuple(o.value or "" for o in given if o.name in names)

    command = BuildCommand(
        tool=tool,
        program=program,
        verb=verb,
        kept=tuple(word for o in options if o.name not in _OURS for word in o.words),
        tags=tuple(dict.fromkeys(values("tag"))),
        manifest=(values("manifest") or ("",))[-1],
        iidfile=(values("iidfile") or ("",))[-1],
        push=any(o.name == "push" and o.value != "false" for o in given),
        context=places[0] if places else "",
        files=values("file"),
        target=(values("target") or ("",))[-1],
        platforms=tuple(p for value in values("platform") for p in value.split(",") if p),
        arguments=tuple(value.partition("=")[0] for value in values("build-arg")),
        secrets=tuple(_secret(value) for value in values("secret")),
        options=tuple(dict.fromkeys(o.name for o in given)),
    )
    if command.manifest and (command.tags or tool == "docker"):
        raise UsageError("--manifest and -t are two names for two things.", "Give one of them; docker knows no --manifest.")
    if (len(command.platforms) > 1 or "all-platforms" in command.options) and not command.manifest:
        raise UsageError(
            "Images for several platforms are built, and only one of them would be looked at.",
            "Add --manifest NAME: each of its images is then scanned." if tool != "docker" else "Build one platform at a time.",
        )
    return command


def _divided(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...], Sequence[str]]:
    """(program with its own options, verb, arguments)."""
    tool = os.path.basename(words[0]) if words else ""
    if tool not in TOOLS:
        raise UsageError(
            f"{tool[:80]!r} is no builder that is known here." if words else "Nothing is to be built.",
            "Write periderm build -- podman build …, or buildah, or docker; or periderm build -t NAME FOLDER.",
        )
    for position in range(1, len(words)):
        for verb in _VERBS[tool]:
            if tuple(words[position : position + len(verb)]) == verb:
                end = position + len(verb)
                return tuple(words[:position]), verb, words[end:]
    raise UsageError(f"`{' '.join(words[:4])}` builds nothing.", f"Write periderm build -- {tool} build …")


def read_options(words: Sequence[str]) -> Iterator[Option]:
    """A builder's arguments, one by one, as pflag reads them: `--name value`, `--name=value`, `-n value`, `-nvalue`, and
    short ones together; after `--` nothing is an option. Raises UsageError for an option whose value is missing."""
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if word == "--":
            yield from (Option("", None, ("--", rest)) for rest in words[position:])
            return
        if not word.startswith("-") or word == "-":
            yield Option("", None, (word,))
        elif word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if equals or name in _PLAIN:
                yield Option(name, value if equals else None, (word,))
            else:
                yield Option(name, _value(words, position, word), (word, words[position]))
                position += 1
        else:
            used = yield from _short(word, words, position)
            position += used


def _short(word: str, words: Sequence[str], position: int) -> Generator[Option, None, int]:
    """The options of one word with a single dash; gives how many further words were used."""
    for at, letter in enumerate(word[1:], 1):
        if letter in _SHORT_PLAIN:
            yield Option(_SHORT_PLAIN[letter], None, (f"-{letter}",))
            continue
        name, tail = _SHORT.get(letter, letter), word[at + 1 :]
        if tail:
            yield Option(name, tail.removeprefix("="), (f"-{letter}{tail}",))
            return 0
        yield Option(name, _value(words, position, word), (f"-{letter}", words[position]))
        return 1
    return 0


def _value(words: Sequence[str], position: int, option: str) -> str:
    if position >= len(words):
        raise UsageError(f"{option} needs a value.", "See the builder's own --help.")
    return words[position]


def _secret(value: str) -> str:
    """The id of `--secret id=NAME,src=…`; never where it comes from."""
    return next((part[3:] for part in value.split(",") if part.startswith("id=")), "")


def _refuse(given: Sequence[Option]) -> None:
    """What would carry the result out of the runtime's storage before anybody has looked at it."""
    for option in given:
        value = option.value or ""
        if option.name == "output" and value not in ("type=docker", "type=image"):
            raise UsageError("--output writes the result before the gate has decided.", _ELSEWHERE)
        if option.name == "tag" and value.startswith(("docker://", "oci:", "oci-archive:", "docker-archive:", "dir:")):
            raise UsageError(f"-t {value} writes the result before the gate has decided.", _ELSEWHERE)
        if option.name == "cache-to":
            raise UsageError("--cache-to sends layers away before the gate has decided.", "Fill the cache in another build.")
        if option.name in ("help", "check", "call"):
            raise UsageError(f"--{option.name} builds nothing.", "Ask the builder itself.")


def build_words(command: BuildCommand, iidfile: str, name: str) -> tuple[str, ...]:
    """What is run: the user's own words, with a name for the time being and our own file for the id. With `--manifest` the
    name is that of a list."""
    naming = ("--manifest", name) if command.manifest else ("--tag", name)
    loading = ("--load",) if command.tool == "docker" and command.verb[0] == "buildx" and "load" not in command.options else ()
    ours = ("--iidfile", iidfile, *naming, *loading)
    return (*command.program, *command.verb, *ours, *command.kept)


def tag_words(command: BuildCommand, image: str, name: str) -> tuple[str, ...]:
    """Gives an image a name."""
    return (*command.program, "tag", image, name)


def untag_words(command: BuildCommand, name: str, *, passed: bool) -> tuple[str, ...]:
    """Takes the name for the time being away. podman leaves the image; docker and buildah take it too if that was its only
    name, so an image that `passed` and was to have no name keeps this one: nothing is run then."""
    if command.manifest:
        return (*command.program, "manifest", "rm", name)
    if command.tool == "podman":
        return (*command.program, "untag", name, name)  # of one image only one name: without it all go
    if passed and not command.tags:
        return ()
    return (*command.program, "rmi", *(("--no-prune",) if command.tool == "docker" else ()), name)


def save_words(command: BuildCommand, image: str, path: str) -> tuple[str, ...]:
    """Writes an image into an archive."""
    if command.tool == "docker":
        return (*command.program, "save", "--output", path, image)
    return (*command.program, "push", "--quiet", image, f"oci-archive:{path}:image")


def push_words(command: BuildCommand, name: str, digestfile: str, *, plain: bool = False) -> tuple[str, ...]:
    """Sends an image to its registry; podman and buildah write the digest that it has there into a file. `plain`: to one
    without TLS (docker knows such registries by its own configuration)."""
    if command.tool == "docker":
        return (*command.program, "push", name)
    trust = ("--tls-verify=false",) if plain else ()
    if command.manifest:
        return (*command.program, "manifest", "push", "--all", *trust, "--digestfile", digestfile, name, f"docker://{name}")
    return (*command.program, "push", *trust, "--digestfile", digestfile, name)


def instances_words(command: BuildCommand, name: str) -> tuple[str, ...]:
    """Prints a list of images as JSON; fails if there is none of this name."""
    return (*command.program, "manifest", "inspect", name)


def listing_words(command: BuildCommand) -> tuple[str, ...]:
    """Prints the id and the manifest's digest of every image here, a line each: lists name images by the latter, and other
    commands want the former."""
    return (*command.program, "images", "--all", "--no-trunc", "--format", "{{.ID}} {{.Digest}}")


def create_words(command: BuildCommand, name: str) -> tuple[str, ...]:
    """Makes an empty list of images."""
    return (*command.program, "manifest", "create", name)


def add_words(command: BuildCommand, name: str, image: str) -> tuple[str, ...]:
    """Puts an image of this storage, by its id, into a list that is there already."""
    return (*command.program, "manifest", "add", name, f"containers-storage:{image}")


def version_words(command: BuildCommand) -> tuple[str, ...]:
    """Says the builder's version."""
    return (*command.program[:1], "--version")


def digest_words(command: BuildCommand, name: str) -> tuple[str, ...]:
    """Prints the digests that an image has here, one a line; fails if it is not here."""
    kind = ("inspect", "--type", "image") if command.tool == "buildah" else ("image", "inspect")
    form = {"buildah": "{{.FromImageDigest}}", "podman": "{{.Digest}}"}
    return (*command.program, *kind, "--format", form.get(command.tool, "{{range .RepoDigests}}{{println .}}{{end}}"), name)
