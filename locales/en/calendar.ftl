# Working calendars.

calendar-legend = H off, W worked (public holiday, make-up day or override) · closed by the week. Clock: { $zone }
calendar-make-up-days-unknown = { $year }: the make-up days are not known; its days off are by law alone. Once they are announced, enter them as overrides of the calendar, or install a newer version.
calendar-mark-off = H
calendar-mark-working = W
calendar-month = { $month }: { $days ->
    [one] one working day
   *[other] { $days } working days
}
calendar-unknown = the policy has no calendar { $calendar }; it has: { $known }
calendar-weekdays = Mo Tu We Th Fr Sa Su
calendar-year-not-covered = { $year }: no public holidays are known for this year.
