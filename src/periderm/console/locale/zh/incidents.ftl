incidents-lead =
    { $n ->
        [0] 没有符合条件的事件。
       *[other] { $n } 个事件。同一工作负载上属于同一次攻击的告警合为一个事件。
    }
incidents-none = 目前没有事件。想完整看一遍，可以攻击示例：
state-new = 新
state-acknowledged = 处理中
state-resolved = 已解决
state-false-alarm = 误报
mark-new = 重新打开
mark-acknowledged = 我来处理
mark-resolved = 已解决
mark-false-alarm = 误报
is-now = 当前：
in-container = 容器
on-host = 主机
one-of =
    { $n ->
        [1] 唯一在运行的副本
       *[other] { $n } 个副本之一
    }
seen-first = 首次发现
seen-took = 历时
why-severity = 为什么是“{ $severity }”
why-none = 没有记录原因。
chain = 按攻击顺序看发生了什么
picture-title = 攻击过程，每个进程一条泳道
picture-desc = 每条泳道是时间轴上的一个进程。带编号的标记是步骤，上方的横条是 ATT&CK 战术，左侧的 F 标记是使攻击成为可能的弱点，穿过泳道的斜线是响应。下方的表格内容相同。
picture-hidden = 另有 { $n } 个进程见下方进程树。
legend-finding = 使其成为可能的弱点
legend-cut = 响应
legend-axis = 距最初时刻的时间；间距随时间差的对数增长
tag-new = 新文件
cut-kill-at-exec = 内核已终止
cut-kill-process = 已终止
cut-pause-container = 已暂停
finding-number = 弱点 { $n }
stopped-short = 已阻止
tree = 进程
killed = 已终止
not-in-image = 不在镜像中
how-exec = 通过 exec 进入容器
how-nsenter = 通过 nsenter
how-host = 在主机上
has-tty = 带终端
made-possible = 是什么使它成为可能
made-possible-none = 没有关联到镜像的弱点。如果镜像从未扫描：
finding-gone = 已不存在
timeline = 按时间排列
more-alerts = 另有 { $n } 条告警，见 API。
from-package = 来自软件包 { $name }
cut-kill-tree = 连同后代终止
cut-kill-container = 容器已终止
cut-isolate-container = 已隔离
cut-quarantine-file = 文件已隔离
cut-resume-container = 已恢复
cut-reconnect-container = 已接通
cut-restore-file = 文件已放回
cut-capture-forensics = 已取证
announced = 预告的会话
announced-hint = 操作人员在打开会话前已预告。告警仍然是告警。
events-around = 前后的活动
similar = 相似的事件
similar-none = 没有与此相似的其他事件。
col-alike = 相似度
col-in-common = 共同之处
trait-detector = 检测器
trait-technique = 技术
trait-program = 程序
trait-object = 对象
trait-image = 镜像
trait-workload = 工作负载
export-json = 导出为 JSON
export-print = 打印
printed = 由 { $who } 于 { $time } 打印，来源：
