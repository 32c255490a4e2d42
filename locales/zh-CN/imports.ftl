# 导入客户文件：单元格和文件可能违反的规则，以及报告的文字。

problem-import-mapping-unusable = 列的对应关系不可用
    .detail = 指定的列不存在、同一字段指定了两列，或没有任何列能说明客户是谁。
problem-import-not-ready = 导入尚未就绪
    .detail = 导入当前所处的阶段不允许此操作。请查看其阶段，待其推进后再试。

rule-cell-too-large = 无法读取：从第 { $line } 行开始的单元格过长，该处可能缺少引号
rule-column-unknown = 指定了文件中没有的列
rule-customer-type-unknown = 必须是新注册客户、重要大客户、转介绍客户、展会客户之一
rule-encoding-unknown = 既不是 UTF-8、GBK 或 UTF-16 文本，也不是 XLSX 工作簿
rule-field-twice = 指定的字段已有另一列
rule-file-empty = 是空文件
rule-formula = 必须是值；公式不会被计算
rule-number-shortened = 被电子表格改成了科学计数；请把该列设为文本格式并填写完整号码
rule-old-excel = 是旧版或加密的 Excel 文件；请另存为不带密码的 XLSX 或 CSV
rule-owner-ambiguous = 是多名销售的姓名；请改用编号或邮箱
rule-owner-not-available = 是已离职或休假中的销售
rule-owner-not-for-type = 无法指定：该客户类型的规则不允许指定负责人
rule-owner-unknown = 不是任何销售的编号、姓名或邮箱
rule-placeholder = 不代表任何人
rule-sheet-broken = 已损坏，或不是 XLSX 工作簿
rule-sheet-too-large = 解压后过大；请另存为 CSV
rule-too-many-columns = 超过 { $limit } 列
rule-too-many-rows = 超过 { $limit } 行；请拆分为多个文件

import-verdict-new = 新客户
import-verdict-same-row = 合并到其他行
import-verdict-known = 已有客户
import-verdict-doubt = 需人工确认
import-verdict-bad = 错误行

import-why-possible-row = 可能与另一行是同一客户。
import-why-conflicting-row = 与另一行有关联，但相互矛盾，例如信用代码不同。
import-why-shared-by-many = 号码或邮箱与过多的行相同，不可能都是同一客户。
import-why-possible-customer = 可能是已有客户。
import-why-waiting-lead = 可能与一条等待人工确认的线索相同。

import-asked-left-out = 未导入
import-asked-needs-confirmation = 等待人工确认：
import-asked-new-customer = 新客户：
import-asked-duplicate = 已有客户：
import-asked-rejected = 已撤回，或不属于任何人：

import-field-name = 名称
import-field-person = 联系人
import-field-contact = 电话或邮箱
import-field-region = 地区
import-field-address = 地址
import-field-industry = 行业
import-field-website = 网站
import-field-complete = 以上全部

import-stage-analysing = 分析中
import-stage-ready = 试运行：尚未写入任何数据
import-stage-loading = 导入中
import-stage-done = 已导入
import-stage-undoing = 撤销中
import-stage-undone = 已撤销
import-stage-failed = 无法导入
import-stage-discarded = 已放弃

import-phase-reading = 读取并清洗
import-phase-grouping = 在文件内查重
import-phase-comparing = 与已有客户比对
import-phase-loading = 导入中
import-phase-asking = 提交存疑行
import-phase-undoing = 撤销中

import-report-title = 导入报告
import-report-file = 文件
import-report-rows = 读取行数
import-report-to-do = 待办事项
import-report-nothing-to-do = 没有待办事项。
import-report-do-doubt = { $count } 行需人工确认：请查看是否与旁边所列为同一客户。
import-report-do-asked = { $count } 行在等待人工确认：POST /v1/leads/(线索)/confirmation。
import-report-do-bad = { $count } 行违反规则：请更正单元格后重新发送文件。
import-report-do-left = 撤销时保留了 { $count } 个客户：此后已有人跟进。
import-report-completeness = 客户信息完整度
import-report-before = 之前，共 { $count } 行
import-report-after = 之后，共 { $count } 个客户
import-report-completed = 自动补全的信息
import-report-line = 行
import-report-who = 客户
import-report-column = 列
import-report-value = 内容
import-report-reason = 原因
import-report-beside = 对照
import-report-row-number = 第 { $line } 行
import-report-merged = 已合并的行
import-report-became = 处理结果
import-report-kept = 保留
import-report-customer = 客户
import-report-field = 信息
import-report-count = 行数
import-report-more = 显示前 { $shown } 条，共 { $count } 条；工作簿中有全部内容。
import-report-state = 状态
import-report-summary = 概要

import-cli-sending = 正在发送 { $filename }
import-cli-known = 该文件此前已发送：导入 { $id }，{ $stage }。
import-cli-columns = 列的对应关系
import-cli-not-taken = （不导入）
import-cli-confirm = 导入 { $count } 个客户？
import-cli-nothing = 没有可导入的内容。
import-cli-dry-run = 仅试运行：未写入任何数据。导入 { $id }
import-cli-done = 已导入。导入 { $id }；如需撤销：oneowner import undo { $id }
import-cli-undone = 已撤销。导入 { $id }
import-cli-report = 报告已保存到 { $path }
import-cli-unreachable = { $url } 没有 OneOwner 服务应答。请先运行：oneowner run
import-cli-refused = { $title }：{ $detail }
import-cli-map = --map 的格式为 列名=字段，而不是 { $pair }。可用字段：{ $fields }
