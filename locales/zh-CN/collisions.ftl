# 撞单工单：多名销售碰上同一客户。

problem-already-appealed = 已经申诉过
    .detail = 每张工单只能申诉一次，此单已申诉过。
problem-appeal-too-late = 申诉已过期
    .detail = 这张工单的申诉期已过。
problem-assignment-frozen = 因撞单冻结
    .detail = 该客户的撞单工单（{ $about }）尚未了结。了结之前，最迟到 { $until }，不能交给其他人。
problem-case-not-settled = 尚未了结
    .detail = 没有可申诉的结果：工单尚未了结，或结果尚未执行完。
problem-case-settled = 已经结束
    .detail = 这张工单已结束（{ $outcome }），不能再发表意见或裁决。
problem-nobody-met = 没有撞单
    .detail = 撞单至少涉及两名销售。请写明除负责人之外还有谁。
problem-not-a-party = 不是当事销售
    .detail = 只有撞单的销售本人可以这样做。
problem-not-a-risk = 不是风险
    .detail = 双方已经撞单。请说明您希望如何处理。
problem-nothing-to-merge = 没有可合并的客户
    .detail = 这张工单不涉及两个客户，或指定的客户不在其中。
problem-only-a-risk = 只是风险
    .detail = 双方尚未撞单，无需处理。可以确认知悉，或标为误报。
problem-outside-the-case = 与工单无关
    .detail = { $about } 不是撞单的销售，或已离职。
problem-resolution-incomplete = 方案不完整
    .detail = 方案缺少 { $lacks }。按产品线拆分须写明至少两名销售各自的产品；没有负责人的客户要共享，须写明由谁负责。
problem-too-much-said = 意见过多
    .detail = 一张工单最多记录 { $limit } 条意见。
problem-unknown-case = 未知工单
    .detail = 没有这个编号的撞单工单。

permission-collisions-read = 查看撞单工单
permission-collisions-report = 上报撞单
permission-collisions-settle = 参与处理撞单工单

# 工单进展。
collision-status-open = 等待处理
collision-status-risk = 风险：双方尚未撞单
collision-status-settled = 已了结
collision-status-dismissed = 误报
collision-status-expired = 风险未发生
collision-status-overtaken = 已被其他变化取代

# 处理方案。
collision-option-keep = 负责人不变
collision-option-transfer = 转给另一名销售
collision-option-share = 一人主责，其他人协作
collision-option-split = 按产品线分工
collision-option-merge = 合并客户
collision-option-none = 不作改动

# 人们对工单做了什么，以及发现了什么。
collision-act-seen = 发现
collision-act-reported = 由人上报
collision-act-position = 意见
collision-act-resolution = 裁决
collision-act-appeal = 申诉
collision-act-dismissal = 标为误报
collision-act-acknowledgement = 已知悉

# 归属规则：各支持谁。
engagement-customer-wish = 客户意愿
    .for = 客户指名要 { $rep }。
    .nobody = 客户没有指名要其中任何一人。
engagement-first-follow-up = 最先有效跟进
    .for = { $rep } 最先做了有效跟进。
    .nobody = 没有人做过有效跟进。
engagement-protection = 保护期
    .for = { $rep } 领取了该客户，仍在保护期内。
    .nobody = 不在保护期内。
engagement-named-contact = 指定联系人
    .for = 首条线索指名 { $rep }。
    .nobody = 首条线索没有指名其中任何一人。
engagement-opportunity = 进行中的商机
    .for = { $rep } 有进行中的商机或合同。
    .nobody = 没有进行中的商机或合同。
engagement-referral = 转介绍
    .for = 介绍该客户的客户由 { $rep } 负责。
    .nobody = 不是由他们的客户介绍来的。
engagement-territory = 销售区域
    .for = 其中只有 { $rep } 负责该客户所在区域。
    .nobody = 区域无法区分他们。

rule-needs-a-rep = 只适用于销售本人
rule-case-hours = 提醒必须早于期限
