# 产品可以采取的行动，以及基线强制执行。
nav-policies = 策略
policies-lead = 仅告警是常态。凡是强制执行的策略，均由人员说明理由后启用，并可在此撤回。
policies-none = 尚未设置策略：只告警，不阻断。
col-policy = 策略
col-mode = 模式
col-holds-for = 适用范围
col-may = 允许的行动
mode-observe = 仅记录
mode-alert = 告警
mode-enforce = 强制执行
holds-for-all = 全部
deed-none = 不自动采取行动
deed-drift = 终止不属于镜像的程序
deed-memory = 终止没有文件的程序
deed-baseline = 终止基线未知的程序（{ $about } 的副本）
deed-list = 终止 { $about }
deed-open = 拒绝打开 { $about }
deed-call = 拒绝 { $about }
deed-alert = 响应 { $about }
deed-rules = 按规则的要求响应
deed-exempt = 绝不触碰该工作负载
alert-again = 恢复为仅告警
enforce = 强制执行
enforce-title = 强制执行 { $name } 的基线意味着什么？
enforce-on = { $name } 的基线正在强制执行
enforce-lead = 基线未知的程序会在执行首条指令之前被终止。可用性优先于阻断：只有历史中没有任何正常行为会被误伤时才会启用，一旦造成影响会自动恢复。
enforce-no-history = 此处未保存历史，无法得知会阻断什么，因此不能在此启用。
enforce-no-events = 历史中没有该工作负载启动程序的记录，无法得知会阻断什么，因此不能在此启用。
enforce-blocked = { $n ->
    [0] 已启动的 { $rows } 个程序中没有任何一个会被阻断。
   *[other] 已启动的 { $rows } 个程序中有 { $n } 个会被阻断。
 }
enforce-attacks = 规则报告的 { $n } 次攻击中，它会阻止 { $stopped } 次。
enforce-part = 历史内容过多，未能全部列出。
enforce-review = 判断其中哪些属于正常
enforce-hits = 影响范围
enforce-holds = 对 { $all } 个运行中的容器里的 { $n } 个生效。
enforce-kept = 策略“{ $name }”的行动继续有效：
enforce-returns = 一刻钟内终止 { $n } 次，或容器在终止后一分钟内退出，即自动恢复为仅告警。
enforce-unproven = 只要历史表明会误伤正常行为，或没有历史可查，就不能在此启用。
enforce-share = 副本比例
enforce-why = 为何值得承担阻断的风险
enforce-now = 立即强制执行
enforce-button = 要强制执行吗？
since = 起始于
