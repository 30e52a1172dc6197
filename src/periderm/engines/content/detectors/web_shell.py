"""CON-001: a script that runs what its caller sends: a web shell in PHP, JSP, ASPX, Python, Perl or Node."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, Kind
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-001",
        title=Text("Find a web shell", "发现网页后门"),
        message=Text("Find a web shell: {object}", "发现网页后门：{object}"),
        severity=Severity.CRITICAL,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Take the file away and look for how it was written: an upload, a weak plugin, a taken account. Mount served folders read-only.",
            "移除该文件，并查明其写入途径：上传接口、有漏洞的插件或被盗账户。请以只读方式挂载对外提供的目录。",
        ),
        techniques=("T1505.003",),
        behaviours=(62,),
        fires=(
            Example(b"<?php eval($_POST['c']); ?>", "PHP that evaluates a field of the request"),
            Example(b'GIF89a\n<?php @assert($_REQUEST["x"]);', "behind the head of a picture"),
            Example(b"<?php $f=base64_decode($_GET['a']); system($f);", "decoded first"),
            Example(b"<?php $a=$_COOKIE['k']; $b='sys'.'tem'; $b($a);", "the function's name is put together"),
            Example(b"<?=`$_GET[0]`?>", "backticks"),
            Example(
                b'<%@ page import="java.util.*" %><% Process p = Runtime.getRuntime().exec(request.getParameter("cmd")); %>',
                "JSP",
            ),
            Example(
                b'<%@ Page Language="C#" %><% System.Diagnostics.Process.Start("cmd.exe", "/c " + Request["c"]); %>', "ASPX"
            ),
            Example(
                b"#!/usr/bin/env python3\nimport cgi, os\nform = cgi.FieldStorage()\nprint(os.popen(form.getvalue('cmd')).read())\n",
                "a Python CGI",
            ),
            Example(
                b"#!/usr/bin/perl\nuse CGI;\nmy $q = CGI->new;\nprint `$cmd` if my $cmd = $q->param('cmd');\nsystem($q->param('x'));\n",
                "a Perl CGI",
            ),
            Example(
                b"const {exec}=require('child_process');app.get('/x',(req,res)=>exec(req.query.cmd,(e,o)=>res.send(o)))", "Node"
            ),
        ),
        quiet=(
            Example(
                b"<?php echo htmlspecialchars($_GET['name']); $x = system_settings(); ?>", "a page that shows what was sent"
            ),
            Example(
                b"<?php $out = shell_exec('git rev-parse HEAD'); echo $out; $id = (int) $_GET['id'];", "runs a fixed command"
            ),
            Example(
                b"<?php function evaluate($post) { return eval_template($post); } // $_POST is documented here",
                "words that look alike",
            ),
            Example(b"import subprocess\nsubprocess.run(['ls', '-l'], check=True)\n", "a plain script"),
            Example(b'String name = request.getParameter("name"); out.print(name);', "a plain JSP"),
        ),
    ),
    quick=(
        (rb"\$_(GET|POST|REQUEST|COOKIE|FILES|SERVER)|\$HTTP_RAW_POST_DATA", rb"<\?"),
        (rb"\beval\s*\(\s*(gzinflate|gzuncompress|str_rot13|base64_decode|hex2bin|strrev)", rb"<\?"),
        (rb"getParameter", rb"getRuntime\(\)\s*\.\s*exec|new\s+ProcessBuilder"),
        (rb"defineClass|ClassLoader", rb"getReader|getInputStream|getParameter"),
        (rb"Process\.Start|ProcessStartInfo|eval\s*\(", rb"Request\s*(\.\s*(Form|QueryString|Item|Params))?\s*[\[(]"),
        (rb"os\.(popen|system)|subprocess\.", rb"getvalue|FieldStorage|request\.(args|form|values|json|GET|POST)|self\.path"),
        (rb"->\s*param\s*\(|QUERY_STRING", rb"\b(system|exec|open|qx)\b"),
        (rb"(exec|execSync|spawn|eval)\s*\(\s*(req|request|ctx)\.",),
    ),
    kinds=(Kind.SCRIPT,),
    source=r"""
    strings:
        $php = /<\?(php|=)?/ nocase
        $input = /\$(_(GET|POST|REQUEST|COOKIE|FILES|SERVER)|HTTP_RAW_POST_DATA)\b/
        $run_input = /\b(eval|assert|system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec|create_function|call_user_func(_array)?|array_map|preg_replace)\s*\(\s*@?\s*(\(?(base64_decode|gzinflate|gzuncompress|str_rot13|hex2bin|strrev|urldecode|stripslashes|trim)\s*\(\s*)*@?\$_(GET|POST|REQUEST|COOKIE|SERVER)/ nocase
        $backtick = /`[^`\n]{0,60}\$_(GET|POST|REQUEST|COOKIE)[^`\n]{0,60}`/
        $decoded = /\$\w{1,20}\s*=\s*@?(base64_decode|gzinflate|str_rot13|hex2bin|strrev|urldecode)\s*\(\s*@?\$_(GET|POST|REQUEST|COOKIE)[^;]{0,60};\s*@?(eval|assert|system|exec|shell_exec|passthru)\s*\(\s*\$/ nocase
        $stored = /\$\w{1,20}\s*=\s*@?\$_(GET|POST|REQUEST|COOKIE)\s*\[[^\]]{0,30}\]\s*;[^;]{0,80};?\s*@?(eval|assert|system|shell_exec|passthru|popen)\s*\(\s*@?\$/ nocase
        $variable = /\$\w{1,20}\s*=\s*(['"]\w{0,12}['"]\s*\.\s*){1,8}['"]\w{0,12}['"]\s*;\s*@?\$\w{1,20}\s*\(\s*@?\$/
        $called = /\$_(GET|POST|REQUEST|COOKIE)\s*\[[^\]]{0,30}\]\s*\(\s*@?\$_(GET|POST|REQUEST|COOKIE)/
        $packed = /\beval\s*\(\s*(gzinflate|gzuncompress|str_rot13|base64_decode|hex2bin|strrev)\s*\(/ nocase
        $jsp = /(getRuntime\(\)\s*\.\s*exec|new\s+ProcessBuilder)\s*\([^;]{0,80}getParameter/ nocase
        $jsp_stored = /getParameter\s*\([^;]{0,60};[^;]{0,160}(getRuntime\(\)\s*\.\s*exec|new\s+ProcessBuilder)/ nocase
        $jsp_class = /(defineClass|ClassLoader)[^;]{0,160}(getParameter|getReader|getInputStream)/ nocase
        $aspx = /(Process(\.Start|StartInfo)|eval)\s*\([^;]{0,120}\bRequest\s*(\.\s*(Form|QueryString|Item|Params))?\s*[\[\(]/ nocase
        $cgi = /(os\.(popen|system)|subprocess\.(run|call|check_output|Popen|getoutput))\s*\([^)]{0,60}(getvalue|FieldStorage|request\.(args|form|values|json|GET|POST)|self\.path)/
        $perl = /(system|exec|open|qx)\s*\(?[^;\n]{0,40}(->\s*param\s*\(|\$ENV\{['"]?QUERY_STRING)/
        $node = /\b(exec|execSync|spawn|eval)\s*\(\s*(req|request|ctx)\.(query|body|params|headers)/
    condition:
        filesize < 4MB and (
            ($php and (($input and any of ($run_input, $backtick, $decoded, $stored, $called)) or ($input and $variable) or $packed))
            or any of ($jsp, $jsp_stored, $jsp_class, $aspx, $cgi, $perl, $node)
        )
""",
)
