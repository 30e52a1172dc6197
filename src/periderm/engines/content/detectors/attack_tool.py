"""CON-007: a tool for looking for ways out of a container, up to root or on to other machines."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, program
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-007",
        title=Text("Find an attacker's tool", "发现攻击工具"),
        message=Text("Find an attacker's tool: {object}", "发现攻击工具：{object}"),
        severity=Severity.HIGH,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Nobody brings such a tool into a workload by accident. Find who brought it and what it has found; test elsewhere.",
            "此类工具不会偶然出现在工作负载中。请查明由谁带入、获取了什么；测试应在别处进行。",
        ),
        techniques=(
            "T1613",
            "T1611",
            "T1046",
        ),
        behaviours=(
            48,
            49,
        ),
        fires=(
            Example(
                program(b"exploit: mount-cgroup\x00docker-sock-pwn\x00k8s-secret-dump\x00shim-pwn\x00"),
                "a kit of container exploits",
            ),
            Example(
                b'#!/bin/sh\n# enumeration\necho "[+] SUID files"; find / -perm -4000 2>/dev/null\necho "[+] Capabilities"; getcap -r / 2>/dev/null\nls -la /var/run/docker.sock; cat /proc/self/status | grep CapEff; cat /etc/shadow 2>/dev/null\n',
                "a script that lists ways up",
            ),
            Example(
                program(b"meterpreter\x00mettle\x00tcp://\x00stdapi_fs\x00"),
                "the client of a known kit",
            ),
        ),
        quiet=(
            Example(b"#!/bin/sh\nfind / -xdev -perm -4000 -type f > /var/log/suid.txt\n", "an audit of one thing"),
            Example(b"#!/bin/sh\ncapsh --print; id\n", "a short look"),
            Example(
                program(b"/var/run/docker.sock\x00docker ps\x00"),
                "a client of docker",
            ),
        ),
    ),
    quick=(
        (
            rb"mount-cgroup|docker-sock-pwn|k8s-secret-dump|shim-pwn|runc-pwn|mount-procfs|cap-dac-read-search|k8s-backdoor-daemonset|lxcfs-rw",
        ),
        (rb"meterpreter|stdapi_fs", rb"mettle|stdapi_fs"),
        (rb"sliverpb", rb"ReverseShellReq"),
        (rb"-perm\s+-?/?(4000|u=s|6000)", rb"getcap\s+-r|docker\.sock|CapEff|capsh"),
        (
            rb"getcap\s+-r|docker\.sock",
            rb"/etc/(shadow|sudoers)",
            rb"release_agent|core_pattern|uevent_helper|sudo\s+-l|CapEff|capsh\s+--print",
        ),
    ),
    source=r"""
    strings:
        $e1 = "mount-cgroup" $e2 = "docker-sock-pwn" $e3 = "k8s-secret-dump" $e4 = "shim-pwn" $e5 = "runc-pwn" $e6 = "mount-procfs"
        $e7 = "cap-dac-read-search" $e8 = "k8s-backdoor-daemonset" $e9 = "lxcfs-rw"
        $m1 = "meterpreter" $m2 = "stdapi_fs" $m3 = "mettle"
        $s1 = "sliverpb" $s2 = "ReverseShellReq"
        $l1 = /find\s+\/[^\n]{0,60}-perm\s+-?\/?(4000|u=s|6000)/
        $l2 = /getcap\s+-r\s+\//
        $l3 = "docker.sock"
        $l4 = /\/etc\/(shadow|sudoers)/
        $l5 = /CapEff|capsh\s+--print/
        $l6 = /\/var\/run\/secrets\/kubernetes\.io/
        $l7 = /(release_agent|core_pattern|uevent_helper)/
        $l8 = /sudo\s+-l/
    condition:
        filesize < 64MB and (3 of ($e*) or 2 of ($m*) or all of ($s*) or (filesize < 2MB and 5 of ($l*)) or (filesize < 2MB and $l1 and $l2 and 2 of ($l3, $l4, $l5, $l6, $l7, $l8)))
""",
)
