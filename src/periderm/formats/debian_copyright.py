"""Debian's `usr/share/doc/PACKAGE/copyright`: the licences of a package as one SPDX expression. Reads no licence text closely.

Sources: copyright-format 1.0 (DEP-5) for the machine-readable ones; Debian policy 12.5 for the references to
`/usr/share/common-licenses` that the others make; the SPDX licence list for the identifiers. A licence that SPDX does
not know becomes `LicenseRef-NAME`. An exception that SPDX does not know is left out: it only permits more.
"""

from __future__ import annotations

import re

from periderm.model.package_format import FileFacts, Licensed, PackageFormat
from periderm.model.text import Text

_FOLDER, _NAME = "usr/share/doc/", "copyright"
_MOST_LICENCES = 100
_LONGEST = 200  # of a short name; what is longer is a sentence and no name
_FORMAT = re.compile(rb"\A\s*Format(?:-Specification)?:", re.IGNORECASE)
_PARAGRAPHS = re.compile(rb"\n[ \t]*\n")
_FILES = re.compile(rb"^Files:", re.MULTILINE)
_LICENCE = re.compile(rb"^License:[ \t]*([^\n]{1,200})$", re.MULTILINE)
_COMMON = re.compile(rb"/usr/share/common-licenses/([A-Za-z0-9.-]{2,20})")
_FAMILY = re.compile(r"(a?gpl|lgpl|gfdl)[- ]?v?(\d)(?:\.(\d))?(?:\.0)?(\+|-or-later|-only)?", re.IGNORECASE)
_WITH = re.compile(r"(.+?)[ _-]with[ _-](.+)", re.IGNORECASE)
_PROSE = re.compile(
    rb"GNU (Lesser |Library |Affero |)General Public License,? (?:as )?\(?[Vv]ersion (\d(?:\.\d)?)(?=([^.;]{0,60}))"
)
_FAMILIES = {b"": "GPL", b"Lesser ": "LGPL", b"Library ": "LGPL", b"Affero ": "AGPL"}
_WORDS = {"or": "OR", "and": "AND", "and/or": "OR", "|": "OR"}

_SPDX = (
    "0BSD AFL-2.1 AFL-3.0 Apache-1.0 Apache-1.1 Apache-2.0 Artistic-2.0 Beerware BSD-1-Clause BSD-2-Clause BSD-3-Clause "
    "BSD-4-Clause BSD-4-Clause-UC BSL-1.0 bzip2-1.0.6 CC0-1.0 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-2.0 CC-BY-SA-3.0 CC-BY-SA-4.0 "
    "CDDL-1.0 CDDL-1.1 CECILL-2.1 CPL-1.0 curl EFL-2.0 EPL-1.0 EPL-2.0 EUPL-1.2 FSFAP FSFUL FSFULLR FTL HPND IJG ICU ISC "
    "JasPer-2.0 Latex2e Libpng libtiff LPPL-1.3c MirOS MIT MIT-0 MPL-1.0 MPL-1.1 MPL-2.0 MS-PL NCSA NTP OFL-1.1 OLDAP-2.8 "
    "OpenSSL PHP-3.0 PHP-3.01 PostgreSQL PSF-2.0 Python-2.0 QPL-1.0 Ruby Sleepycat SSH-OpenSSH TCL Unicode-DFS-2016 "
    "Unicode-3.0 Unlicense UPL-1.0 Vim W3C WTFPL X11 Zlib ZPL-2.1"
)
_KNOWN = {name.lower(): name for name in _SPDX.split()} | {
    "apache-2": "Apache-2.0",
    "apache2": "Apache-2.0",
    "apache-2-llvm-exceptions": "Apache-2.0 WITH LLVM-exception",
    "artistic": "Artistic-1.0-Perl",
    "artistic-1": "Artistic-1.0-Perl",
    "artistic-2": "Artistic-2.0",
    "bsd": "BSD-3-Clause",  # what common-licenses/BSD holds
    "bsd-2": "BSD-2-Clause",
    "bsd-3": "BSD-3-Clause",
    "bsd-4": "BSD-4-Clause",
    "bsl": "BSL-1.0",
    "bsl-1": "BSL-1.0",
    "cc0": "CC0-1.0",
    "expat": "MIT",
    "mit/x11": "MIT",
    "gfdl": "GFDL-1.1-or-later",
    "gpl": "GPL-1.0-or-later",
    "lgpl": "LGPL-2.0-or-later",
    "mpl": "MPL-1.1",
    "openldap-2.8": "OLDAP-2.8",
    "psf": "PSF-2.0",
    "psf-2": "PSF-2.0",
    "pd": "LicenseRef-public-domain",
    "public-domain": "LicenseRef-public-domain",
    "publicdomain": "LicenseRef-public-domain",
    "unicode": "Unicode-DFS-2016",
    "zpl": "ZPL-2.1",
}
_EXCEPTIONS = {
    "autoconf": "Autoconf-exception-generic",
    "bison": "Bison-exception-2.2",
    "classpath": "Classpath-exception-2.0",
    "font": "Font-exception-2.0",
    "gcc": "GCC-exception-3.1",
    "libtool": "Libtool-exception",
    "linux-syscall-note": "Linux-syscall-note",
    "llvm": "LLVM-exception",
}
_SIGNATURES = (  # of texts that old files quote without naming the licence
    (b"apache.org/licenses/LICENSE-2.0", "Apache-2.0"),
    (b"Permission is hereby granted, free of charge, to any person obtaining", "MIT"),
    (b"Neither the name", "BSD-3-Clause"),
    (b"Redistribution and use in source and binary forms", "BSD-2-Clause"),
    (b"Permission to use, copy, modify, and distribute this software for any", "ISC"),
    (b"Permission to use, copy, modify, distribute, and sell this software", "HPND-sell-variant"),
    (b"Permission to use, copy, modify, and/or distribute this software for any", "ISC"),
)


def identifier(name: str) -> str:
    """The SPDX identifier (with its exception) of a Debian short name; '' for what is no name."""
    name = name.strip(" .;:()")
    base, exception = name, ""
    match = _WITH.fullmatch(name)
    if match:
        base = match[1].strip(" _")
        word = re.sub(r"[ _-]*exceptions?$", "", match[2].strip(), flags=re.IGNORECASE).lower()
        exception = _EXCEPTIONS.get(word, "")
    found = _KNOWN.get(re.sub(r"[ _]+", "-", base.lower())) or _family(base)
    if not found:
        word = re.sub(r"[^A-Za-z0-9.]+", "-", base).strip("-.")
        return f"LicenseRef-{word}" if word and len(base.split()) <= 4 else ""
    return f"{found} WITH {exception}" if exception else found


def _family(name: str) -> str:
    """'GPL-2.0-or-later' of 'GPL-2+', 'GPLv2+', 'GPL-2.0+'."""
    match = _FAMILY.fullmatch(name.strip())
    if not match:
        return ""
    family, major, minor, later = match.groups()
    ending = "or-later" if later in ("+", "-or-later") else "only"
    return f"{family.upper()}-{major}.{minor or '0'}-{ending}"


def expression(synopsis: str) -> str:
    """The SPDX expression of a DEP-5 synopsis: 'GPL-2+ or Artistic, and BSD-3-clause'. '' for a sentence."""
    if len(synopsis) > _LONGEST:
        return ""
    clauses = []
    for clause in synopsis.replace("_or_", " or ").replace("_and_", " and ").split(","):
        words = clause.split()
        while words and words[0].lower() in _WORDS:
            words.pop(0)
        said = _clause(words)
        if said:
            clauses.append(f"({said})" if " OR " in said and "," in synopsis else said)
    return " AND ".join(dict.fromkeys(clauses))


def _clause(words: list[str]) -> str:
    """Names joined by `and` and `or`, in which `and` binds closer, as SPDX reads it too."""
    parts: list[str] = []
    name: list[str] = []
    for word in [*words, ""]:
        joint = _WORDS.get(word.lower(), "")
        if word and not joint:
            name.append(word)
            continue
        spdx = identifier(" ".join(name))
        if not spdx:
            return ""
        parts.append(spdx)
        if joint:
            parts.append(joint)
        name = []
    return " ".join(parts)


def licences(data: bytes) -> list[str]:
    """Every licence that a copyright file tells of, as SPDX expressions, in the order of the file."""
    data = data.replace(b"\r\n", b"\n")
    found = _declared(data) if _FORMAT.search(data[:4096]) else []
    found = found or _referenced(data)
    if not found:
        text = b" ".join(data[: 64 << 10].split())
        for family, version, rest in _PROSE.findall(text):
            later = "+" if b"later" in rest else ""
            found.append(identifier(f"{_FAMILIES[family]}-{version.decode()}{later}"))
        found = list(dict.fromkeys(found)) or [spdx for words, spdx in _SIGNATURES if words in text][:1]
    return found[:_MOST_LICENCES]


def _declared(data: bytes) -> list[str]:
    """The licences of all `Files` paragraphs; of a file without any, those of the header and of paragraphs that only
    hold a licence (they give the text of a licence that a `Files` paragraph names, perhaps as one of two to choose)."""
    found: dict[str, None] = {}
    others: dict[str, None] = {}
    for paragraph in _PARAGRAPHS.split(data):
        match = _LICENCE.search(paragraph)
        said = expression(match[1].decode("utf-8", "replace")) if match else ""
        if said:
            parts = [said] if " OR " in said else said.split(" AND ")
            (found if _FILES.search(paragraph) else others).update(dict.fromkeys(parts))
        if len(found) + len(others) >= _MOST_LICENCES:
            break
    return list(found or others)


def _referenced(data: bytes) -> list[str]:
    """The licences whose common text is referred to."""
    found: dict[str, None] = {}
    for match in _COMMON.finditer(data):
        name = match[1].decode("ascii").rstrip(".-")
        # 'either version 2 of the License, or (at your option) any later version' stands before the reference.
        before = b" ".join(data[max(0, match.start() - 1500) : match.start()].split())
        later = "GPL" in name and name[-1].isdigit() and b"any later version" in before
        said = identifier(name + "+" if later else name)
        if said:
            found[said] = None
        if len(found) >= _MOST_LICENCES:
            break
    return list(found)


def read(data: bytes, path: str) -> FileFacts:
    """All licences of the package whose folder this is, joined by AND."""
    said = licences(data)
    if not said:
        return FileFacts()
    parts = [f"({one})" if " OR " in one and not one.startswith("(") and len(said) > 1 else one for one in said]
    package = path[len(_FOLDER) :].partition("/")[0]
    return FileFacts(licensed=(Licensed(f"deb:{package}", " AND ".join(parts)),))


def _accept(path: str) -> bool:
    return path.startswith(_FOLDER) and path.count("/") == 4


FORMAT = PackageFormat(
    id="debian-copyright",
    title=Text("Debian copyright file", "Debian 版权文件"),
    read=read,
    names=(_NAME,),
    accept=_accept,
    most=16 << 20,
)
