"""What a look means: which tags count, what is new, changed and gone, when the next one is due."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.flow import watch_registries as w
from periderm.model.registry import Descriptor, Platform
from periderm.model.watching import LookState, PlatformImage, RegistryTag, TagFilter, WatchedRegistry

WATCH = WatchedRegistry(name="shop", registry="registry.test", repositories=("team/*", "base"), every=3600)


def tag(name: str, digest: str = "sha256:1", **more: object) -> RegistryTag:
    """A tag that was seen."""
    return msgspec.structs.replace(
        RegistryTag(
            watch="shop",
            registry="r",
            repository="web",
            tag=name,
            digest=digest,
            images=(PlatformImage("linux/amd64", digest, "sha256:c"),),
        ),
        **more,
    )


def test_repositories_by_name_and_glob() -> None:
    """A glob crosses slashes; a name is itself and nothing longer."""
    assert [w.takes_repository(WATCH, n) for n in ("base", "team/web", "team/a/b", "base/x", "Team/web")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert [w.is_pattern(n) for n in ("base", "team/*", "a?", "[ab]")] == [False, True, True, True]


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (TagFilter(), ["latest", "v1.2.0", "v1.10.0", "v1.10.1-rc1", "20260101"]),
        (TagFilter(only=("v*",), never=("*-rc*",)), ["v1.2.0", "v1.10.0"]),
        (TagFilter(versions=1), ["v1.10.0"]),
        (TagFilter(versions=5), ["v1.2.0", "v1.10.0"]),
        (TagFilter(only=()), []),
    ],
)
def test_tags_are_chosen(chosen: TagFilter, kept: list[str]) -> None:
    """By globs; the greatest versions as numbers and not as text, without pre-releases and dates. Signatures never."""
    tags = ["latest", "v1.2.0", "v1.10.0", "v1.10.1-rc1", "20260101", "sha256-" + "a" * 64 + ".sig", "latest"]
    assert w.choose_tags(chosen, tags) == kept


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 3), st.booleans())), st.integers(0, 4))
def test_the_newest_are_kept(drawn: list[tuple[str, int, bool]], number: int) -> None:
    """So many of those that exist, and none that is left out was built after one that is kept."""
    tags = list({name: tag(name, created=at, gone=int(gone)) for name, at, gone in drawn}.values())
    kept = w.newest(TagFilter(newest=number), tags)
    there = [t for t in tags if not t.gone]
    assert len(kept) == (min(number, len(there)) if number else len(there))
    passed = [t.created for t in there if t.tag not in kept]
    assert not passed or max(passed) <= min(t.created for t in there if t.tag in kept)


def test_platforms_of_an_index() -> None:
    """By architecture, or with the variant; attestations are nobody's; a manifest that names none is everybody's."""

    def manifest(*platform: str, **annotations: str) -> Descriptor:
        return Descriptor(media_type="", digest="", size=0, platform=Platform(*platform), annotations=annotations)

    arm = manifest("linux", "arm64", "v8")
    assert w.fits(("linux/arm64",), arm)
    assert w.fits(("linux/arm64/v8",), arm)
    assert w.fits(("*",), arm)
    assert not w.fits(("linux/amd64",), arm)
    assert not w.fits(("*",), manifest("unknown", "unknown"))
    assert not w.fits(("*",), manifest("linux", "amd64", **{"vnd.docker.reference.type": "attestation-manifest"}))
    assert w.fits(("linux/amd64",), manifest())


def test_what_became_of_tags() -> None:
    """New, changed, the same, gone; one that came back or could not be read is new, one that the filter dropped is not gone."""
    before = {
        "same": tag("same"),
        "moved": tag("moved"),
        "gone": tag("gone"),
        "back": tag("back", gone=5),
        "long-gone": tag("long-gone", gone=5),
        "unread": tag("unread", digest="", images=()),
        "dropped": tag("dropped"),
    }
    digests = dict.fromkeys(("same", "new", "back", "unread"), "sha256:1") | {"moved": "sha256:2"}
    found = w.compare(before, digests, [*digests, "dropped"])
    assert (found.same, found.changed, found.gone) == (("same",), ("moved",), ("gone",))
    assert set(found.new) == {"new", "back", "unread"}
    assert set(w.compare(before, digests, [*digests, "dropped"], dated=True).new) == {"new", "back", "unread", "same"}


names = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["1", "2"]))


@given(names, names, st.sets(st.sampled_from("abcdef")))
def test_each_tag_is_one_of_them(before: dict[str, str], digests: dict[str, str], gone: set[str]) -> None:
    """Each tag that has a digest now is new, changed or the same; each that was there and is not is gone; nothing is both."""
    known = {name: tag(name, digest, gone=9 if name in gone else 0) for name, digest in before.items()}
    found = w.compare(known, digests, digests)
    assert sorted([*found.new, *found.changed, *found.same]) == sorted(digests)
    assert sorted(found.gone) == sorted(n for n in before if n not in digests and n not in gone)


def test_the_next_look_is_spread() -> None:
    """By up to the jitter, never earlier; two registries are not asked at the same time."""
    told = w.after_success(msgspec.structs.replace(WATCH, jitter=0.5), LookState(failing=3, failures=2, problem="x"), 10)
    assert 10 + 3600 * w.SECOND <= told.next <= 10 + 5400 * w.SECOND
    assert (told.looks, told.looked, told.failing, told.failures, told.problem) == (1, 10, 0, 0, "")
    shares = {w.spread(f"registry-{n}", 0) for n in range(100)}
    assert len(shares) == 100
    assert all(0 <= share <= 1 for share in shares)
    assert w.after_success(msgspec.structs.replace(WATCH, every=0, jitter=0.0), LookState(), 0).next == 30 * w.SECOND


def test_a_registry_that_fails_is_asked_later_and_later() -> None:
    """Since when it fails stays said; the waits grow to what the schedule says."""
    state, waits = LookState(looked=5), []
    for _ in range(12):
        state = w.after_failure(WATCH, state, "away", 100)
        waits.append(state.next - 100)
    assert waits[0] <= 36 * w.SECOND
    assert max(waits) <= 1.2 * 3600 * w.SECOND
    assert waits[8] > 16 * waits[0]
    assert (state.failing, state.failures, state.looked, state.problem) == (100, 12, 5, "away")
