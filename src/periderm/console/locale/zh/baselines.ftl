# 基线：工作负载的正常行为及其审定。
nav-baselines = 基线
baselines-lead = { $waiting ->
    [0] { $n } 个工作负载的正常行为。没有待审项。
   *[other] { $n } 个工作负载的正常行为。待审偏离：{ $waiting } 个。
 }
baselines-none = 尚无基线。镜像扫描时生成，容器运行时学习。
search-workloads = 搜索工作负载
search-programs = 搜索程序
phase-born = 已生成
phase-learning = 学习中
phase-alerting = 告警中
col-to-review = 待审
col-phase = 阶段
col-entries = 条目
col-dimensions = 维度
col-replicas = 副本
col-decisions = 决定
col-watched = 已观察
col-last-new = 最近新增
col-settled = 收敛于
col-behaviour = 行为
col-seen = 次数
col-rhythm = 时段与规律
col-because = 为何正常
col-decision = 决定
col-type = 事件类型
col-surprise = 意外度
col-times = 次数
baseline-lead = { $programs } 个程序的 { $entries } 个条目。
baseline-facts = 证据
hours-of-day = 出现的时段（UTC 小时）
stands-for = 例如
waits = { $n ->
    [0] 没有待审项
   *[other] { $n } 个偏离待审
 }
review = 审查
review-lead = 勾选已知行为。接受后在所有节点即视为正常；拒绝后永不视为正常。执行前会先显示将隐藏哪些告警。
review-part = 告警过多，一次只能查看 { $n } 条，请先处理这些。
review-none = 没有待审项。偏离会连同原因及“怎样才算正常”列在此处。
review-how = 也可用命令行决定：periderm baseline accept 工作负载 编号 --reason 理由
to-incident = 事件
dimension-none = 此类行为尚无正常条目。
do-accept = 接受…
do-generalise = 泛化…
do-reject = 拒绝…
do-forget = 遗忘…
now-accept = 接受
now-reject = 拒绝
now-forget = 遗忘
decide-accept = 将 { $n } 个行为视为正常？
decide-reject = 将 { $n } 个行为永不视为正常？
decide-forget = 遗忘 { $n } 个行为（再次出现除外）？
would-hide = { $n ->
    [0] 不会隐藏任何历史告警。
   *[other] 将隐藏 { $n } 条历史告警（高危或严重：{ $high } 条）。
 }
stands-for-entries = 另涵盖 { $n } 个已属正常的条目。
takes-out = { $n ->
    [0] 不涉及基线中的任何条目。
   *[other] 将从基线移除 { $n } 个条目。
 }
preview-again = 重新查看影响
decision-undoable = 数秒内在所有节点生效；可随时撤销。
hidden-alerts = 将隐藏的历史告警：{ $total } 条中的 { $shown } 条
entries-meant = 涉及的基线条目：{ $n } 个
versions = 决定记录
versions-none = 尚无任何决定。
hid-alerts = { $n } 条告警
unused = { $n } 个条目在 { $days } 天内未被用到。
relearn = 重新学习
relearn-why = 重新学习的理由
relearn-what = 已有内容保留；收敛前，轻微的新行为会并入基线。
on-nodes = 位于 { $n } 个节点
resources = 资源
quantiles = CPU、内存、文件与子进程的分位数：{ $n } 组
resources-title = { $name } 一天内的资源使用
resources-lead = 每一列代表一天中的 { $hours } 小时（UTC），汇总所有日期与节点。仅当程序在该时段持续远超历史水平时才会告警。
resources-none = 尚无测量数据：代理会在工作负载运行处定时采样。
resources-button = 一天内如何使用资源？
at-most = 最高 { $amount }
col-hours = 时段
col-half = 半数时间
col-99 = 99% 以内
col-most = 最高
key-median = 半数采样不超过此值
key-high = 百分之九十九的采样不超过此值
key-top-most = 出现过的最高值
release = 重新信任
release-why = 相关告警为何是误报
release-what = 此前因告警而受怀疑者可以重新参与学习。偏离仍会照常告警。
