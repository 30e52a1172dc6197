"""How odd a program's name is: by its length, its characters, and its likeness to a name that it could be taken for.

It knows names only; neither where the file lies nor what it does. A name that is known is never odd.
"""

from __future__ import annotations

import functools
import itertools
import math
import unicodedata
from collections.abc import Callable, Iterable

from periderm.model.text import Text

MOST_CHARACTERS = 255  # of a file's name, by every file system that matters
_LONG = 32  # few programs have a longer name
_NONE = Text("", "")


def _words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# Names that are most often imitated: kernel threads and what every system runs.
WORTH_IMITATING = _words(
    """
    kworker kthreadd ksoftirqd migration kswapd0 watchdog systemd systemd-journald systemd-udevd dbus-daemon sshd cron
    crond init bash nginx apache2 httpd mysqld postgres redis-server dockerd containerd containerd-shim kubelet runc java
    node python3 php-fpm rsyslogd agetty sudo login getty
    """
)
_KERNEL = ("kworker", "kthreadd", "ksoftirqd", "kswapd", "migration/", "rcu_", "watchdog/", "jbd2", "khugepaged", "kdevtmpfs")
_LOOKALIKE = str.maketrans({"0": "o", "1": "l", "I": "l", "|": "l", "5": "s", "$": "s", "3": "e", "@": "a", "4": "a", "7": "t"})
# The pairs of letters that occur in at least two of the 1,669 names of commands of a Debian 12 with compilers and editors.
_PAIRS = _words(
    """
    ab ac ad ae ag ai ak al am an ap ar as at au av aw ay ba bc bd be bf bg bi bj bl bm bn bo bp br bs bt bu by bz ca cb
    cc cd ce cf cg ch ck cl cm co cp cr cs ct cu cv cw cx da db dc dd de df dg di dk dl dm dn do dp dr ds du dw dy ea eb
    ec ed ee ef eg ei ek el em en eo ep eq er es et eu ev ew ex ey ez fa fc fd fe ff fg fi fl fm fn fo fr fs ft fu fy ga
    gb gc gd ge gf gg gi gl gm gn go gp gr gs gt gu gv gz ha hc he hg hi hk hm ho hp hr hs ht hu ia ib ic id ie if ig ii
    il im in io ip iq ir is it iv ix iz ja jc jd je ji jm jo jp js ka kb kc kd ke kf kg ki kn ko kp ks kt ku la lc ld le
    lf lg li lk ll ln lo lp ls lt lu lv ly lz ma mb mc md me mf mg mi mk ml mm mn mo mp ms mt mu mv na nb nc nd ne nf ng
    ni nk nl nm nn no np nr ns nt nu nv nz oa ob oc od oe of og oi ok ol om on oo op or os ot ou ov ow pa pc pd pe pf pg
    ph pi pk pl pm pn po pp pq pr ps pt pu pv pw py pz qe ql qn qu ra rb rc rd re rf rg ri rk rl rm rn ro rp rr rs rt ru
    rv ry sa sb sc sd se sf sg sh si sk sl sm sn so sp sq sr ss st su sv sw sy ta tb tc td te th ti tk tl tm tn to tp tr
    ts tt tu tx ty ua ub uc ud ue uf ug ui ul um un up ur us ut uu ux va vc vd ve vg vi vl vm vn vo vp vr vs vt wa wc wd
    we wg wh wi wk wn wo wp wr ws wu ww xa xb xd xe xf xg xl xm xp xr xs xt xx xz ya yd yg yl ym yp ys yt yz zc zd ze zf
    zg zi zl zm zs
    """
)


def oddness(name: str, known: Iterable[str]) -> tuple[int, Text]:
    """0 (nothing strange) to 100 and the reason, for the base name of a program among the base names that are known here."""
    return _oddness(name[: MOST_CHARACTERS + 1], frozenset(known))


@functools.lru_cache(maxsize=4096)
def _oddness(name: str, known: frozenset[str]) -> tuple[int, Text]:
    if name in known or not name:
        return 0, _NONE
    return max((_characters(name), _likeness(name, known), _length(name, known), _sense(name)), key=lambda found: found[0])


def _characters(name: str) -> tuple[int, Text]:
    return next(((score, why) for score, why, test in _STRANGE if test(name)), (0, _NONE))


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # categories of Unicode
_STRANGE: tuple[tuple[int, Text, Callable[[str], bool]], ...] = (
    (
        95,
        Text("its name holds characters that cannot be seen", "其名称含有不可见的字符"),
        lambda name: any(unicodedata.category(c) in _UNSEEN for c in name),
    ),
    (
        95,
        Text("its name is made of blanks or dots, or ends in them", "其名称由空格或点组成，或以其结尾"),
        lambda name: name != name.strip() or not name.strip(". "),
    ),
    (
        95,
        Text("it has the name of a kernel thread, which is never a file", "它使用内核线程的名称，而内核线程不是文件"),
        lambda name: name.startswith(_KERNEL) or (name[0] == "[" and name[-1] == "]"),
    ),
    (75, Text("its name holds letters outside ASCII", "其名称含有 ASCII 以外的字母"), lambda name: not name.isascii()),
    (80, Text("its name begins with a dot, which hides it", "其名称以点开头，会被隐藏"), lambda name: name[0] == "."),
    (
        70,
        Text("its name holds characters that a shell acts on", "其名称含有 shell 会解释的字符"),
        lambda name: name[0] == "-" or any(c in " \"'`$&;|<>*?\\" for c in name),
    ),
)


def _likeness(name: str, known: frozenset[str]) -> tuple[int, Text]:
    """One letter away from a name that it is not, or the same when read quickly."""
    if len(name) < 4:
        return 0, _NONE
    plain = _plain(name)
    for other in sorted((known | WORTH_IMITATING) - {name}):
        if abs(len(other) - len(name)) > 1 or len(other) < 4 or _without_version(name) == _without_version(other):
            continue
        if plain == _plain(other):
            return 90, _LIKE.fill(other=other)
        if len(name) > 4 and _one_apart(name, other):
            return 70, _LIKE.fill(other=other)
    return 0, _NONE


_LIKE = Text("its name is easily taken for {other}", "其名称很容易被误认为 {other}")


def _plain(name: str) -> str:
    """As an eye in a hurry reads it."""
    folded = unicodedata.normalize("NFKD", name)
    return (
        "".join(c for c in folded if not unicodedata.combining(c))
        .translate(_LOOKALIKE)
        .lower()
        .replace("rn", "m")
        .replace("vv", "w")
    )


def _without_version(name: str) -> str:
    """'python' of 'python3.11': versions of one program are no imitations of each other."""
    return "".join(c for c in name if c not in "0123456789.-_")


def _one_apart(one: str, other: str) -> bool:
    """One letter more, fewer, other, or two exchanged. Plurals and pairs like gzip and bzip2 differ at an end, and are no
    imitations; nor are short names."""
    if len(one) == len(other):
        places = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if len(places) == 1:
            return 0 < places[0] < len(one) - 1 and len(one) > 5
        return (
            len(places) == 2
            and places[1] == places[0] + 1
            and one[places[0]] == other[places[1]]
            and one[places[1]] == other[places[0]]
        )
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return len(shorter) > 5 and any(longer[:i] + longer[i + 1 :] == shorter for i in range(1, len(longer) - 1))


def _length(name: str, known: frozenset[str]) -> tuple[int, Text]:
    """Far longer than the names that are known here (or than nearly all names)."""
    lengths = sorted(len(each) for each in known) if len(known) >= 5 else []
    bound = max(_LONG, lengths[-1] + 8) if lengths else _LONG
    if len(name) > bound:
        return min(90, 50 + (len(name) - bound) * 2), Text("its name is {n} characters long", "其名称长达 {n} 个字符").fill(
            n=len(name)
        )
    if len(name) == 1 and not any(len(each) == 1 for each in known) and name != "[":
        return 60, Text("its name is a single character", "其名称只有一个字符")
    return 0, _NONE


def _sense(name: str) -> tuple[int, Text]:
    """Pairs of letters that no word has, or digits and letters mixed: `xkqzwvbt`, `a8f0c3e1`."""
    stem = name.rpartition(".")[0] or name
    changes = sum(1 for a, b in itertools.pairwise(stem) if a.isalnum() and b.isalnum() and a.isdigit() != b.isdigit())
    if len(stem) >= 6 and changes >= max(3, len(stem) // 3):
        return 65, _RANDOM
    letters = [(a + b).lower() for a, b in itertools.pairwise(stem) if a.isalpha() and b.isalpha()]
    if len(letters) >= 5:
        strange = sum(1 for pair in letters if pair.isascii() and pair not in _PAIRS)
        if strange >= 2 and strange / len(letters) >= 0.35:
            return min(80, 40 + math.ceil(60 * strange / len(letters))), _RANDOM
    return 0, _NONE


_RANDOM = Text("its name looks made up by a machine", "其名称像是机器随机生成的")
