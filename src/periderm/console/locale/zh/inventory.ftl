findings-lead =
    { $n ->
        [0] 没有符合条件的弱点。
       *[other] { $n } 个弱点存在于现有资产中。
    }
findings-none = 没有已知弱点。检查一个镜像：
all-findings = 全部 { $n } 个弱点
finding-secret = 密钥
finding-configuration = 配置
finding-vulnerability = 漏洞
finding-not-examined = 未检查
evidence = 证据
package = 软件包
layer = 镜像层
detector = 详细说明
assets-lead =
    { $n ->
        [0] 没有符合条件的资产。
       *[other] 已知 { $n } 个资产。
    }
assets-none = 对这台机器还一无所知。开始监视：
asset-node = 节点
asset-image = 镜像
asset-container = 容器
asset-workload = 工作负载
asset-process = 进程
asset-user = 用户
asset-lead = { $incidents } 个事件，{ $findings } 个弱点。
running = 运行中
not-running = 未运行
privileged = 特权
scanned = 已扫描
not-scanned = 未扫描
owner-unknown = 未知：属于盲区
environment = 环境
grade = 等级
grade-core = 核心
grade-important = 重要
grade-ordinary = 一般
command = 命令
runtime = 运行时
mounts = 挂载
digest = 摘要
references = 名称
scan = 扫描
holds = 包含
count-packages = { $n } 个软件包
count-executables = { $n } 个可执行文件
count-files = { $n } 个文件
system = 系统
form-physical = 物理机
form-virtual = 虚拟机
addresses = 地址
see-containers = 其中的容器
labels = 标签
gaps-lead = Periderm 有 { $n } 处没有看到的地方，以及各自的解决办法。
gaps-none = 检查这台机器允许 Periderm 看到什么：
gap-events-lost = 事件丢失
gap-path-unreadable = 路径无法读取
gap-syscall-variant = 少见的系统调用
gap-kernel-unsupported = 内核不支持
gap-owner-unknown = 负责人未知
gap-image-not-scanned = 镜像未扫描
gap-not-examined = 未检查
gap-subject-unknown = 未知容器
gap-sensor-down = 传感器停止
gap-clock-jump = 时钟跳变
gap-clock-off = 时钟不准
gap-identity-copied = 身份在两处被使用
gap-not-its-own = 发送了不属于它的内容
gap-enforcement-failed = 阻断失败
gap-detail-shed = 舍弃细节
gap-registry-silent = 镜像仓库未被检查
gap-notifier-silent = 无法通知
gap-owners-old = 归属信息可能已过时
gap-enforcing-ended = 强制执行已自动结束
gap-history-short = 历史记录不完整
gap-rules-refused = 规则被拒
gap-rule-failed = 规则出错
carried-from = 在网络 { $source } 中扫描并判定，签名密钥 { $signer }，导入于
verdict-passed = { $where } 的门禁已放行
verdict-refused = { $where } 的门禁已拒绝：{ $count } 个弱点
verdict-here = 本网络
search-assets = 搜索名称
