# Why somebody got a customer, or nobody did: `oneowner explain`, GET /v1/customers/…/assignments, the preview.

explained-owner = 按规则 { $rule } 的“{ $method }”方式分给 { $owner }
explained-queue = 按规则 { $rule } 进入队列 { $queue }：{ $reason }
explained-trial = { $method }：{ $reason }

assign-method-named-contact = 客户指名
assign-method-show-contact = 展台销售
assign-method-referrer-owner = 原客户的负责人
assign-method-sticky = 同一集团的负责人
assign-method-designated = 指定销售
assign-method-rotation = 轮流
assign-method-least-loaded = 客户最少
assign-method-territory = 销售区域
assign-method-vertical = 行业专长
assign-method-best-match = 智能匹配

dimension-region = 地区
dimension-vertical = 行业
dimension-language = 语言
dimension-deal-size = 成交规模
dimension-success = 成功经验
dimension-load = 负荷

assign-reason-chosen = 选中
assign-reason-not-named = 没有指名
assign-reason-unknown-rep = 没有这位销售
assign-reason-inactive = 已停用
assign-reason-on-leave = 休假中
assign-reason-off-duty = 不在工作时间
assign-reason-excluded = 不得再次获得该客户
assign-reason-at-daily-cap = 已达每日上限
assign-reason-at-total-cap = 已达总数上限
assign-reason-no-referrer = 没有转介绍人
assign-reason-referrer-has-no-owner = 转介绍的客户没有负责人
assign-reason-referral-cycle = 转介绍关系成环
assign-reason-no-earlier-owner = 同一集团没有现任或前任负责人
assign-reason-no-region = 地区未知
assign-reason-no-territory = 该地区没有销售
assign-reason-no-industry = 行业未知
assign-reason-no-specialist = 没有熟悉该行业的销售
assign-reason-pool-empty = 轮询池中没有人
assign-reason-nobody-on-duty = 此刻没有人能接手
assign-reason-all-at-cap = 所有人都已达上限
assign-reason-score-too-low = 最高分仍过低
assign-reason-needs-designation = 须由管理层指定

# What a rule's condition looks at, and how it failed.
case-customer-type = 客户类型
case-region = 地区
case-division = 行政区划
case-postcode = 邮政编码
case-industry = 行业
case-source = 来源
case-language = 语言
case-level = 级别
case-stage = 阶段
case-need = 需求
case-show = 展会
case-amount = 金额
case-named-contact = 指名的销售
case-show-contact = 展台销售
case-referrer = 转介绍人
case-group = 集团
unmet-equals = { $field }不是 { $wanted }
unmet-in = { $field }不在 { $wanted } 之列
unmet-within = { $field }不在 { $wanted } 之内
unmet-matches = { $field }中没有 { $wanted }
unmet-at-least = { $field }少于 { $wanted } 或未知
unmet-at-most = { $field }多于 { $wanted } 或未知
unmet-present-true = { $field }未知
unmet-present-false = { $field }已知
unmet-not = 不应成立的条件成立

# `oneowner explain`
explain-heading = { $at }  { $event }（{ $policy }）
explain-place-owner = 此后由 { $owner } 负责
explain-place-queue = 此后在 { $queue }
explain-approval = 依据审批 { $approval }
explain-given-reason = 说明的原因：{ $reason }
explain-rule = 规则 { $rule }：适用
explain-passed = 规则 { $rule }：{ $text }
explain-among = 范围：{ $among }
explain-considered = 考虑过：{ $reps }
explain-passed-over = { $rep }：{ $text }
explain-score = { $rep }：{ $scores }
explain-none = 从未分配
