"""Exercises: what hides an attack or destroys what it found. Values only; a stage carries them out."""

from __future__ import annotations

from periderm.model.exercise import Exercise
from periderm.model.text import Text

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="EXE-042",
        title=Text("Clear a log", "清除日志"),
        detectors=("RUN-042",),
        behaviours=(42,),
        script="mkdir -p /var/log; echo line > /var/log/auth.log; : > /var/log/auth.log; rm -f /var/log/auth.log",
    ),
    Exercise(
        id="EXE-125",
        title=Text("Switch the shell history off", "关闭 shell 历史"),
        detectors=("RUN-125",),
        behaviours=(42,),
        needs=("bash",),
        script="HISTFILE=/dev/null bash -c true; touch /root/.bash_history; rm -f /root/.bash_history",
    ),
    Exercise(
        id="EXE-126",
        title=Text("Erase data", "擦除数据"),
        detectors=("RUN-126",),
        behaviours=(42,),
        needs=("shred",),
        script="mkdir -p /srv/data; for i in 1 2 3; do echo x > /srv/data/$i; done; shred -u /srv/data/*; rm -rf /srv/data",
    ),
    Exercise(
        id="EXE-127",
        title=Text("Remove backups", "删除备份"),
        detectors=("RUN-127",),
        behaviours=(),
        script="mkdir -p /var/backups/daily; echo x > /var/backups/daily/db.sql.gz; rm -rf /var/backups/daily; cp /bin/true /tmp/restic; /tmp/restic forget --keep-last 0 --prune; rm -f /tmp/restic",
    ),
    Exercise(
        id="EXE-128",
        title=Text("Flush the firewall", "清空防火墙规则"),
        detectors=("RUN-128",),
        behaviours=(43,),
        script="cp /bin/true /tmp/iptables; /tmp/iptables -F; /tmp/iptables -P INPUT ACCEPT; rm -f /tmp/iptables",
    ),
    Exercise(
        id="EXE-043",
        title=Text("Stop what protects the machine", "停止防护程序"),
        detectors=("RUN-043",),
        behaviours=(43,),
        script="cp /bin/true /tmp/systemctl; /tmp/systemctl stop auditd; /tmp/systemctl disable --now falco; rm -f /tmp/systemctl",
    ),
    Exercise(
        id="EXE-044",
        title=Text("Set the time of a file back", "回拨文件时间"),
        detectors=("RUN-044",),
        behaviours=(44,),
        script="cp /bin/true /tmp/e44; touch -t 201001010000 /tmp/e44; rm -f /tmp/e44",
    ),
    Exercise(
        id="EXE-129",
        title=Text("Make a file immutable", "将文件设为不可更改"),
        detectors=("RUN-129",),
        behaviours=(44,),
        needs=("chattr",),
        script="touch /etc/e129; chattr +i /etc/e129 2>/dev/null; chattr -i /etc/e129 2>/dev/null; rm -f /etc/e129; true",
    ),
)
