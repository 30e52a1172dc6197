"""RUN-053: a tunnel or proxy program is started: by name, by its command line, or ssh that forwards.

Names hidden in DNS queries are RUN-104's. A tunnel that the image was made for and that is the container's own program is
said softly; on a plain host only what opens a way in counts more than a note.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Verdict
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.engines.runtime.situation import (
    Situation,
    called,
    first,
    graded,
    situation,
    speaks,
    stranger,
    tool_interest,
    words,
)
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# Made to pass firewalls or to stay hidden; nobody's service is one of these by chance.
_COVERT = words(
    """
    chisel iodine iodined dnscat dnscat2 dns2tcp dns2tcpc dns2tcpd dnstt-client dnstt-server ptunnel ptunnel-ng hans
    icmptunnel icmpsh icmpdoor icmptx ligolo ligolo-ng revsocks rsocks earthworm stowaway_agent stowaway_admin neoreg
    regeorg htran lcx udp2raw kcptun kcptun_client gs-netcat gsocket proxychains proxychains4 proxychains-ng microsocks
    rathole bore pgrok sish pagekite localtunnel nps npc frpc frps gost ngrok zrok wstunnel dog-tunnel venom_agent
    venom_admin iox ssf reverse_ssh rssh pivotnacci sshuttle nknx pinggy tunwg holesail playit piko telebit expose ktunnel
    inlets
    """
)
# Proxies and private networks that are also run on purpose.
_PROXIES = words(
    """
    cloudflared tor torsocks torify obfs4proxy snowflake-client danted sockd 3proxy tinyproxy privoxy stunnel stunnel4
    rinetd redsocks v2ray xray sing-box ss-local ss-server ss-redir sslocal ssserver trojan trojan-go hysteria brook clash
    mihomo naive openvpn wireguard-go boringtun zerotier-one tailscaled tailscale n2n edge supernode dnscrypt-proxy
    autossh socat-tunnel devtunnel
    """
)
_LINE = re.compile(
    r"\x00R:([\w.\[\]:]+:)?\d+:|\x00R:socks|\x00client\x00(.*\x00)?(https?|wss?)://.*\x00\S*\d+:\S+|"
    r"\x00server\x00(.*\x00)?--(reverse|socks5)(\x00|$)|\x00-[LF](=|\x00)?(socks5?|socks5\+tls|relay\+\w+|http2?|mws|mwss|wss?|kcp|quic|ssh|"
    r"forward\+\w+|red|tun)://|\x00-c\x00[^\x00]*frp[cs]?[^\x00]*\.(ini|toml|ya?ml)|\x00tunnel\x00(.*\x00)?(--url|run|--token)|"
    r"\x00(http|tcp|tls)\x00(\S+:)?\d{2,5}\x00--(authtoken|domain|subdomain|region)|\x00--(socks5?|socks5-server|reverse-socks)(=|\x00|$)|"
    r"\x00-selfcert\x00|\x00--remote-forward|\x00-connect\x00\S+:\d+\x00(.*\x00)?-ignore-cert|\x00--tunnel-?(server|addr)"
)
_SSH = frozenset({"ssh", "slogin", "dbclient", "autossh", "plink", "ssh.exe"})
_FORWARD = re.compile(r"-[46AaCfGgKkMNnqsTtVvXxYy]*([RDLwW])(.*)")
_SSH_VALUES = "BbcDEeFIiJLlmOopQRSWw"  # options of ssh(1) that take a value
_FORWARD_ATTACHED = re.compile(r"-[46AaCfGgKkMNnqsTtVvXxYy]*[BbcDEeFIiJLlmOopQRSWw].")
_OPTION = re.compile(r"(?i)(RemoteForward|DynamicForward|LocalForward|Tunnel)[= ]")
_RELAY_TO = re.compile(r"(?i)^(tcp|tcp4|tcp6|ssl|openssl|udp|udp4|socks\w*|proxy)(-connect|-sendto)?:[^,]+:\d+")
_RELAY_FROM = re.compile(
    r"(?i)^(tcp|tcp4|tcp6|ssl|openssl|udp|udp4)(-listen|-l|-recvfrom)?.*(listen|-l:|recvfrom)|^(tcp|udp|ssl|openssl)\d?-l"
)


def _judge(context: Context) -> Verdict | None:
    if context.event.kind is not EventKind.EXEC or context.process.runtime or speaks(context):
        return None
    found = _kind(context)
    if found is None:
        return None
    kind, covert, severity = found
    if severity is None:
        return None
    return Verdict(
        object=context.command.name, severity=severity, fill={"kind": kind, "line": context.line[:140]},
        evidence={"kind": kind, "situation": situation(context).value}, techniques=("T1572", "T1090") if covert else (),
    )  # fmt: skip


def _kind(context: Context) -> tuple[str, bool, Severity | None] | None:  # noqa: PLR0911 -- one return for each way out
    names = called(context)
    asks = {"--version", "-V", "version", "--help", "-h", "help", "validate", "status"}.intersection(
        context.command.arguments[:1]
    )
    if asks:
        return None
    if _SSH.intersection(names):
        return _ssh(context)
    if _COVERT.intersection(names):
        return next(n for n in names if n in _COVERT), True, _covert(context)
    if _PROXIES.intersection(names):
        made_for = first(context) and not stranger(context.process)
        own = Severity.LOW if made_for else Severity.MEDIUM
        return names[0], False, graded(context, session=Severity.HIGH, own=own, start=own, build=None, host=None)
    if programs.is_shell(context.command) or programs.interpreter(context.command.name):
        return None
    arguments = context.command.arguments
    if any(_RELAY_FROM.search(a) for a in arguments) and any(_RELAY_TO.search(a) for a in arguments):
        return "relay", False, graded(context, session=Severity.MEDIUM, own=Severity.LOW, start=Severity.LOW)
    if _LINE.search("\0" + context.process.args):
        return "tunnel", True, _covert(context)
    return None


def _covert(context: Context) -> Severity | None:
    made_for = first(context) and context.facts is not None and context.facts.brought(context.process.exe)
    own = Severity.MEDIUM if made_for else Severity.HIGH
    return graded(context, session=Severity.HIGH, own=own, start=own, build=Severity.LOW, host=Severity.MEDIUM)


def _options(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """ssh's own arguments: what comes before the command, which begins after the second word that is no option's value."""
    words_seen = index = 0
    while index < len(arguments):
        argument = arguments[index]
        if argument.startswith("-") and len(argument) > 1:
            index += 1 if argument[-1] not in _SSH_VALUES or _FORWARD_ATTACHED.match(argument) else 2
            continue
        words_seen += 1
        if words_seen > 1:
            return arguments[:index]
        index += 1
    return arguments


def _ssh(context: Context) -> tuple[str, bool, Severity | None] | None:
    """ssh -R opens a way in, -D and -w a way for everything; -L is what people do all day."""
    ways: set[str] = set()
    arguments = _options(context.command.arguments)
    for index, argument in enumerate(arguments):
        if (option := _OPTION.search(argument)) is not None and (
            index == 0 or arguments[index - 1] == "-o" or argument.startswith("-o")
        ):
            ways.add({"r": "R", "d": "D", "l": "L", "t": "w"}[option[1][0].lower()])
        elif (found := _FORWARD.fullmatch(argument)) is not None:
            ways.add(found[1])
    ways.discard("W")  # the way through a jump host
    if not ways:
        return None
    inward = bool(ways & {"R", "D", "w"})
    here = situation(context)
    if here is Situation.HOST:
        severity: Severity | None = Severity.LOW if "R" in ways or "w" in ways else None
    elif inward:
        severity = Severity.MEDIUM if here in (Situation.OWN, Situation.START) and first(context) else Severity.HIGH
    else:
        severity = graded(context, own=Severity.LOW, start=Severity.LOW)
    return "ssh -" + "".join(sorted(ways)), inward, severity


_SESSION = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-053",
        title=Text("Open a tunnel or a proxy", "打开隧道或代理"),
        message=Text("A tunnel ({kind}) is opened in {subject}: {line}", "{subject} 中打开了隧道（{kind}）：{line}"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Kill it: it is a way in and out that no firewall sees. Find out who reaches what through it, and "
            "let the container "
            "reach only what it needs.",
            "终止该进程：它是防火墙看不到的进出通道。查明谁通过它访问了什么，并只允许容器访问所需的地址。",
        ),
        techniques=("T1572", "T1090"),
        behaviours=(53,),
        fires=(
            Example(scene(runs(2, 1, "/usr/bin/x", "x", "client", "https://198.51.100.4", "R:socks")), "a renamed chisel"),
            Example(
                scene(runs(2, 900, "/usr/local/bin/chisel", "chisel", "client", "h:80", "R:1:h:2", flags=_SESSION)), "chisel"
            ),
            Example(scene(runs(2, 1, "/usr/bin/kworker", "kworker", "-c", "/etc/frpc.toml")), "a renamed frpc"),
            Example(
                scene(runs(2, 900, "/usr/bin/ssh", "ssh", "-fNR", "2222:localhost:22", "u@h", flags=_SESSION)),
                "ssh -R, clustered",
            ),
            Example(
                scene(runs(2, 900, "/usr/bin/ssh", "ssh", "-o", "DynamicForward=1080", "u@h", flags=_SESSION)),
                "ssh -D as an option",
            ),
            Example(
                scene(runs(2, 1, "/lib64/ld-linux-x86-64.so.2", "ld.so", "/usr/sbin/iodine", "t.example")),
                "iodine behind ld.so",
            ),
            Example(scene(runs(2, 1, "/opt/g", "g", "-L", "socks5://:1080", "-F", "relay+tls://h:443")), "a renamed gost"),
            Example(scene(runs(20, 1, "/usr/local/bin/ngrok", "ngrok", "tcp", "22", on=HOST)), "ngrok on the plain host"),
        ),
        quiet=(
            Example(scene(runs(20, 1, "/usr/bin/ssh", "ssh", "-L", "5432:db:5432", "h", on=HOST)), "a person forwards a port"),
            Example(scene(runs(2, 1, "/usr/bin/ssh", "ssh", "-W", "h:22", "jump")), "through a jump host"),
            Example(scene(runs(2, 1, "/usr/bin/git", "git", "-c", "a=b", "client")), "an option that looks alike"),
            Example(scene(runs(2, 1, "/usr/bin/cloudflared", "cloudflared", "--version")), "the version is asked"),
            Example(scene(runs(2, 1, "/usr/bin/grep", "grep", "chisel", "/srv")), "somebody greps"),
        ),
    ),
    interests=(
        tool_interest(
            _COVERT | _PROXIES | _SSH,
            args=(
                r"\x00R:",
                r"\x00client\x00",
                r"\x00server\x00",
                r"\x00-[LF](=|\x00)?[a-z0-9+]+://",
                r"frp[cs]?[^\x00]*\.(ini|toml|ya?ml)",
                r"\x00tunnel\x00",
                r"(?i)socks",
                r"\x00--(authtoken|remote-forward)",
                r"\x00-selfcert",
                r"-ignore-cert",
                r"(?i)(tcp|udp|ssl|openssl)[46]?-l(isten)?:",
                r"(?i)\x00tunnel-",
            ),
        ),
    ),
    judge=_judge,
    existing=True,
)
