"""Which files of an image were seen in use by its containers: what tells that a package is loaded at run time."""

from __future__ import annotations

import msgspec

MOST_PATHS = 20_000  # of one image
MOST_SOCKETS = 200


class FilesInUse(msgspec.Struct, frozen=True, kw_only=True, tag="files-in-use"):
    """Files that processes of an image's containers executed, mapped or hold open as archives. `paths` are relative to
    the container's root; `since` and `time` are when looking began and when it was done last (Unix nanoseconds).
    `listening` are the sockets ('0.0.0.0:80') that listened in the containers' networks, None where nobody looked."""

    image_digest: str
    node_id: str
    paths: tuple[str, ...]
    since: int
    time: int
    listening: tuple[str, ...] | None = None


def merge(old: FilesInUse, new: FilesInUse) -> FilesInUse:
    """Both together; the first `MOST_PATHS` in the order of names, so that merging in any order gives the same."""
    paths = sorted({*old.paths, *new.paths})[:MOST_PATHS]
    heard = [use.listening for use in (old, new) if use.listening is not None]
    return FilesInUse(
        image_digest=old.image_digest,
        node_id=min(old.node_id, new.node_id),
        paths=tuple(paths),
        since=min(old.since, new.since),
        time=max(old.time, new.time),
        listening=tuple(sorted({place for places in heard for place in places})[:MOST_SOCKETS]) if heard else None,
    )
