# 人事变动之后需要有人处理的事项。
move-warning-team-without-manager = 团队 { $about } 不再有经理：指定之前，由相关客户负责人的经理答复
move-warning-named-in-pool = 策略中的轮询池 { $about } 仍列有该销售
move-warning-named-in-territory = 策略中的销售区域 { $about } 仍列有该销售
move-warning-named-in-rule = 策略中的规则 { $about } 仍指定该销售
move-warning-nobody-left = { $about }：策略在此列出的销售均已离职
move-warning-region-uncovered = 区域 { $about } 不再有在职销售或销售区域覆盖
move-warning-no-successor = 销售 { $about } 没有接手人：全部客户按分配规则分配
move-warning-successor-not-asked = 策略不优先询问接手人：{ $about } 只得到分配规则给出的客户
