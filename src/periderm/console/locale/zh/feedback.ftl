# 标记误报，以及检测器在此处误报的频率。
false-title = 误报
false-lead = 该事件由 { $n } 条告警组成。请说明为何是误报，并选择如何避免再次发生。目前尚未做任何更改。
false-already = 它已被标记为误报。
false-keep-away = 避免再次发生
false-baseline = 对该工作负载而言属于正常行为
false-program = 此规则、这些程序、该工作负载
false-detector = 此规则、整个工作负载
false-covers = 涵盖本事件的 { $n } 条告警。
false-would-hide = { $n ->
    [0] 过去 30 天内不会隐藏任何告警。
   *[other] 过去 30 天内会隐藏 { $n } 条告警（其中高危或严重 { $high } 条）。
 }
false-would-empty = 将有 { $n } 个未关闭事件不会出现。
false-part = （只查看了 { $total } 条中最新的 { $n } 条。）
false-exactly = 具体内容，以及会隐藏什么
false-normal = 今后视为正常
false-where = 位置
false-programs = 程序或文件
false-nothing = 没有可选项：该事件的告警已不存在，或接受它们会使几乎一切都成为正常。
false-may-not = 例外与基线由有权制定策略的人更改。您可以说明这是误报；其余由他们稍后在此完成。
false-others = 另有 { $n } 个不会出现的未关闭事件也是误报
false-reason = 为何是误报
false-owner = 由谁对例外负责
false-until = 例外有效期至
false-now = 确认为误报
false-undo = 例外可移除，基线决定可撤回，事件可重新打开。
false-open = 误报…
firing-title = 过去 30 天的触发
firing-alerts = 告警数
firing-false = 此处误报
firing-false-share = { $share }，{ $n } 条
firing-last = 最近
firing-days = 30 天
firing-none = 过去 30 天未触发。
firing-lead = { $n } 条告警，最近一次
firing-false-lead = { $said ->
    [0] 其中没有告警属于被标记为误报的事件。
   *[other] 其中 { $said } 条属于被标记为误报的事件。
 }
firing-excepted = { $n ->
    [0] { "" }
   *[other] 另有 { $n } 条被例外排除。
 }
spark = { $n ->
    [0] { $days } 天内无
   *[other] { $days } 天内 { $n } 次，单日最多 { $most } 次，今天 { $today } 次
 }
col-fourteen = 14 天
would-hide-alerts = 过去 30 天内会把 { $n } 条告警排除在事件之外（其中高危或严重 { $high } 条）。
finding-except = 不计入…
exception-alerts = 已把 { $n } 条告警排除在事件之外。
