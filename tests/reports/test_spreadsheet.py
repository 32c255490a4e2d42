"""Texts in spreadsheets are never computed."""

import pytest

from reports.spreadsheet import cell_text, harmless


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "1", "a=1", " =1", "远航"])
def test_other_texts_stay(text: str) -> None:
    assert harmless(text) == text


def test_a_cell_holds_what_xml_can() -> None:
    assert cell_text("\x00=1\x07+远航") == "'=1+远航"
    assert len(cell_text("远" * 40_000)) == 32_767
