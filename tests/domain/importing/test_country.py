"""The country whose numbers a file has."""

import pytest

from domain.importing.country import guess_country


@pytest.mark.parametrize(
    ("phones", "country"),
    [
        (["0755-86013060", "13800138000", "010-62345678"], "CN"),
        (["802-913-5072", "860-943-1060", "415-555-2671"], "US"),
        (["020 7031 3000", "0161 234 5000", "01223 337733"], "GB"),
        (["+86 13800138000", "+1 415 555 2671"], "CN"),
        (["x", "12", ""], "CN"),
        ([], "CN"),
    ],
)
def test_the_country_is_the_one_that_most_numbers_can_be_read_in(phones: list[str], country: str) -> None:
    assert guess_country(phones) == country
