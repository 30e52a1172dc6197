can-do = 您可以做什么
can-do-none = 没有可阻止的了：相关进程都已结束。
more-offers = 还有 { $n } 个
undo-by = 可以撤销：{ $what }。
undo-none = 无法撤销。
decided-by = 决定者
effect-kill-at-exec = 启动时终止
effect-kill-process = 终止进程
effect-pause-container = 暂停容器
effect-resume-container = 恢复容器
effect-kill-tree = 终止进程及其后代
effect-kill-container = 终止容器
effect-isolate-container = 隔离容器
effect-reconnect-container = 重新接通容器
effect-quarantine-file = 隔离文件
effect-restore-file = 放回文件
effect-capture-forensics = 采集取证
do-kill-process = 立即终止
do-pause-container = 立即暂停
do-resume-container = 立即恢复
effect-state-proposed = 待决定
effect-state-ordered = 已下达
effect-state-dry-run = 演练
effect-state-refused = 已拒绝
effect-state-applied = 已完成
effect-state-failed = 失败
effect-state-undone = 已撤销
dry-run = 演练
dry-run-done = 尚未采取任何动作。
hits = 影响
undo = 撤销
record = 记录
record-as = 将记录为由 { $who } 决定。
responses-lead =
    { $n ->
        [0] 没有符合条件的响应。
       *[other] { $n } 个响应，由策略或人员决定。
    }
responses-none = 没有对任何工作负载采取过动作。平时只告警；是否更进一步由策略或人员决定。
