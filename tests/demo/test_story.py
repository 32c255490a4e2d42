"""The story's figures."""

import re

from demo.rows import Expect
from demo.story import tell_outcomes, tell_refused
from demo.submit import Seen
from domain.identity import Outcome
from tests.demo.test_promise import FAULT
from tests.demo.test_teller import telling
from tests.demo.views import row, seen


def test_leads_are_counted_by_what_came_of_them_whatever_was_promised() -> None:
    answers = [
        seen(Expect.NEW, Outcome.NEW_CUSTOMER),
        seen(Expect.NEW, Outcome.NEW_CUSTOMER, entity="2", status=200),  # sent again by ourselves after a 503
        seen(Expect.NEW, Outcome.DUPLICATE, entity="3"),
        seen(Expect.RETRY, Outcome.NEW_CUSTOMER, status=200),
        seen(Expect.DOUBT, Outcome.NEEDS_CONFIRMATION, entity="4"),
        Seen(row(Expect.REFUSED), 422, faults=(FAULT,)),
    ]
    teller, paper = telling("en", width=80)
    tell_outcomes(teller, answers, 2.0)
    assert "6 leads in 2 s (3 a second)" in paper.getvalue()
    assert re.findall(r"^(\d+)   (\w+)", paper.getvalue(), re.MULTILINE) == [
        ("2", "new"),
        ("1", "duplicates"),
        ("1", "sent"),
        ("1", "in"),
        ("1", "refused"),
    ]


def test_refusals_are_grouped_by_field_and_rule() -> None:
    again = FAULT.model_copy(update={"field": "phones.12", "value": "远" * 40})
    teller, paper = telling("zh-CN", width=80)
    tell_refused(teller, [Seen(row(Expect.REFUSED), 422, faults=(fault,)) for fault in (FAULT, again)])
    assert re.search(r"^ +2   phones +必须是电话号码 +“请发邮件”", paper.getvalue(), re.MULTILINE)
