# 虚构的销售组织的一年：使用 OneOwner 与不使用的对比。`oneowner simulate` 及其报告。

simulation-title = 模拟的一年
simulation-about = { $reps } 名销售，{ $customers } 位真实客户，{ $months } 个月，种子 { $seed }，策略 { $policy }。人员、客户与习惯均为虚构。
simulation-working = 正在模拟
simulation-written = 已写出：{ $file }
simulation-not-written = 无法写出 { $file }：{ $reason }
simulation-not-readable = 无法读取策略 { $file }。
simulation-collisions = 两名销售追同一位客户
simulation-month = 月
simulation-customers = 客户数
simulation-without = 不用 OneOwner
simulation-with = 使用 OneOwner
simulation-cases = 工单
simulation-case-rate = 工单 / 客户
simulation-mean = 各月平均
simulation-target = 目标：每月低于 { $target }。按各月平均，实际撞单{ $chases ->
    [met] 达标
   *[missed] 未达标
    }，工单率{ $cases ->
    [met] 达标
   *[missed] 未达标
    }。
simulation-reduction = 实际撞单：不用 OneOwner { $without } 次，使用后 { $with } 次，减少 { $reduction }。业内宣称为 { $claim }。
simulation-why = 后来者从何而来
simulation-why-address_book = 通讯录
simulation-why-called = 未查先打电话
simulation-why-claimed = 从公海领取
simulation-why-double_record = 同一客户的重复档案
simulation-why-entered = 自行录入线索
simulation-why-form = 客户填写表单
simulation-why-reassigned = 改派
simulation-why-referred = 转介绍
simulation-why-show = 展会
simulation-why-wish = 客户指名
simulation-detectors = 检测项
simulation-detector = 检测项
simulation-sightings = 所见
simulation-precision = 精确率
simulation-meetings = 应见
simulation-recall = 召回率
simulation-by-others = 由其他检测项发现
simulation-silenced = 静默
simulation-false = 误报原因
simulation-wrong-good_faith = { $number } 次出于善意
simulation-wrong-other_customer = { $number } 次另有其客户
simulation-wrong-nobody_chased = { $number } 次无他人在跟
simulation-records = { $real } 位真实客户成为 { $records } 份档案；其中 { $doubled } 位有多份，{ $mixed } 份档案混有多位。
simulation-never = 从未
simulation-note-detectors = 精确率：所见之中，确有两名销售在同一客户上的比例。召回率：应见之中已见的比例；静默指同样的人刚了结工单，按策略不再打扰。
simulation-note-invented = 习惯、差错以及各种事情的频率均为虚构，撞单率由此决定。请比较两列，不要以此推断贵公司的数字。
