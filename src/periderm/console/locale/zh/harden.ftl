# 工作负载可以收紧到何种程度，以及镜像中从未用到的内容。
harden = 加固
harden-title = { $name } 可以收紧到何种程度
harden-lead = { $n ->
    [0] 已观察 { $time }。本页不更改任何内容：下方文件由您自行应用。
   *[other] 已在 { $n } 个副本上观察 { $time }。本页不更改任何内容：下方文件由您自行应用。
 }
harden-early = 观察时间不足十分钟：其偶发行为尚未计入。
h-proof = 以历史验证
proof-none = 此处未保存历史，无法验证。
proof-no-events = 该时段内没有它的事件，无法验证。
proof-hurt = { $hurt ->
    [0] { $events } 个事件中没有任何一个会被拒绝（{ $n } 个容器）。
   *[other] { $events } 个事件中有 { $hurt } 个会被拒绝（{ $n } 个容器）。
 }
proof-part = 该时段事件过多，页面未能全部回放；下方命令可以回放更多。
proof-past = 回放最近
proof-again = 回放
h-measures = 所需内容
col-measure = 措施
col-narrow-needs = 所需
col-would-refuse = 会拒绝
h-refused = 会被拒绝的行为
col-by = 来自
by-session = 会话
by-itself = 自身
h-forms = 生成的文件
form-seccomp = seccomp 配置
form-apparmor = AppArmor 配置
form-kubernetes = Kubernetes securityContext 与 NetworkPolicy
form-podman = podman 命令行
form-docker = docker 命令行
download = 下载 { $name }
show-text = 在此查看
slim = 瘦身
slim-title = { $name } 从未用到的内容
slim-lead = 观察时间 { $since } 至 { $until }（UTC）；当前运行 { $n } 个容器。
slim-programs = { $all } 个可执行文件中有 { $unused } 个从未启动或加载（{ $size }）。
slim-packages = { $removable } 个软件包可以移除；{ $needed } 个未使用但被其他软件包依赖，{ $unjudged } 个的使用不留痕迹。
slim-ends = 移除后，{ $all } 个漏洞发现中的 { $removed } 个将消失。
slim-none = 该镜像没有未使用的软件包。
slim-no-programs = 所有可执行文件都被使用过。
h-unused-packages = 未使用的软件包
h-unused-programs = 未使用的可执行文件
h-ended = 将消失的漏洞
h-kept = 将保留的漏洞
col-needed-by = 被依赖
col-vulnerabilities = 漏洞
can-go = 可以移除
vex-download = 下载 OpenVEX 声明
vex-none = 没有可写入 OpenVEX 的内容：没有使用情况可知的软件包漏洞。
vex-lead = 声明以观察时段为证据；日后一旦文件被加载，声明会自动改为相反的结论。
harden-button = 可以收紧到何种程度？
slim-button = 哪些内容从未用到？
