"""RUN-104: data travels in DNS names: many different long or random-looking names below one domain.

It counts over a container or host, so that a loop around `dig` counts too. Names of clouds, clusters, blocklists and reverse
look-ups look random and are passed over. Answers and other programs' encrypted DNS are not seen.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.engines.runtime.situation import Situation, situation
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SECONDS = 120.0
_LONG, _MANY_LONG = 40, 6  # characters before the domain; names within the time
_SOME, _MANY_SOME = 12, 20
_RANDOM = 3.0  # bits a character: words lie below, encodings above
_HUGE = 100  # one label cannot exceed 63 (RFC 1035), a name 253
_RARE = {10: "NULL", 16: "TXT", 65399: "PRIVATE", 25: "KEY", 33: "SRV"}
_OTHERS = re.compile(
    r"\.(in-addr|ip6|home)\.arpa\.?$|\.(local|localdomain|internal|svc|cluster\.local|lan|consul|test|localhost)\.?$|"
    r"(amazonaws|cloudfront|azure|azureedge|windows|azurefd|googleusercontent|googleapis|gvt1|akamai\w*|akadns|edgekey|edgesuite|fastly|"
    r"fastlylb|cloudflare|trafficmanager|office|microsoft|digicert|ubuntu|debian|docker|github|githubusercontent|gcr|quay|sentry|datadoghq|"
    r"newrelic|mongodb|snowflakecomputing|nr-data|elastic-cloud|footprintdns|msftncsi|icloud|apple)\.(com|net|io|cn|org)\.?$|"
    r"\.(zen|bl|dnsbl|sbl|xbl|pbl|dbl|multi|list|b|l|hostkarma|psbl|ix)\.[\w.-]+$|_domainkey\.|_dmarc\.|_spf\.|_acme-challenge\.|"
    r"(spamhaus|surbl|sorbs|uribl|spamcop|barracudacentral|mailspike|dnswl|senderscore|abuse)\.(org|com|net|ch)\.?$|mcafee\.com|"
    r"sophosxl\.net|avqs|e5\.sk|\.avts\."
)
_COUNTRY = re.compile(r"(co|com|net|org|gov|edu|ac|or|ne|go)\.[a-z]{2}$")


@lru_cache(maxsize=4096)
def entropy(text: str) -> float:
    """Bits a character, by the frequencies within the text."""
    size = len(text)
    if not size:
        return 0.0
    return -sum((text.count(c) / size) * math.log2(text.count(c) / size) for c in set(text))


def split(name: str) -> tuple[str, str]:
    """What stands before the registered domain, and that domain (two labels, three below `co.uk` and the like)."""
    labels = name.rstrip(".").split(".")
    keep = 3 if _COUNTRY.search(name.rstrip(".")) and len(labels) > 3 else 2
    return ".".join(labels[:-keep]), ".".join(labels[-keep:])


def _data(text: str) -> bool:
    """Characters as an encoding gives them: digits among letters, or no vowels where words would have some."""
    plain = text.replace(".", "").replace("-", "")
    if len(plain) < _SOME:
        return False
    digits = sum(c.isdigit() for c in plain)
    vowels = sum(c in "aeiouy" for c in plain)
    mixed = 0.08 <= digits / len(plain) <= 1.0 and digits >= 2
    return entropy(plain) >= _RANDOM and (mixed or vowels / len(plain) < 0.22)


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.kind is not EventKind.DNS or _OTHERS.search(event.text):
        return None
    before, domain = split(event.text)
    if len(before) < _SOME:
        return None
    long = some = 0
    if len(before) >= _LONG and (entropy(before.replace(".", "")) >= _RANDOM or event.arg0 in _RARE):
        long = context.distinct(f"dns-long:{domain}", before, _SECONDS, per="subject")
    if _data(before):
        some = context.distinct(f"dns:{domain}", before, _SECONDS, per="subject")
    rare = event.arg0 in _RARE
    needed = _MANY_LONG // 2 if rare else _MANY_LONG
    if long >= needed:
        severity = Severity.HIGH
    elif some >= (_MANY_SOME // 2 if rare else _MANY_SOME):
        severity = Severity.HIGH if some >= 2 * _MANY_SOME or situation(context) is Situation.INTRUDER else Severity.MEDIUM
    elif len(before) >= _HUGE and _data(before):
        severity = Severity.LOW
    else:
        return None
    return Verdict(
        object=domain,
        severity=severity,
        fill={"count": str(max(long, some, 1))},
        evidence={"last": event.text, "type": _RARE.get(event.arg0, str(event.arg0)), "server": event.raw},
    )


def _asks(process: int, name: str, kind: int = 1, at: float = 601.0) -> Event:
    return row(EventKind.DNS, process, name, raw="10.0.0.2", arg0=kind, arg1=len(name) + 18, at=at, port=53, family=2)


def _hexed(count: int, size: int = 48) -> tuple[str, ...]:
    """Names as a tunnel makes them: each different, evenly mixed (a linear congruential sequence)."""
    names, state = [], 1
    for _ in range(count):
        name = ""
        while len(name) < size:
            state = (state * 1103515245 + 12345) % 2**31
            name += f"{state >> 8 & 0xFFFF:04x}"
        names.append(name[:size])
    return tuple(names)


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-104",
        title=Text("Send data in DNS names", "通过 DNS 域名传送数据"),
        message=Text(
            "{process} in {subject} asked for {count} names below {object} that look like data.",
            "{subject} 中的 {process} 查询了 {object} 下 {count} 个疑似携带数据的域名。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Block the domain at the resolver and let the container ask only your resolver. Look at what the "
            "program had access "
            "to: it may have gone out.",
            "在解析器上封锁该域名，并只允许容器查询自己的解析器。查看该程序能访问哪些数据：它们可能已经外泄。",
        ),
        techniques=("T1071.004", "T1572", "T1048"),
        behaviours=(53,),
        fires=(
            Example(scene(runs(2, 1, "/app/x", "x"), *(_asks(2, f"{h}.t.evil.example") for h in _hexed(8))), "long hex names"),
            Example(
                scene(
                    *(
                        e
                        for n, h in enumerate(_hexed(8))
                        for e in (runs(10 + n, 1, "/usr/bin/dig", "dig"), _asks(10 + n, f"{h}.e.example"))
                    )
                ),
                "split over processes",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), *(_asks(2, f"{h}.e.example", 16) for h in _hexed(12, 16))),
                "short TXT questions",
            ),
            Example(
                scene(
                    runs(20, 1, "/usr/bin/python3", "python3", on=HOST),
                    *(row(EventKind.DNS, 20, f"{h[:40]}.{h[40:]}.a.co.uk", on=HOST, arg0=10) for h in _hexed(6, 60)),
                ),
                "two labels, on a host, below a country's domain",
            ),
        ),
        quiet=(
            Example(
                scene(runs(2, 1, "/app/x", "x"), *(_asks(2, f"node-{n}.shop.example") for n in range(60))), "many plain names"
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), *(_asks(2, f"{h[:30]}.cloudfront.net") for h in _hexed(60))), "a cloud's names"
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), *(_asks(2, f"api-{h[:16]}.default.svc.cluster.local") for h in _hexed(60))),
                "a cluster's",
            ),
            Example(
                scene(runs(2, 1, "/usr/sbin/exim4", "exim4"), *(_asks(2, f"4.3.{n}.1.zen.spamhaus.org") for n in range(60))),
                "mail",
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), _asks(2, f"{_hexed(1)[0]}.e.example")), "a single long name"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.DNS,),
            text=(r"^[^.]{12,}\.", r"^.{28,}\.[^.]+\.[^.]+$"),
        ),
    ),
    judge=_judge,
)
