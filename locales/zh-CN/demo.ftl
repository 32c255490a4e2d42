# `oneowner demo` 讲述的内容。

demo-begins = OneOwner 演示：以下一切都发生在一套用完即弃的安装上，结束后不留痕迹。
demo-organisation = 已录入：{ $regions } 个区域、{ $teams } 个团队、{ $reps } 名销售。现在通过 HTTP 提交样例线索。
demo-submitting = 正在提交线索
demo-progress = { $what }：{ $done } / { $total }
demo-comma = 、
demo-leads = 线索
demo-customers = 客户
demo-why = 原因

demo-outcomes = { $seconds } 秒内处理 { $leads } 条线索（每秒 { $rate } 条）
demo-outcome-new = 新客户，每位都有一位负责人或在一个队列中
demo-outcome-duplicate = 重复：该客户已登记
demo-outcome-retry = 同一线索再次提交，得到与首次相同的答复
demo-outcome-doubt = 疑似重复：请人确认
demo-outcome-refused = 拒绝，逐个字段说明原因

demo-refused = 被拒绝的线索，以及告知提交方的原因
demo-field = 字段
demo-rule = 规则
demo-example = 例如

demo-owners = 谁负责哪些客户
demo-region = 区域
demo-waiting = 等待
demo-owned-by = 负责人
demo-no-region = （无区域）

demo-queues = 等待负责人的客户及原因
demo-queue = 队列
demo-pool = 公海

demo-recognised = 写法不同，仍认得出
demo-came-in = 提交为
demo-known-as = 即为客户
demo-matched-on = 相同之处
demo-owner = 负责人
demo-typed-by = （由{ $rep }录入）

demo-doubts = 存疑：既不重复登记，也不误并
demo-may-be = 可能是

demo-month = 展会客户“{ $customer }”：{ $owner }有 30 天时间
demo-day = 第几天
demo-date = 日期
demo-falls-due = 若无人跟进
demo-happened = 发生了什么
demo-month-passed = 按出厂策略，让该客户的时钟走过 30 天。
demo-decision = 为什么是{ $owner }？当时存下的决策（策略 { $policy }）：
demo-method = 分配方式
demo-came-of-it = 结果
demo-chosen = { $rep }
demo-chosen-among = { $rep }：在{ $considered }之中最久未轮到

demo-confirmation = 由人来消除疑问
demo-asked = 一条线索与“{ $customer }”同名，但统一社会信用代码不同。询问该客户的负责人{ $rep }：是同一家吗？
demo-confirmed = { $rep }：不是，是另一家公司。已登记为新客户，负责人：{ $owner }。

demo-end = 结束
demo-kept = 一如承诺：样例每一行的结果都与expect列一致；每位客户恰有一位负责人或在一个队列中；没有两位客户共用同一标识。
demo-broken = 与承诺不符：{ $count } 处
demo-row-differs = 第 { $line } 行（{ $kind }）：应为 { $expect }，实为 { $status } { $answer }
demo-customer-lost = { $id } 已登记，却不在客户之中
demo-customer-unasked = { $id } 在客户之中，却无人登记
demo-not-one-place = { $id } 的负责人为 { $owner }，队列为 { $queue }
demo-shared = { $ids } 共用同一标识：{ $kind }
demo-month-differs = 应发生：{ $due }；实际发生：{ $happened }
demo-not-reassigned = { $id } 没有改派给其他负责人
demo-confirmation-differs = 确认为新客户的线索，结果却是 { $outcome }

# 决策代码的文字说明。

method-named-contact = 客户指定的联系人
method-show-contact = 展台销售
method-referrer-owner = 转介绍客户的负责人
method-sticky = 同一集团的前负责人
method-designated = 由管理层指定
method-rotation = 轮流
method-least-loaded = 客户最少者
method-territory = 销售区域
method-vertical = 行业专长
method-best-match = 智能匹配

reason-chosen = 选中
reason-not-named = 未指定
reason-unknown-rep = 所指定的销售不存在
reason-inactive = 该销售已离职
reason-on-leave = 该销售正在休假
reason-off-duty = 该销售此时不在工作时间
reason-excluded = 该客户不能再给该销售
reason-at-daily-cap = 该销售已达每日上限
reason-at-total-cap = 该销售已达客户总数上限
reason-no-referrer = 转介绍的客户未知
reason-referrer-has-no-owner = 转介绍的客户没有负责人
reason-referral-cycle = 转介绍关系成环
reason-no-earlier-owner = 同一集团的客户没有负责人
reason-no-region = 区域未知
reason-no-territory = 该区域没有销售
reason-no-industry = 行业未知
reason-no-specialist = 没有熟悉该行业的销售
reason-pool-empty = 轮询池中没有人
reason-nobody-on-duty = 没有在岗的销售
reason-all-at-cap = 所有销售都已达上限
reason-score-too-low = 没有足够匹配的销售
reason-needs-designation = 需由管理层指定负责人
reason-no-match = 没有已知的相同客户
reason-certain-match = 与某客户的标识相同
reason-several-customers = 同时指向多位客户
reason-waiting-lead = 另有类似线索尚待确认
reason-conflicting-identifier = 相似，但信用代码不同
reason-possible-match = 相似，但不能确定
reason-confirmed = 已由人确认
reason-placeholder = 不代表任何人

key-uscc = 统一社会信用代码
key-tax-id = 税号
key-mobile = 手机
key-email = 邮箱
key-name-region = 名称与区域
key-phone = 电话
key-name = 公司名称
key-domain = 域名

stage-follow-up-warning = 预警负责人
stage-follow-up-escalated = 升级给经理
stage-follow-up-expired = 改由其他负责人接手
