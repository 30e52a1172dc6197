"""Tells the options of `periderm build` from the words that are the builder's. Understands none of the latter."""

from __future__ import annotations

from collections.abc import Sequence

# name: whether it takes a value. Kept beside `cli.build.configure`, and compared with it by a test.
OURS = {
    "--config": True,
    "--fail-on": True,
    "--policy": True,
    "--allow": True,
    "--exceptions": True,
    "--vex": True,
    "--key": True,
    "--attest": True,
    "--report": True,
    "--builder": True,
    "--push": False,
    "--store": False,
    "--no-check": False,
    "--plain-http": False,
    "--all": False,
    "--json": False,
    "--csv": False,
    "--quiet": False,
    "--state": True,
    "--lang": True,
    "--help": False,
    "-h": False,
}


def divide(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """(what is this product's, what is the builder's) of a whole command line that begins with 'build'. What stands behind
    '--' is the builder's, all of it, and begins with that '--'; without it so is every word that is no option of ours."""
    ours = [arguments[0]]
    theirs: list[str] = []
    position = 1
    while position < len(arguments):
        word = arguments[position]
        position += 1
        if word == "--":
            theirs += arguments[position - 1 :]
            break
        name, equals, _ = word.partition("=")
        if name not in OURS:
            theirs.append(word)
            continue
        ours.append(word)
        if OURS[name] and not equals and position < len(arguments):
            ours.append(arguments[position])
            position += 1
    return ours, theirs
