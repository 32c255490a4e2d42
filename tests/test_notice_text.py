"""Every kind of notice says something in every language, with names where the reader may know them."""

import pytest

from domain.notifying.notice import NoticeKind
from messages import LOCALES
from notice_text import Text, digest_text, notice_text

FACTS = {
    "owner_id": "li.wei", "previous_owner_id": "xu.na", "rep_id": "chen.jing", "queue": "华南",
    "request": "key_account", "import_id": "imp_1", "move_id": "mov_1",
    "kpi": "collision_rate", "month": "2026-10", "value": 0.031, "target": 0.02,
}  # fmt: skip
REPS = {"li.wei": "李伟", "xu.na": "徐娜"}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_its_texts(locale: str, kind: NoticeKind) -> None:
    full = notice_text(locale, kind, FACTS, lead_id="lead_1", customer="深圳市远航科技有限公司", reps=REPS)
    for text in (full, notice_text(locale, kind, {})):
        assert text.subject
        assert text.body
        assert "None" not in "".join(text)
    assert not full.subject.endswith(("。", "."))


def test_names_are_told_to_those_who_may_know_them() -> None:
    told = notice_text("zh-CN", NoticeKind.CUSTOMER_LOST, FACTS, customer="远航科技", reps=REPS)
    assert told == Text("客户已转出：远航科技", "远航科技 已由您转给 李伟。")
    unknown = notice_text("en", NoticeKind.CUSTOMER_LOST, {"owner_id": "t.brown"})
    assert unknown.body == "a customer has gone over from you to t.brown."


def test_a_missed_target_is_told_in_numbers_that_people_read() -> None:
    missed = notice_text("en", NoticeKind.TARGET_MISSED, FACTS)
    assert missed.body == "Collision rate came to 3.1% in 2026-10; the target is 2.0%."
    assert notice_text("zh-CN", NoticeKind.TARGET_MISSED, FACTS).subject == "2026-10 未达标：撞单频率"


def test_several_go_as_one() -> None:
    texts = [Text("One", "First."), Text("Two", "Second.")]
    assert digest_text("en", texts) == Text("2 notifications", "- One\n  First.\n- Two\n  Second.")
    assert digest_text("zh-CN", texts[:1]).subject == "1 条通知"
