"""Licences of Python packages: what metadata writes in four places, as an SPDX expression where it says one exactly.

Sources: PEP 639 with its appendix on classifiers, which lists those that must not be read as an expression (Apache's, BSD's,
GNU's without 'or later', the LGPL's version 2), and says the same of several at once; the list of classifiers
(trove-classifiers); spdx.org/licenses. Those are told by their own words: who judges licences may read more into them.
"""

from __future__ import annotations

_OSI = "OSI Approved :: "
# What stands behind 'License :: ' (without 'OSI Approved :: '), where it means one licence exactly.
_EXACT = {
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "ISC License (ISCL)": "ISC",
    "Mozilla Public License 1.0 (MPL)": "MPL-1.0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "zlib/libpng License": "Zlib",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "Eclipse Public License 1.0 (EPL-1.0)": "EPL-1.0",
    "Eclipse Public License 2.0 (EPL-2.0)": "EPL-2.0",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "Universal Permissive License (UPL)": "UPL-1.0",
    "Historical Permission Notice and Disclaimer (HPND)": "HPND",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "Blue Oak Model License (BlueOak-1.0.0)": "BlueOak-1.0.0",
    "CMU License (MIT-CMU)": "MIT-CMU",
    "Common Development and Distribution License 1.0 (CDDL-1.0)": "CDDL-1.0",
    "Educational Community License, Version 2.0 (ECL-2.0)": "ECL-2.0",
    "Mulan Permissive Software License v2 (MulanPSL-2.0)": "MulanPSL-2.0",
    "NASA Open Source Agreement v1.3 (NASA-1.3)": "NASA-1.3",
    "Open Software License 3.0 (OSL-3.0)": "OSL-3.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "Zero-Clause BSD (0BSD)": "0BSD",
}
# What people write into the free field.
_WORDS = {
    "mit": "MIT",
    "mit license": "MIT",
    "the mit license": "MIT",
    "expat": "MIT",
    "apache 2.0": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache-2.0": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "bsd-3-clause": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "3-clause bsd": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "modified bsd": "BSD-3-Clause",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd 2-clause": "BSD-2-Clause",
    "simplified bsd": "BSD-2-Clause",
    "isc": "ISC",
    "mpl-2.0": "MPL-2.0",
    "mpl 2.0": "MPL-2.0",
    "gplv2+": "GPL-2.0-or-later",
    "gplv3+": "GPL-3.0-or-later",
    "lgplv3+": "LGPL-3.0-or-later",
    "psf-2.0": "PSF-2.0",
    "unlicense": "Unlicense",
    "zpl 2.1": "ZPL-2.1",
}


# Those that leave the version, or 'or later', open: better than a free line that names no licence ('see LICENSE').
_FAMILIES = frozenset(
    (
        *("Apache Software License", "BSD License", "Zope Public License", "GNU Affero General Public License v3"),
        *("GNU General Public License v2 (GPLv2)", "GNU General Public License v3 (GPLv3)"),
        *("GNU Lesser General Public License v2 (LGPLv2)", "GNU Lesser General Public License v2 or later (LGPLv2+)"),
        "GNU Lesser General Public License v3 (LGPLv3)",
    )
)
_LONGEST_WORDS = 64  # a longer first line is the licence's text


def licence_of(fields: dict[str, list[str]]) -> str:
    """From the headers by lower-case name: the expression, else what classifiers say, else the free field's line."""
    told = [
        c.partition("License :: ")[2].removeprefix(_OSI) for c in fields.get("classifier", []) if c.startswith("License ::")
    ]
    told = list(dict.fromkeys(c for c in told if c and c != "OSI Approved"))
    first = fields.get("license", [""])[0].split("\n", 1)[0].strip()
    named = all(c in _EXACT or c in _FAMILIES for c in told)
    choices = (
        fields.get("license-expression", [""])[0],
        _EXACT.get(told[0], "") if len(told) == 1 else "",
        _WORDS.get(first.lower().rstrip("."), ""),
        # 'LGPL-2.1-only', 'GPLv3': it says more than a classifier does
        first if " " not in first and any(c.isdigit() for c in first) else "",
        "; ".join(told) if named else "",
        first if first.upper() != "UNKNOWN" and len(first) <= _LONGEST_WORDS else "",
        "; ".join(told),
    )
    return next((choice for choice in choices if choice), "")
