"""CON-010: a note that asks money for files, or a program that carries one."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, Kind, program
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-010",
        title=Text("Find a ransom note", "发现勒索信"),
        message=Text("Find a ransom note: {object}", "发现勒索信：{object}"),
        severity=Severity.CRITICAL,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Take what made it off the network and keep it as it is. Restore from a backup that nobody there could write to.",
            "将相关机器断网并保留现场，从其无法改写的备份中恢复。",
        ),
        techniques=("T1486",),
        fires=(
            Example(
                b"All your files have been encrypted!\nTo recover your files, pay 0.5 BTC. Open in Tor Browser: http://abcdefghijklmnop.onion\nDo not rename encrypted files. Your personal ID: 12\n",
                "a note",
            ),
            Example(
                b"<html><body><h1>YOUR DATA IS ENCRYPTED AND STOLEN</h1>Contact us to get the decryption key: a@example.org. If you don't pay, we publish your data. Bitcoin only.</body></html>",
                "a page",
            ),
            Example(
                program(
                    b"Your network has been encrypted. To get the decryptor write to x@example.org\x00README_TO_RESTORE.txt\x00bitcoin\x00esxcli vm process kill\x00"
                ),
                "a program with its note",
            ),
        ),
        quiet=(
            Example(b"All files in the vault are encrypted at rest. Keep the decryption key safe.\n", "a manual"),
            Example(b"def pay(amount): ...  # accepts bitcoin\nfiles = encrypt(files)\n", "a shop"),
            Example(b"If your files have been encrypted by ransomware, contact your administrator.\n", "advice"),
        ),
    ),
    quick=(
        (
            rb"encrypted|stolen|locked|exfiltrated|downloaded|compromised",
            rb"\byour\s+(\w+\s+)*(files|data|documents|network|servers?|databases?|systems?|company|photos)\b",
            rb"\b(bitcoins?|btc|monero|xmr)\b|\.onion|tor\s+browser|decrypt(or|ion\s+(key|tool|software))",
            rb"recover|restore|decrypt|do\s+not|don'?t|publish|leak|contact|write\s+to|mail",
        ),
    ),
    kinds=(Kind.TEXT, Kind.SCRIPT, Kind.PROGRAM),
    source=r"""
    strings:
        $taken = /\b(all\s+)?(of\s+)?your\s+(\w{1,20}\s+){0,3}(files|data|documents|network|servers?|databases?|systems?|company|photos)[^\n]{0,60}(have|has|were|was|are|is)\s+(been\s+)?(\w{1,20}\s+){0,2}(encrypted|locked|stolen|exfiltrated|downloaded|compromised)/ nocase
        $coin = /\b(bitcoins?|btc|monero|xmr)\b/ nocase
        $onion = /[a-z2-7]{16,56}\.onion|tor\s+browser/ nocase
        $back = /(recover|restore|decrypt|get\s+back|unlock)\s+(all\s+)?(of\s+)?(your|the)\s+(\w{1,20}\s+)?(files|data|documents|network|systems?)|(decryption\s+(key|tool|software)|decryptor|private\s+key\s+to\s+decrypt)/ nocase
        $threat = /(do\s+not|don'?t)\s+(rename|modify|try\s+to\s+(decrypt|recover)|delete|contact\s+(the\s+)?police)|(publish|leak|sell)(ed)?\s+(all\s+)?(of\s+)?your\s+(data|files)|will\s+be\s+(published|leaked|deleted|lost\s+forever)/ nocase
        $id = /(your|personal|unique)\s+(personal\s+)?(id|identifier|key|code)\s*[:=]/ nocase
        $mail = /(contact|write\s+to|email|e-mail|mail)\s+(us\s+)?[^\n]{0,60}[\w.+-]{1,40}@[\w.-]{3,60}/ nocase
        $note = /(README|HOW|RECOVER|DECRYPT|RESTORE)[A-Z_-]{0,30}(DECRYPT|RESTORE|RECOVER|FILES)[A-Z_-]{0,20}\.(txt|html|hta)/ nocase
        $esx = /esxcli\s+(--\w+\s+)?vm\s+process\s+kill|vim-cmd\s+vmsvc\/power\.off|vssadmin\s+delete\s+shadows/ nocase
        $elf = { 7F 45 4C 46 }
    condition:
        $taken and (
            (filesize < 256KB and not $elf at 0 and 3 of ($coin, $onion, $back, $threat, $id, $mail))
            or ($elf at 0 and filesize < 32MB and 2 of ($coin, $onion, $back, $threat, $id, $mail) and ($note or $esx))
        )
""",
)
