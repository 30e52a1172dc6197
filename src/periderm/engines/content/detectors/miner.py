"""CON-003: a coin miner, or its configuration."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, Kind, program
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-003",
        title=Text("Find a coin miner", "发现挖矿程序"),
        message=Text("Find a coin miner: {object}", "发现挖矿程序：{object}"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Remove it, and look for how it came: the same way is open to others. Limit CPU and outgoing addresses of the container.",
            "移除该文件，并查明其来源：同样的入口对他人也敞开。请限制容器的 CPU 与可访问的外部地址。",
        ),
        techniques=("T1496.001",),
        behaviours=(54,),
        fires=(
            Example(
                program(b"donate-level\x00randomx_init\x00stratum+tcp://\x00cryptonight\x00"),
                "a program with the words of a miner",
            ),
            Example(
                b'{"autosave":true,"cpu":true,"donate-level":1,"pools":[{"url":"pool.example:3333","user":"4","algo":"rx/0","keepalive":true}]}',
                "its configuration",
            ),
            Example(
                b"#!/bin/sh\ncd /tmp && ./x -o stratum+tcp://203.0.113.5:3333 -u wallet -p x --donate-level 1\n",
                "a script that starts one",
            ),
        ),
        quiet=(
            Example(b"# block miners\ngrep -q 'stratum+tcp' access.log && echo found\n", "somebody looks for miners"),
            Example(b'{"pools":[{"url":"db:5432","max":10}],"cpu":2}', "a pool of connections"),
            Example(
                program(b"RandomX\x00usage: %s\x00"),
                "one word alone",
            ),
        ),
    ),
    quick=(
        (rb"-u\s+['\"]?[48][0-9A-Za-z]+", rb"-o\s+['\"]?[\w.-]+:\d", rb"--coin|xmr|pool|miner|--tls|-k\b"),
        (rb"-o\s+['\"]?stratum[12]?\+(tcp|ssl|tls)",),
        (rb"\"pools\"\s*:", rb"\"algo\"|donate-level|\"coin\"|\"randomx\""),
        (rb"mining\.subscribe", rb"mining\.submit"),
        (
            rb"stratum[12]?\+(tcp|ssl|tls|udp)",
            rb"donate-level|randomx[_-]|cryptonight|cn-heavy|cn-pico|astrobwt|ghostrider|kawpow|ethash|verushash|xmrig|cpu-max-threads-hint|nicehash",
        ),
        (rb"donate-level", rb"xmrig|randomx[_-]|cpu-max-threads-hint|nicehash"),
        (
            rb"randomx[_-]",
            rb"cryptonight|cn-heavy|cn-pico|astrobwt|ghostrider|kawpow|ethash|verushash|xmrig|cpu-max-threads-hint|nicehash",
        ),
        (rb"cpu-max-threads-hint",),
        (rb"xmrig", rb"cryptonight|cn-heavy|cn-pico|astrobwt|ghostrider|kawpow|ethash|verushash"),
    ),
    kinds=(Kind.PROGRAM, Kind.SCRIPT, Kind.TEXT),
    source=r"""
    strings:
        $stratum = /stratum[12]?\+(tcp|ssl|tls|udp)/ nocase
        $method = "mining.subscribe"
        $submit = "mining.submit"
        $donate = "donate-level"
        $randomx = /randomx[_-](init|dataset|cache|1gb|no-numa|mode)/ nocase
        $night = /cryptonight|cn-heavy|cn-pico|astrobwt|ghostrider|kawpow|ethash|verushash/ nocase
        $algo = /"algo"\s*:\s*"(rx\/|cn\/|gr|kawpow|argon2|panthera|cryptonight|randomx)/
        $pools = /"pools"\s*:\s*\[/
        $xmrig = "xmrig" nocase
        $threads = "cpu-max-threads-hint"
        $run = /-o\s+['"]?stratum[12]?\+(tcp|ssl|tls)[^\n]{0,120}-u\s+\S/ nocase
        $nicehash = "nicehash" nocase
        $wallet = /-o\s+['"]?[\w.-]{4,80}:\d{2,5}\s[^\n]{0,60}-u\s+['"]?[48][0-9A-Za-z]{90,110}/
        $coin = /"coin"\s*:\s*"(monero|wownero|arqma|dero|ravencoin)"|"randomx"\s*:\s*\{/
    condition:
        filesize < 64MB and (
            $run or $wallet
            or ($pools and ($algo or $donate or $coin))
            or ($method and $submit and ($stratum or $night))
            or 3 of ($stratum, $donate, $randomx, $night, $xmrig, $threads, $nicehash)
        )
""",
)
