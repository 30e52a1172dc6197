"""Regular expressions of conditions (`matches`): linear in the text, as CEL demands of RE2. Compiled by Hyperscan, which
has no backtracking, no back-references and no looking around; what it refuses is an error when the rule is loaded.

Differs from RE2: '$' also matches before a newline at the end of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

LONGEST = 500
_COUNTED = re.compile(r"\{([0-9]*),?([0-9]*)\}")
_MOST_REPEATED = 100  # {n,m}: larger counts make databases that take seconds to build

# Each is hundreds of ranges: a counted one was seen to take 16 seconds to build.
_PROPERTY = re.compile(r"\\[pP]")
_MOST_PROPERTIES = 8


@lru_cache(maxsize=512)
def searcher(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether a text has a match anywhere. Raises ValueError with a sentence for what it refuses."""
    import hyperscan

    if len(pattern) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST} characters")
    counts = [int(n) for pair in _COUNTED.findall(pattern) for n in pair if n and len(n) < 9]
    if any(n > _MOST_REPEATED for n in counts) or len(counts) > 8 or re.search(r"\{[0-9,]*[0-9]{9}", pattern):
        raise ValueError(f"it repeats more than {_MOST_REPEATED} times, or counts too often")
    properties = len(_PROPERTY.findall(pattern))
    if properties > _MOST_PROPERTIES or (properties and counts):
        raise ValueError(f"it has more than {_MOST_PROPERTIES} Unicode properties (\\p), or counts them")
    database = hyperscan.Database()
    flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_ALLOWEMPTY
    try:
        database.compile(expressions=[pattern.encode("utf-8", "replace")], ids=[0], flags=[flags], elements=1)
    except hyperscan.HyperscanError as error:
        raise ValueError(str(error).strip().rstrip(".") or "it is not understood") from error

    def search(text: str) -> bool:
        found: list[int] = []

        def hit(*_told: object) -> bool:
            found.append(1)
            return True  # one is enough

        # a scratch of its own: two threads may ask at once
        scratch = hyperscan.Scratch(database)
        try:
            database.scan(text.encode("utf-8", "replace"), match_event_handler=hit, scratch=scratch)
        except hyperscan.ScanTerminated:
            return True
        return bool(found)

    return search
