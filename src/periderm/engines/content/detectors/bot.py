"""CON-014: the client of a net of bots: spreads by telnet and SSH, floods whom it is told to."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, program
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-014",
        title=Text("Find a bot that floods others", "发现洪泛攻击僵尸程序"),
        message=Text("Find a bot that floods others: {object}", "发现洪泛攻击僵尸程序：{object}"),
        severity=Severity.CRITICAL,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Take it away, find the way by which it came (a default password, an open port), and rebuild what ran it.",
            "移除该程序，查明其进入途径（默认口令、开放端口），并重建运行过它的环境。",
        ),
        techniques=("T1498", "T1105"),
        fires=(
            Example(
                program(b"/bin/busybox %s\x00/dev/watchdog\x00/dev/misc/watchdog\x00/proc/net/tcp\x00TSource Engine Query\x00"),
                "a program that keeps the watchdog quiet and floods games",
            ),
            Example(
                b"import socket\ndef udpflood(ip, port, secs): ...\ndef synflood(ip): ...\ndef httpflood(url): ...\nirc.send('PRIVMSG #c :!synflood')\n",
                "a script that listens to a chat",
            ),
        ),
        quiet=(
            Example(program(b"/dev/watchdog\x00/dev/misc/watchdog\x00/bin/busybox\x00usage\x00"), "a watchdog"),
            Example(b"# mitigates synflood and udpflood\niptables -A INPUT -p tcp --syn -j DROP\n", "a wall against them"),
        ),
    ),
    quick=(
        (rb"/dev/misc/watchdog",),
        (
            rb"(udp|syn|http|tls|std|ack|vse|hex)[_ .-]?flood",
            rb"PRIVMSG|JOIN\s|['\"]!|/bin/busybox|bot_?kill|kill(er_|proc)|TSource|wget|tftp",
        ),
    ),
    source=r"""
    strings:
        $w1 = "/dev/misc/watchdog"
        $w2 = "/dev/watchdog"
        $busy = /\/bin\/busybox\s+(%s|[A-Z]{4,12}\b|wget|tftp|chmod)/
        $net = "/proc/net/tcp"
        $game = "TSource Engine Query"
        $loads = /(wget|tftp)\s[^\x00\n]{0,80}(%s|\$\{?\w+)[^\x00\n]{0,60}(mips|arm|x86|sh4|ppc|mpsl)/
        $kill = /(botkill|killer_|killproc|BOTKILL)/
        $f1 = /udp[_ .-]?flood/ nocase
        $f2 = /syn[_ .-]?flood/ nocase
        $f3 = /(http|tls)[_ .-]?flood/ nocase
        $f4 = /(std|ack|vse|hex)[_ .-]?flood/ nocase
        $irc = /PRIVMSG\s|JOIN\s+[#%]/
        $cmd = /['"]!(udp|syn|http|std|tcp|kill|scan)\w{0,10}/
        $elf = { 7F 45 4C 46 }
    condition:
        filesize < 8MB and (
            ($elf at 0 and $w1 and $w2 and 2 of ($busy, $net, $game, $loads, $kill, $f1, $f2, $f3, $f4))
            or ($elf at 0 and 3 of ($f*) and 1 of ($busy, $loads, $irc, $kill, $game))
            or (not $elf at 0 and filesize < 1MB and 3 of ($f*) and ($irc or $cmd))
        )
""",
)
