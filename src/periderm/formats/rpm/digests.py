"""What RPM packages say of the content of the programs that they brought. Verifies nothing: whoever has the files compares.

Sources: rpmtag.h for the tags and their types, rpmfiles.h for flags and states, rpmcrypto.h for the numbers of algorithms,
inode(7) for modes. Told are SHA-256 digests alone, which rpm has used since 4.6; of executable regular files alone, as
nothing else is summed; and of neither configuration nor ghosts, which are meant to change.
"""

from __future__ import annotations

from collections.abc import Sequence

FILE_STATES, FILE_MODES, FILE_DIGESTS, FILE_FLAGS, DIGEST_ALGORITHM = 1029, 1030, 1035, 1037, 5011
TAGS = (FILE_STATES, FILE_MODES, FILE_DIGESTS, FILE_FLAGS, DIGEST_ALGORITHM)
SHA256 = 8
_CONFIG, _GHOST = 1 << 0, 1 << 6
_NORMAL, _SHARED = 0, 3  # states in which the package's own file is there
_LENGTH = 64
_EXECUTABLE, _KIND, _REGULAR = 0o111, 0o170000, 0o100000


def sums(
    files: Sequence[str], digests: Sequence[bytes], modes: Sequence[int], flags: Sequence[int], states: Sequence[int]
) -> dict[str, str]:
    """{path: SHA-256 in lower-case hex}. All are in the order of `files`; `flags` and `states` may be missing (empty), and
    mean nothing then. Lists of other lengths say nothing that can be trusted: then nothing is told."""
    n = len(files)
    if not n or len(digests) != n or len(modes) != n or len(flags) not in (0, n) or len(states) not in (0, n):
        return {}
    found: dict[str, str] = {}
    for i, mode in enumerate(modes):
        if not mode & _EXECUTABLE or mode & _KIND != _REGULAR or len(digests[i]) != _LENGTH:
            continue
        if (flags and flags[i] & (_CONFIG | _GHOST)) or (states and states[i] not in (_NORMAL, _SHARED)):
            continue
        found[files[i]] = digests[i].decode("ascii", "replace").lower()
    return found
