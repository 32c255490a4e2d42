# OneOwner 启动、运行和停止时启动器说的话，与另一种语言一起打印。

api-answers = 接口
admin-token = 管理员令牌
admin-token-from-settings = 来自 ONEOWNER_ADMIN_TOKEN
build-elsewhere = 另一个启动（进程 { $holder }）正在构建 Temporal 服务器，等待其完成
build-failed = go install 未能构建 Temporal 服务器：{ $reason }（日志：{ $log }）
building = 正在构建 Temporal 服务器，只需一次，约 5 分钟
child-died = { $child } 已退出（{ $exit }），{ $seconds } 秒后重新启动
child-failed = { $child } 连续 { $times } 次自行退出（退出码 { $exit }），原因见其最后几行输出
child-killed = { $child } 在 { $seconds } 秒内没有停止，强制结束
data-folder = 数据目录
download-failed = SDK 下载开发服务器失败：{ $reason }
downloading = 正在下载 Temporal 开发服务器
folder-in-use = { $folder } 正被进程 { $holder } 使用。请先停止它，或用 --data-dir 选择其他目录
no-temporal-server =
    找不到也无法获得 Temporal 服务器：
    { $reasons }
    请任选一项后重新启动：
      - 在能访问 Go 模块代理的机器上安装 Go 1.26.8 或更新版本，服务器会自动构建一次
      - 把服务器版本不低于 1.32 的 temporal 命令行程序放到 PATH 中（https://docs.temporal.io/cli）
      - 用 TEMPORAL_ADDRESS 指向在别处运行的 Temporal 服务器
route-closed = { $route }：{ $reason }
running = OneOwner { $version } 已启动；按 Ctrl-C 全部停止
service-unreachable = { $address } 没有应答：{ $reason }。服务是否在运行？可用 --api 指定其他地址
server-not-ready = Temporal 服务器 { $seconds } 秒后仍无应答：{ $reason }（日志：{ $log }）
still-working = 仍在进行：{ $seconds } 秒内完成 { $steps } 步
stopped = 已全部停止
stopping = 正在停止
temporal-address = Temporal 服务器
temporal-unreachable = { $seconds } 秒后 { $address } 仍没有 Temporal 服务器应答：{ $reason }。请检查 TEMPORAL_ADDRESS、TLS 和 API 密钥
using-cluster = 使用 { $address } 的 Temporal 服务器（来自 TEMPORAL_ADDRESS 或 Temporal 配置文件）
using-server = 使用 Temporal 服务器 { $version }（{ $kind }）：{ $path }
wrong-version = { $path } 为 { $found }，需要 { $wanted }
