# 工作日历 / Working calendars.

calendar-legend = 休：放假，班：上班（节假日、调休或例外），·：按周休息。时区：{ $zone }
calendar-make-up-days-unknown = { $year } 年的调休安排未知，只有法定节假日。公布后请在日历的例外（overrides）中填写，或安装新版本。
calendar-mark-off = 休
calendar-mark-working = 班
calendar-month = { $month }：{ $days } 个工作日
calendar-unknown = 规则文件中没有日历 { $calendar }，已有：{ $known }
calendar-weekdays = 一 二 三 四 五 六 日
calendar-year-not-covered = { $year } 年没有节假日数据。
