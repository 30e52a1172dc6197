"""CON-008: web shells in more guises: put together from pieces, fed by the body of the request, loading classes, and in
ASP, ASPX, JSPX, ColdFusion, Ruby, Lua, Python and Node. The plain ones are CON-001."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, Kind
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-008",
        title=Text("Find a disguised web shell", "发现伪装的网页后门"),
        message=Text("Find a disguised web shell: {object}", "发现伪装的网页后门：{object}"),
        severity=Severity.CRITICAL,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Take the file away, find out how it came into the build or the folder, and rebuild from sources that you trust.",
            "移除该文件，查明其进入构建或目录的途径，并从可信来源重新构建。",
        ),
        techniques=("T1505.003", "T1027"),
        fires=(
            Example(b"<?php @eval(file_get_contents('php://input'));", "the body of the request is run"),
            Example(b"<?php $f=chr(115).chr(121).chr(115).chr(116).chr(101).chr(109);$f($_GET['c']);", "a name of numbers"),
            Example(b'<?php $x="\\x73\\x79\\x73\\x74\\x65\\x6d"; $x($_POST["q"]);', "a name of escapes"),
            Example(b"<?php $f='ba'.'se64_'.'decode'; $g=$f($_REQUEST['q']); assert($g);", "a name of pieces"),
            Example(b"<?php extract($_REQUEST); @$f($c);", "function and argument are the caller's"),
            Example(
                b"<?php $k='abc';session_start();$p=openssl_decrypt(file_get_contents('php://input'),'AES128',$k);eval($p);",
                "enciphered",
            ),
            Example(b"<?php usort($_GET['l'],'assert'); array_filter(array($_POST['x']),$_POST['f']);", "by a callback"),
            Example(b"<?php file_put_contents($_POST['n'], base64_decode($_POST['d']));", "writes whatever it is sent"),
            Example(
                b'<%!class U extends ClassLoader{public Class g(byte[] b){return super.defineClass(b,0,b.length);}}%><%Cipher c=Cipher.getInstance("AES");new U(this.getClass().getClassLoader()).g(c.doFinal(new sun.misc.BASE64Decoder().decodeBuffer(request.getReader().readLine()))).newInstance();%>',
                "JSP that loads a class which it is sent",
            ),
            Example(
                b'<jsp:scriptlet>new javax.script.ScriptEngineManager().getEngineByName("js").eval(request.getParameter("e"));</jsp:scriptlet>',
                "JSPX with a script engine",
            ),
            Example(b'<%eval request("x")%>', "classic ASP"),
            Example(b'<%@ Page Language="Jscript"%><%eval(Request.Item["z"],"unsafe");%>', "ASPX"),
            Example(
                b'<%@ WebHandler Language="C#" Class="H" %>public class H:IHttpHandler{void ProcessRequest(HttpContext context){var a=System.Reflection.Assembly.Load(Convert.FromBase64String(context.Request.Form["a"]));}}',
                "a handler that loads an assembly",
            ),
            Example(b'<cfexecute name="#form.c#" arguments="#form.a#" timeout="9"></cfexecute>', "ColdFusion"),
            Example(b"<pre><%= `#{params[:cmd]}` %></pre>", "Ruby"),
            Example(b'local h = io.popen(ngx.var.arg_cmd); ngx.say(h:read("*a"))', "Lua in nginx"),
            Example(
                b"from flask import Flask, request\n@app.route('/s')\ndef s():\n    c = request.args.get('c')\n    return os.popen(c).read()\n",
                "Flask",
            ),
            Example(
                b"http.createServer(function(q,r){var c=url.parse(q.url,true).query.c;require('child_process').exec(c,function(e,o){r.end(o)})})",
                "Node",
            ),
        ),
        quiet=(
            Example(b"<?php $in = json_decode(file_get_contents('php://input'), true); echo $in['a'];", "reads JSON"),
            Example(b"<?php echo chr(60).chr(62); $name = $_GET['name'];", "letters by their numbers"),
            Example(b"<?php $table = 'shop' . '_' . 'orders'; $row = $find($table, $id); $_POST['a'];", "a table's name"),
            Example(b"<?php extract($options); render($view); // $_REQUEST", "names of its own"),
            Example(b"<?php file_put_contents('/var/log/app.log', date('c').PHP_EOL, FILE_APPEND); $_POST['a'];", "a log"),
            Example(b"class P extends ClassLoader { Class<?> g(byte[] b) { return defineClass(null, b, 0, 1); } }", "a loader"),
            Example(b'<% Set rs = conn.Execute("select 1") : name = Request("name") %>', "a database in ASP"),
            Example(
                b"from flask import request\nq = request.args.get('q')\nimport subprocess\nsubprocess.run(['git', 'log'], check=True)\n",
                "a fixed command",
            ),
            Example(b"<%= link_to `fixed`, params[:page] %>", "a page of Rails"),
        ),
    ),
    quick=(
        (rb"php://input", rb"\b(eval|assert|include|require|system)", rb"<\?"),
        (rb"chr\s*\(\s*\d+\s*\)\s*\.\s*chr|\\x[0-9a-f][0-9a-f]\\x|\\[0-7]{2,3}\\", rb"\$_(GET|POST|REQUEST|COOKIE)", rb"<\?"),
        (rb"=\s*[\"']\w+[\"']\s*\.\s*[\"']\w", rb"\$\w+\s*\(\s*@?(\w+\s*\(\s*)?\$_(GET|POST|REQUEST|COOKIE)", rb"<\?"),
        (rb"extract\s*\(\s*\$_",),
        (
            rb"\$_(GET|POST|REQUEST|COOKIE)",
            rb"\b(system|shell_exec|passthru|popen|proc_open|create_function)\s*\(|\$_\s*\[",
            rb"<\?",
        ),
        (rb"=\s*@?\$_(GET|POST|REQUEST|COOKIE)", rb";\s*@?\$\w+\s*\(\s*@?\$", rb"<\?"),
        (rb"\beval\s*\(\s*@?\$\w+\s*\(", rb"<\?"),
        (rb"getParameter", rb"getRuntime\(\)"),
        (rb"runat\s*=", rb"ProcessStartInfo|Process\s*\.\s*Start"),
        (rb"os\.(popen|system)\s*\(\s*self\.",),
        (rb"\bparam\s*\(", rb"`\s*\$\w+\s*`|\b(system|exec)\s*\(?\s*\$\w"),
        (rb"\beval\s+[\"']?\$\{?QUERY_STRING",),
        (
            rb"(usort|uasort|uksort|array_filter|array_walk|array_reduce|shutdown_function|ob_start|iterator_apply)\s*\(",
            rb"\$_(GET|POST|REQUEST|COOKIE)",
        ),
        (rb"(file_put_contents|fwrite|fputs)\s*\(\s*(\$_|fopen\s*\(\s*\$_)",),
        (rb"extends\s+ClassLoader", rb"request\s*\."),
        (rb"ScriptEngineManager|GroovyShell|ExpressionFactory", rb"getParameter"),
        (rb"(eval|execute|executeglobal)\s*\(?\s*request",),
        (rb"Assembly\s*\.\s*Load", rb"Request"),
        (rb"<cfexecute",),
        (rb"`#\{\s*params|(system|exec|eval|popen|spawn)\s*\(?\s*params",),
        (rb"(popen|execute|load|loadstring)\s*\(\s*ngx\.",),
        (
            rb"request\.(args|form|values|json|GET|POST|params|query_params)",
            rb"os\.(popen|system)\s*\(|shell\s*=\s*True|get(status)?output\s*\(|\bexec\s*\(|\beval\s*\(",
        ),
        (rb"url\.parse|searchParams|querystring", rb"child_process|\bexec(Sync)?\s*\("),
    ),
    kinds=(Kind.SCRIPT,),
    source=r"""
    strings:
        $php = /<\?(php|=|\s)/ nocase
        $input = /\$_(GET|POST|REQUEST|COOKIE)\b/
        $input_run = /\b(eval|assert|include|require|system)(_once)?\s*\(?\s*@?\s*\(?\s*((base64_decode|gzinflate|str_rot13)\s*\(\s*)*(file_get_contents\s*\(\s*)?['"]php:\/\/input/ nocase
        $input_key = /(openssl_decrypt|mcrypt_decrypt|base64_decode|gzinflate|xor|\^)[^\n]{0,300}php:\/\/input|php:\/\/input[^\n]{0,300}(openssl_decrypt|mcrypt_decrypt|base64_decode|gzinflate|\^)/ nocase
        $run_var = /\b(eval|assert)\s*\(\s*@?\$\w{1,30}\s*\)/ nocase
        $numbers = /\$\w{1,30}\s*=\s*(chr\s*\(\s*\d{2,3}\s*\)\s*\.\s*){3,30}chr\s*\(\s*\d{2,3}\s*\)\s*;[^\n]{0,200}\$\w{1,30}\s*\(\s*@?(\w{1,20}\s*\(\s*)?\$_(GET|POST|REQUEST|COOKIE)/ nocase
        $escapes = /\$\w{1,30}\s*=\s*["'](\\x[0-9a-f]{2}|\\[0-7]{2,3}){4,40}["']\s*;[^\n]{0,200}\$\w{1,30}\s*\(\s*@?(\w{1,20}\s*\(\s*)?\$_(GET|POST|REQUEST|COOKIE)/ nocase
        $pieces = /\$\w{1,30}\s*=\s*(["']\w{1,12}["']\s*\.\s*){1,20}["']\w{1,12}["']\s*;[^?]{0,160}\$\w{1,30}\s*\(\s*@?(\w{1,20}\s*\(\s*)?\$_(GET|POST|REQUEST|COOKIE)/ nocase
        $extracted = /extract\s*\(\s*\$_(GET|POST|REQUEST|COOKIE)\s*\)\s*;?[^\n]{0,120}(@?\$\w{1,20}\s*\(\s*@?\$\w|\b(eval|assert|system)\s*\(\s*@?\$)/ nocase
        $callback = /\b(usort|uasort|uksort|array_filter|array_walk|array_reduce|register_shutdown_function|ob_start|iterator_apply)\s*\([^;]{0,60}(\$_(GET|POST|REQUEST|COOKIE)[^;]{0,40},\s*(['"](assert|system|exec|passthru|shell_exec|eval)['"]|\$_(GET|POST|REQUEST|COOKIE))|['"](assert|system|exec|passthru)['"][^;]{0,40}\$_(GET|POST|REQUEST|COOKIE))/ nocase
        $writes = /\b(file_put_contents|fwrite|fputs)\s*\(\s*(\$_(GET|POST|REQUEST|COOKIE)\s*\[[^\]]{1,30}\]|fopen\s*\(\s*\$_(GET|POST|REQUEST|COOKIE)[^)]{0,60}\))\s*,\s*@?(\w{1,20}\s*\(\s*){0,3}\$_(GET|POST|REQUEST|COOKIE)/ nocase
        $page = /<%|<jsp:/ nocase
        $class = /extends\s+ClassLoader/
        $defines = /defineClass\s*\(/
        $takes = /request\s*\.\s*(getParameter|getReader|getInputStream|getHeader|getAttribute)/
        $keyed = /Cipher\s*\.\s*getInstance|BASE64Decoder|Base64\s*\.\s*getDecoder|Base64\s*\.\s*decode/ nocase
        $engine = /(ScriptEngineManager|GroovyShell|ExpressionFactory)[^;]{0,160}\.(eval|evaluate|createValueExpression)\s*\([^;]{0,60}getParameter/
        $asp = /<%[^%]{0,200}\b(eval|execute|executeglobal)\s*\(?\s*request\s*(\.\s*(item|form|querystring|params))?\s*[\(\[]/ nocase
        $assembly = /Assembly\s*\.\s*Load\s*\([^;]{0,160}\bRequest\s*(\.\s*\w{1,20})?\s*[\[\(\.]/
        $cf = /<cfexecute[^>]{0,80}#(form|url|cgi|cookie)\./ nocase
        $ruby = /`#\{\s*params\s*\[|\b(system|exec|eval|IO\.popen|spawn)\s*\(?\s*params\s*\[/
        $lua = /(io\.popen|os\.execute|loadstring|load)\s*\(\s*ngx\.(var\.arg_|req\.get_)/
        $flask = /(\w{1,30})\s*=\s*request\.(args|form|values|json|GET|POST|params|query_params)(\.get\s*\(|\s*\[)[^\n]{0,60}\n([^\n]{0,120}\n){0,3}[^\n]{0,80}(os\.(popen|system)|subprocess\.(getoutput|getstatusoutput)|\bexec|\beval)\s*\(\s*\w{1,30}\s*[\),]/
        $flask_shell = /(\w{1,30})\s*=\s*request\.(args|form|values|json|GET|POST)(\.get\s*\(|\s*\[)[^\n]{0,60}\n([^\n]{0,120}\n){0,3}[^\n]{0,80}subprocess\.\w{1,20}\s*\(\s*\w{1,30}\s*,[^\n]{0,60}shell\s*=\s*True/
        $node = /(url\.parse\s*\(\s*\w{1,20}\.url|searchParams\.get|querystring\.parse)[^\n]{0,160}\n?[^\n]{0,120}(child_process['"]?\s*\)?\s*\.\s*|\b)(exec|execSync)\s*\(\s*(\w{1,20}|\w{1,20}\.query\.\w{1,20})\s*[,\)]/
        $then = /\$\w{1,20}\s*=\s*\(?\s*@?\$_(GET|POST|REQUEST|COOKIE)\s*\[[^\]]{1,40}\]\s*\)?\s*;[^?]{0,160}\b(system|shell_exec|passthru|popen|proc_open)\s*\(\s*@?\$\w{1,20}\s*[,\).]/ nocase
        $made = /\bcreate_function\s*\([^;]{0,60}\$_(GET|POST|REQUEST|COOKIE)/ nocase
        $both = /\$\w{1,20}\s*=\s*@?\$_(GET|POST|REQUEST|COOKIE)\s*\[[^\]]{1,40}\]\s*;\s*\$\w{1,20}\s*=\s*@?\$_(GET|POST|REQUEST|COOKIE)\s*\[[^\]]{1,40}\]\s*;\s*@?\$\w{1,20}\s*\(\s*@?\$\w{1,20}\s*\)/
        $under = /\$_\s*\[[^\]]{1,12}\]\s*\(\s*@?\$_\s*\[[^\]]{1,12}\]\s*\)/
        $nested = /\beval\s*\(\s*@?\$\w{1,20}\s*\(\s*@?\$\w{1,20}\s*\(/ nocase
        $jsp_later = /getParameter\s*\([^)]{1,60}\)[^%]{0,240}getRuntime\(\)\s*\.\s*exec\s*\(\s*\w{1,30}\s*[,\)]/
        $server = /runat\s*=\s*["']server["']/ nocase
        $starts = /ProcessStartInfo|Process\s*\.\s*Start\s*\(/
        $shell = /cmd(\.exe)?["']|["']\/c\s|powershell(\.exe)?["']/ nocase
        $handler = /os\.(popen|system)\s*\(\s*self\.(headers|path|rfile)/
        $param = /\bparam\s*\(\s*['"]\w{1,30}['"]\s*\)\s*;[^#]{0,160}(`\s*\$\w{1,30}\s*`|\b(system|exec)\s*\(?\s*\$\w)/
        $query = /\beval\s+["']?\$\{?QUERY_STRING/
    condition:
        filesize < 4MB and (
            ($php and ($input_run or ($input_key and $run_var) or $numbers or $escapes or $pieces or $extracted or $callback or $writes or $then or $made or $both or $nested
                or ($input and $under)))
            or ($page and $class and $defines and $takes and $keyed)
            or any of ($engine, $asp, $assembly, $cf, $ruby, $lua, $flask, $flask_shell, $node, $jsp_later, $handler, $param, $query)
            or ($server and $starts and $shell)
        )
""",
)
