# 其他系统上报的联系。

inbound-call = { $direction ->
    [inbound] 客户来电
   *[outbound] 致电客户
}，通话 { $minutes } 分 { $seconds } 秒（电话系统上报）
inbound-email = 客户回复了邮件（邮箱中所见，正文不保存）

problem-signature-not-accepted = 未被接受
    .detail = 没有这个连接器，或所发内容的签名不符合其连接器的要求，或签名时间过早。
problem-report-names-nobody = 没有指明任何人
    .detail = 上报内容中没有能说明是谁的信息，无法生成线索。请先提交线索，再指明是哪个客户。
problem-report-resolved = 已有结果
    .detail = 该上报已有结果，或已有人作出不同的说明。

rule-kind-not-allowed = 不在此连接器可上报的范围内
rule-line-invalid = 必须是电话号码、分机号或电子邮箱地址
rule-line-in-use = 已属于其他销售
rule-secret-missing = 必须提供：只有对方系统才有
rule-secret-made-here = 不得提供：密钥在此生成
rule-connector-kind-stays = 不可更改；请另建连接器
rule-customer-id-not-asked = 只能与 `customer` 一起提供

permission-connectors-read = 查看连接器
permission-connectors-change = 新建、修改、轮换和吊销连接器
permission-inbound-read = 查看其他系统上报的内容
permission-inbound-resolve = 说明上报是关于谁的
