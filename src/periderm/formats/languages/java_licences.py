"""Licences of Java archives: the names and addresses that poms and manifests write, as SPDX where they mean one exactly.

Sources: spdx.org/licenses; the names that Maven Central's artifacts use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ADDRESSES = (
    ("apache.org/licenses/license-2.0", "Apache-2.0"),
    ("opensource.org/licenses/apache-2.0", "Apache-2.0"),
    ("opensource.org/licenses/mit", "MIT"),
    ("opensource.org/license/mit", "MIT"),
    ("eclipse.org/legal/epl-v10", "EPL-1.0"),
    ("eclipse.org/legal/epl-2.0", "EPL-2.0"),
    ("eclipse.org/legal/epl-v20", "EPL-2.0"),
    ("eclipse.org/org/documents/edl-v10", "BSD-3-Clause"),
    ("mozilla.org/mpl/2.0", "MPL-2.0"),
    ("opensource.org/licenses/bsd-3-clause", "BSD-3-Clause"),
    ("opensource.org/licenses/bsd-2-clause", "BSD-2-Clause"),
    ("gnu.org/licenses/lgpl-2.1", "LGPL-2.1-only"),
    ("gnu.org/licenses/old-licenses/lgpl-2.1", "LGPL-2.1-only"),
    ("creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"),
)
_NAMES = {
    "apache-2.0": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "the apache license, version 2.0": "Apache-2.0",
    "the apache software license, version 2.0": "Apache-2.0",
    "apache software license - version 2.0": "Apache-2.0",
    "mit": "MIT",
    "mit license": "MIT",
    "the mit license": "MIT",
    "the mit license (mit)": "MIT",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "the bsd 3-clause license": "BSD-3-Clause",
    "new bsd license": "BSD-3-Clause",
    "eclipse public license 1.0": "EPL-1.0",
    "eclipse public license - v 1.0": "EPL-1.0",
    "epl-1.0": "EPL-1.0",
    "eclipse public license 2.0": "EPL-2.0",
    "eclipse public license v2.0": "EPL-2.0",
    "eclipse public license - v 2.0": "EPL-2.0",
    "epl 2.0": "EPL-2.0",
    "epl-2.0": "EPL-2.0",
    "edl 1.0": "BSD-3-Clause",
    "mpl 2.0": "MPL-2.0",
    "mpl-2.0": "MPL-2.0",
    "mozilla public license version 2.0": "MPL-2.0",
    "cc0": "CC0-1.0",
    "cc0-1.0": "CC0-1.0",
    "cddl-1.1": "CDDL-1.1",
    "gpl2 w/ cpe": "GPL-2.0-only WITH Classpath-exception-2.0",
    "lgpl-2.1-or-later": "LGPL-2.1-or-later",
}
_PLAIN = re.compile(r"https?://(?:www\.)?")


def expression(told: Iterable[str]) -> str:
    """Names and addresses as one expression: each may be chosen, as several licences of a pom mean. '' unless all are
    known, for a part would be wrong."""
    found: list[str] = []
    for one in told:
        words = " ".join(one.lower().split()).strip("\"'")
        if not words:
            continue
        address = _PLAIN.sub("", words, count=1)
        known = _NAMES.get(words) or next((name for start, name in _ADDRESSES if _is_at(address, start)), "")
        if not known:
            return ""
        if known not in found:
            found.append(known)
    return " OR ".join(found)


def _is_at(address: str, start: str) -> bool:
    """Whether an address is this one, with whatever ending: '…/mit-license.php' is '…/mit', '…/mit-0' is another licence."""
    rest = address.removeprefix(start)
    return address.startswith(start) and (rest[:1] in ("", ".", "/", "?", "#") or rest.startswith("-license"))
