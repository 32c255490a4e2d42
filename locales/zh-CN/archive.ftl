# 历史归档：`oneowner archive`，以及重放：`oneowner audit replay`。

archive-status = 已归档运行：{ $archived }。Temporal 仍保留的已关闭运行：{ $listed }，保留 { $days } 天。
archive-last-sweep = 最近一次完成的归档：{ $at }。
archive-never-swept = 尚未完成过归档。
archive-gone = 警告：最近一次归档前，Temporal 已丢失 { $runs } 次运行的历史。
archive-retention-short = 警告：保留期仅 { $days } 天，归档出错时来不及补救。
archive-complete = 没有遗漏已关闭的运行。
archive-missing = 遗漏运行：{ $runs }。Temporal 将从 { $at } 起删除。
archive-none = 归档中没有 { $workflow } 的运行。
archive-damaged = 已损坏：{ $name } 与归档时不符。
archive-lost = 已丢失：归档中找不到 { $name }。
archive-checked = 完好：{ $sound }，损坏：{ $damaged }，丢失：{ $lost }，数据库未记录：{ $unknown }。
archive-no-hold = 没有保全 { $hold }。
archive-hold-in-force = 生效中
archive-hold-released = 已解除
archive-prune-sure = 确定永久删除 { $day } 之前关闭且未保全的全部归档历史吗？
archive-pruned = 已删除：{ $removed }，因保全而保留：{ $held }。
archive-unreachable = 无法使用归档或数据库：{ $reason }。
