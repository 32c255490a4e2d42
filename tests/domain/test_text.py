"""Text from outside: what nobody sees is taken out, what deceives a reader or is nothing at all is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.text import LongText, ShortText

SHORT, LONG = TypeAdapter(ShortText), TypeAdapter(LongText)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("深圳市远航科技有限公司", "深圳市远航科技有限公司"),
        ("\u202a+86 138 0013 8000\u202c", "+86 138 0013 8000"),
        ("\ufeff王\u200b小\u2060明\u00ad", "王小明"),
        ("\u202eyuanhang\u2066", "yuanhang"),
        ("\u200b 远航 \u200b", "远航"),
        ("👨\u200d👩\u200d👧 Toys", "👨\u200d👩\u200d👧 Toys"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("🚀", "🚀"),
        ("José", "José"),
        ("N/A", "N/A"),
    ],
)
def test_what_nobody_sees_is_taken_out(sent: str, kept: str) -> None:
    assert SHORT.validate_python(sent) == LONG.validate_python(sent) == kept


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("", "string_too_short"),
        (" \u3000 ", "string_too_short"),
        ("\u200b\u200e", "string_too_short"),
        ("\u200d\u200c", "string_too_short"),
        ("\u3164\u2800", "string_too_short"),
        ("\u0301", "string_too_short"),
        ("\ufe0f", "string_too_short"),
        ("\U000e0041\U000e0042", "string_too_short"),
        ("远航\x00", "control_character"),
        ("\x1b[2J远航", "control_character"),
        ("远\x85航", "control_character"),
        ("\ud800", "string_unicode"),
        ("x" * 4001, "string_too_long"),
    ],
)
def test_what_is_nothing_or_deceives_is_refused(sent: str, code: str) -> None:
    for adapter in (SHORT, LONG):
        with pytest.raises(ValidationError) as caught:
            adapter.validate_python(sent)
        assert caught.value.errors()[0]["type"] == code


@given(st.text(max_size=200))
def test_what_was_accepted_is_accepted_as_it_is(sent: str) -> None:
    try:
        kept = SHORT.validate_python(sent)
    except ValidationError:
        return
    assert kept
    assert SHORT.validate_python(kept) == kept
