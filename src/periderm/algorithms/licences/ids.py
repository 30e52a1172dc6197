"""The most used SPDX licence identifiers by kind, and how people write them otherwise. A table; gives no legal advice.

Identifiers: spdx.org/licenses. Kinds are what the licences ask of whoever passes the software on: nothing but notices
(permissive), changes to the licensed files or library (weak copyleft), the whole work (strong copyleft), also when it is
only used over a network (network copyleft), or what no open licence asks (proprietary).
"""

from __future__ import annotations

import enum
import re


class Kind(enum.StrEnum):
    """What a licence asks for."""

    PERMISSIVE = "permissive"
    WEAK = "weak-copyleft"
    STRONG = "strong-copyleft"
    NETWORK = "network-copyleft"
    PROPRIETARY = "proprietary"
    UNKNOWN = "unknown"


_PERMISSIVE = """0BSD AFL-2.0 AFL-2.1 AFL-3.0 Apache-1.0 Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-1.0-Perl Artistic-2.0
Beerware BlueOak-1.0.0 BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent BSD-2-Clause-Views BSD-3-Clause BSD-3-Clause-Clear
BSD-3-Clause-LBNL BSD-4-Clause BSD-4-Clause-UC BSD-Source-Code BSL-1.0 bzip2-1.0.6 CC0-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-3.0
CC-BY-4.0 CNRI-Python curl ECL-2.0 EFL-2.0 Entessa FSFAP FSFUL FSFULLR FTL GD HPND HPND-sell-variant ICU IJG Info-ZIP ISC
JSON Latex2e libpng-2.0 Libpng libtiff LPL-1.02 MirOS MIT MIT-0 MIT-CMU MIT-Modern-Variant mpich2 MS-PL MTLL MulanPSL-2.0
NAIST-2003 NCSA NTP OFL-1.1 OLDAP-2.8 OpenSSL PHP-3.0 PHP-3.01 PostgreSQL PSF-2.0 Python-2.0 Ruby SAX-PD
SSH-OpenSSH SSH-short TCL TCP-wrappers Unicode-3.0 Unicode-DFS-2015 Unicode-DFS-2016 Unicode-TOU Unlicense UPL-1.0 Vim
W3C W3C-19980720 WTFPL X11 XFree86-1.1 Xnet Zlib zlib-acknowledgement ZPL-2.0 ZPL-2.1"""
_WEAK = """APSL-2.0 CC-BY-SA-2.0 CC-BY-SA-2.5 CC-BY-SA-3.0 CC-BY-SA-4.0 CDDL-1.0 CDDL-1.1 CECILL-C CPL-1.0 EPL-1.0 EPL-2.0
ErlPL-1.1 IPL-1.0 LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later LPPL-1.3c
MPL-1.0 MPL-1.1 MPL-2.0 MPL-2.0-no-copyleft-exception MS-RL NPL-1.1 SPL-1.0 GFDL-1.1-only GFDL-1.1-or-later GFDL-1.2-only
GFDL-1.2-or-later GFDL-1.3-only GFDL-1.3-or-later"""
_STRONG = """CECILL-2.0 CECILL-2.1 EUPL-1.1 EUPL-1.2 GPL-1.0-only GPL-1.0-or-later GPL-2.0-only GPL-2.0-or-later
GPL-3.0-only GPL-3.0-or-later QPL-1.0 Sleepycat"""
_NETWORK = "AGPL-1.0-only AGPL-1.0-or-later AGPL-3.0-only AGPL-3.0-or-later OSL-3.0 RPL-1.5 SSPL-1.0 CPAL-1.0"
_PROPRIETARY = "BUSL-1.1 CC-BY-NC-4.0 CC-BY-NC-SA-4.0 CC-BY-ND-4.0 CC-BY-NC-ND-4.0 Elastic-2.0 PolyForm-Noncommercial-1.0.0"

KINDS: dict[str, Kind] = {
    name: kind
    for kind, names in (
        (Kind.PERMISSIVE, _PERMISSIVE),
        (Kind.WEAK, _WEAK),
        (Kind.STRONG, _STRONG),
        (Kind.NETWORK, _NETWORK),
        (Kind.PROPRIETARY, _PROPRIETARY),
    )
    for name in names.split()
}
EXCEPTIONS = (
    "Autoconf-exception-2.0",
    "Autoconf-exception-3.0",
    "Bison-exception-2.2",
    "Bootloader-exception",
    "Classpath-exception-2.0",
    "eCos-exception-2.0",
    "FLTK-exception",
    "Font-exception-2.0",
    "freertos-exception-2.0",
    "GCC-exception-2.0",
    "GCC-exception-3.1",
    "Libtool-exception",
    "Linux-syscall-note",
    "LLVM-exception",
    "OpenJDK-assembly-exception-1.0",
    "openvpn-openssl-exception",
    "Qt-GPL-exception-1.0",
    "Swift-exception",
    "u-boot-exception-2.0",
    "Universal-FOSS-exception-1.0",
    "WxWindows-exception-3.1",
)
# With one of these, the licence does not reach what is only linked with the work, or made by it.
_LOOSENING = frozenset(e.lower() for e in EXCEPTIONS) - {"linux-syscall-note", "openvpn-openssl-exception"}

_SPELLINGS = {
    "apache": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache software": "Apache-2.0",
    "artistic": "Artistic-1.0-Perl",
    "asl 2.0": "Apache-2.0",
    "boost": "BSL-1.0",
    "boost software license 1.0": "BSL-1.0",
    "bsd": "BSD-3-Clause",
    "bsd 2": "BSD-2-Clause",
    "bsd 3": "BSD-3-Clause",
    "bsd 2 clause": "BSD-2-Clause",
    "bsd 3 clause": "BSD-3-Clause",
    "bsd 4 clause": "BSD-4-Clause",
    "2 clause bsd": "BSD-2-Clause",
    "3 clause bsd": "BSD-3-Clause",
    "simplified bsd": "BSD-2-Clause",
    "freebsd": "BSD-2-Clause",
    "modified bsd": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "revised bsd": "BSD-3-Clause",
    "bsd like": "BSD-3-Clause",
    "bsd style": "BSD-3-Clause",
    "bsd with advertising": "BSD-4-Clause",
    "cc0": "CC0-1.0",
    "cc zero": "CC0-1.0",
    "cddl": "CDDL-1.0",
    "eclipse public license": "EPL-1.0",
    "eclipse public license v2.0": "EPL-2.0",
    "expat": "MIT",
    "gpl": "GPL-1.0-or-later",
    "lgpl": "LGPL-2.0-or-later",
    "agpl": "AGPL-1.0-or-later",
    "isc license iscl": "ISC",
    "mit x11": "MIT",
    "mit x": "MIT",
    "mit expat": "MIT",
    "mit style": "MIT",
    "mozilla public license 2.0 mpl 2.0": "MPL-2.0",
    "mpl": "MPL-1.1",
    "openldap": "OLDAP-2.8",
    "php": "PHP-3.01",
    "psf": "PSF-2.0",
    "psfl": "PSF-2.0",
    "python": "Python-2.0",
    "python software foundation": "PSF-2.0",
    "perl": "GPL-1.0-or-later OR Artistic-1.0-Perl",
    "same terms as perl": "GPL-1.0-or-later OR Artistic-1.0-Perl",
    "perl 5": "GPL-1.0-or-later OR Artistic-1.0-Perl",
    "public domain": "LicenseRef-public-domain",
    "sil open font license": "OFL-1.1",
    "sil open font license 1.1": "OFL-1.1",
    "the unlicense": "Unlicense",
    "universal permissive license": "UPL-1.0",
    "w3c license": "W3C",
    "zlib/libpng": "Zlib",
    "zlib libpng": "Zlib",
    "zope public license": "ZPL-2.1",
}
_FAMILIES = (
    (re.compile(r"\b(?:gnu )?(?:affero (?:general public|gpl)|agpl(?=v|\b))"), "AGPL"),
    (re.compile(r"\b(?:gnu )?(?:(?:library or )?(?:lesser|library)(?: general public| gpl)?|lgpl(?=v|\b))"), "LGPL"),
    (re.compile(r"\b(?:gnu )?(?:free documentation|gfdl(?=v|\b))|\bgnu fdl"), "GFDL"),
    (re.compile(r"\b(?:gnu )?(?:general public|gpl(?=v|\b))"), "GPL"),
    (re.compile(r"\bmozilla public|\bmpl(?=v|\b)"), "MPL"),
    (re.compile(r"\beclipse public|\bepl(?=v|\b)"), "EPL"),
    (re.compile(r"\bcommon development and distribution|\bcddl\b"), "CDDL"),
    (re.compile(r"\bapache(?: software)?\b|\basl\b"), "Apache"),
    (re.compile(r"\beuropean union public|\beupl\b"), "EUPL"),
    (re.compile(r"\bacademic free|\bafl\b"), "AFL"),
    (re.compile(r"\bartistic\b"), "Artistic"),
)
_GNU = frozenset(("AGPL", "LGPL", "GFDL", "GPL"))
_NUMBER = re.compile(r"(?<![0-9.])v?([0-9])(?:\.([0-9]))?(?:\.0)?(?![0-9.])")
_LATER = re.compile(
    r"\+|>=|\bor (?:any )?(?:later|newer|greater|above)(?: version)?|\bor at your option any later(?: version)?|\bonly\b"
)
_NOISE = re.compile(r"\b(?:the|licen[cs]ed?|version|ver|under|terms|of|agreement)\b|[(),\"']|\bv\b\.?")
_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_LOWER = {name.lower(): name for name in KINDS} | {name.lower(): name for name in EXCEPTIONS}


def canonical(name: str) -> str:
    """The SPDX identifier (or expression) of a name as people write it; '' if none is known. A bare 'GPL-2.0' or 'GPL-2.0+',
    which SPDX has given up, becomes '-only' or '-or-later'."""
    lower = " ".join(name.lower().split())
    if lower in _LOWER:
        return _LOWER[lower]
    if len(lower) > 120:
        return ""
    bare = _BRACKETS.sub("", lower)
    for form in (lower, bare) if bare != lower else (lower,):
        plain = " ".join(_NOISE.sub(" ", form.replace("_", " ").replace("-", " ")).split())
        found = _LOWER.get(plain.replace(" ", "-")) or _SPELLINGS.get(form) or _SPELLINGS.get(plain) or _family(plain)
        if found:
            return found
    return ""


def _family(plain: str) -> str:
    """A licence with versions, if nothing else is in the name."""
    later = any(word != "only" for word in _LATER.findall(plain))
    rest = _LATER.sub(" ", plain)
    for pattern, family in _FAMILIES:
        if not pattern.search(rest):
            continue
        rest = pattern.sub(" ", rest)
        numbers = {(n[1], n[2] or "0") for n in _NUMBER.finditer(rest)}
        if _NUMBER.sub(" ", rest).strip(" .") or len(numbers) > 1:
            return ""
        if not numbers:
            return _SPELLINGS.get(family.lower(), "")
        major, minor = numbers.pop()
        if later and family not in _GNU:
            return ""  # SPDX says so with a '+', which is not part of the name
        found = f"{family}-{major}.{minor}" + (("-or-later" if later else "-only") if family in _GNU else "")
        return found if found in KINDS else ""
    return ""


def kind_of(name: str, exception: str = "") -> Kind:
    """What kind an identifier is; a GPL with an exception for linking is weak."""
    if name.lower() == "licenseref-public-domain":
        return Kind.PERMISSIVE
    kind = KINDS.get(_LOWER.get(name.lower(), name), Kind.UNKNOWN)
    return Kind.WEAK if kind is Kind.STRONG and exception.lower() in _LOOSENING else kind
