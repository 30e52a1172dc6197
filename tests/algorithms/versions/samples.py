"""Versions to compare: what real packages have, changed at random, and pieces of each scheme put together at random."""

from __future__ import annotations

import random

REAL: dict[str, tuple[str, ...]] = {
    "deb": (
        "1:2.36-9+deb12u4", "2.36-9", "3.0.11-1~deb12u2", "1.0~rc1-1", "1.0-0", "1.0", "1.0-0ubuntu1", "5.10.0-8+b1", "0",
        "2:8.39-13", "1.2.3+dfsg-1.1", "20230311", "9.4p1-1", "1.0a", "1.0~~", "1.0~", "007", "1.0-1~bpo11+1", "a1", "1.2.",
    ),
    "rpm": (
        "1:1.1.1k-9.el8_7", "1.1.1k-12.el8", "2.34-60.el9", "4.18.0-477.10.1.el8_8", "1.0~rc1-1", "1.0^git1-1", "1.0-1",
        "1.0.1^20210101-2", "5.14.0", "8.0p1-19.el8", "2:9.0.0-1", "1.0a-1", "1.0A-1", "1.05-1", "1.0-1.el8.1", "1.0_1-1",
    ),
    "apk": (
        "1.2.12-r3", "3.0.8-r0", "1.36.1-r15", "2.0_alpha1-r0", "2.0_beta", "2.0_pre3", "2.0_rc2-r1", "2.0_p1", "2.0",
        "2.0_git20210101", "9.6_p1-r0", "1.0.2u-r0", "0.01", "0.1", "0.10", "1.0.00", "20230506-r0", "1.2~abc123-r1",
    ),
    "semver": (
        "1.2.3", "1.2.3-alpha", "1.2.3-alpha.1", "1.2.3-beta.11", "1.2.3-rc.1+build.5", "1.2.3+build", "0.0.0",
        "10.20.30", "1.2.3-0", "1.2.3-x-y-z.4", "1.2.3-9", "1.2.3-10", "1.2.3--", "2.0.0-alpha.beta", "2.0.0-alpha.1.2",
    ),
    "go": (
        "v1.2.3", "v1.2.4-0.20191109021931-daa7c04131f5", "v0.0.0-20191109021931-daa7c04131f5", "v2.0.0+incompatible",
        "v1.2.3-pre", "v1.2.3-pre.0.20191109021931-daa7c04131f5", "v1.2", "v1", "v2.0.0", "v1.10.0", "v1.9.0",
    ),
    "gem": (
        "1.2.3", "1.2.3.rc1", "1.2.3.pre", "1.2.b1", "7.0.4.3", "2.0.0.beta.2", "1.0", "1", "1.0.0", "1.0.a.2", "0.beta.1",
        "1.0-1", "3.2.0.rc1.1", "1.0.0a", "1.A", "0", "0.0", "1.a.0.b", "1.a.0.1",
    ),
    "composer": (
        "v4.4.49", "5.4.0-BETA1", "2.0.0-RC2", "1.0.0-alpha3", "1.0", "1.0.0.0", "1.0-dev", "1.0.x-dev", "2.x-dev", "1.0-p1",
        "1.0.0-patch2", "1.0pl1", "20190101", "2010.01.02", "1.0.0-beta.2", "1.0.0-stable", "1.0.0+build", "1.0b2", "1.0-a",
    ),
    "maven": (
        "1.0", "1", "1.0.0", "1.0-alpha-1", "1.0-alpha1", "1.0-a1", "1.0-beta-2", "1.0-M1", "1.0-milestone-1", "1.0-rc1",
        "1.0-CR1", "1.0-SNAPSHOT", "1.0.Final", "1.0-GA", "1.0.RELEASE", "1.0-sp1", "1.0-jre", "31.1-jre", "31.1-android",
        "2.12.6.1", "2.13.0-rc2", "1.0.0.Beta1", "5.3.20", "4.1.86.Final", "9.4.48.v20220622", "1.0-1", "1-1.foo-bar-1",
        "1.0-20230101.010101-1", "3.0.0-M9", "1.0-xyz", "2.0.1", "20040616", "1.0b3", "6.0.0.Alpha7",
    ),
    "nuget": (
        "1.0", "1.0.0", "1.0.0.0", "1.0.0.1", "1.0.0-Beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.10",
        "6.0.0-rc.1.21451.13",
        "1.0.0+meta", "01.1", "2.0.0-preview1", "2.0.0-20230101120000",
    ),
    "pep440": (
        "1.0", "1.0.0", "1", "1.0a1", "1.0.alpha-1", "1.0b2", "1.0rc1", "1.0c1", "1.0.post1", "1.0-1",
        "1.0.dev3", "1.0a1.dev2",
        "1.0.post1.dev2", "1!0.5", "2.0+cpu", "2.0+cu118",
        "2.0+cpu.1", "2.0+1", "v1.0", "1.0preview2", "2023.7.22", "1.0.0.0.1",
    ),
    "generic": (
        "1.0.2k", "1.0.2", "1.0.2zh", "3.12.0rc1", "3.12.0b2", "3.12.0", "16beta1", "16.0", "9.6p1", "1.8.0_392", "17.0.5+8",
        "8.0.0RC1", "go1.21.0", "v18.12.1", "2.4.54-dev", "1.1.1", "1.1.1a", "2.6-dev3",
    ),
}  # fmt: skip
REAL["npm"] = REAL["semver"]
PIECES: dict[str, tuple[str, ...]] = {
    "deb": ("0", "00", "1", "9", "10", ".", ".", "-", "+", "~", "a", "z", "A", "rc", ":", "deb"),
    "rpm": ("0", "00", "1", "9", "10", ".", ".", "-", "_", "~", "^", "a", "Z", "el8", "git", "+"),
    "apk": (".0", ".00", ".1", ".9", ".10", ".01", "a", "z", "_alpha", "_rc", "_p", "_git", "1", "-r0", "-r1", "-r10", "~ab"),
    "semver": (".0", ".1", ".10", "-a", "-0", "-1", ".a", ".9", "+b", "-alpha"),
    "go": (".0", ".1", ".10", "-a", "-0", "-1", ".a", ".9", "+incompatible", "-rc.1"),
    "gem": (".0", ".1", ".10", ".a", ".b", ".0", "a", "b1", "-1", "-a", ".rc", ".A"),
    "composer": (".0", ".1", ".10", "-alpha", "-beta1", "RC", "-dev", "-p", "-patch2", ".x", "a", "+x", "@dev", ".2"),
    "maven": (".0", ".1", ".10", "-1", "-0", "-alpha", "alpha1", "-rc", ".sp", "-sp-1", "-snapshot", "-ga", ".final", "-foo"),
    "nuget": (".0", ".1", ".10", "-a", "-B", ".1", ".b", "+m", "-0"),
    "pep440": (".0", ".1", ".10", "a1", "b", "rc2", ".post1", ".dev1", "+local", "-1", ".2", "+1"),
    "generic": (".0", ".1", ".10", "a", "b", "rc1", "-beta", "p1", "_2", "+3", "~1", "zh"),
}
PIECES["npm"] = PIECES["semver"]


def made(scheme: str, chance: random.Random) -> str:
    """One version."""
    if chance.random() < 0.5:
        text = chance.choice(REAL[scheme])
        if chance.random() < 0.6:  # one character more, less or other
            place = chance.randrange(len(text))
            change = chance.choice(["", text[place] * 2, chance.choice("0123456789abr.-~")])
            text = text[:place] + change + text[place + 1 :]
        return text or "0"
    start = "v1" if scheme == "go" else chance.choice(["0", "1", "2", "10"])
    if scheme in ("semver", "npm", "go") and chance.random() < 0.9:
        start += chance.choice([".0.0", ".1.0", ".0.1"])
    return start + "".join(chance.choice(PIECES[scheme]) for _ in range(chance.randrange(5)))


def pairs(scheme: str, count: int, seed: int = 1) -> list[tuple[str, str]]:
    """Pairs that are often close to each other: half of them share a beginning."""
    chance = random.Random(f"{scheme}{seed}")
    out: list[tuple[str, str]] = []
    while len(out) < count:
        a, b = made(scheme, chance), made(scheme, chance)
        if chance.random() < 0.5:
            cut = chance.randrange(1, len(a) + 1)
            b = a[:cut] + chance.choice(["", chance.choice(PIECES[scheme]), a[cut:] + chance.choice(PIECES[scheme])])
        out.append((a, b))
    return out
