"""Made-up customers and noise: the same each time, and what they claim to be."""

from random import Random

import pytest

from domain.normalise.tables import entries
from domain.normalise.uscc import parse_uscc
from matching_lab import vocabulary
from matching_lab.customers import RELATIVES, Kind, Language, population, relative
from matching_lab.noise import KINDS, noised
from matching_lab.samples import made_up_rows

_SORTS: list[tuple[Language, Kind]] = [("zh", "company"), ("en", "company"), ("zh", "person"), ("en", "person")]


@pytest.mark.parametrize(("language", "kind"), _SORTS)
def test_a_seed_makes_the_same_rows_every_time(language: Language, kind: Kind) -> None:
    columns = ("company", "family", "given", "phone", "address", "street")
    first, second = (list(made_up_rows(language, kind, columns, 20, Random(7))) for _ in range(2))
    assert first == second
    assert first != list(made_up_rows(language, kind, columns, 20, Random(8)))


@pytest.mark.parametrize(("language", "kind"), _SORTS)
def test_every_kind_of_noise_changes_something_and_never_empties_a_customer(language: Language, kind: Kind) -> None:
    for name in KINDS[language, kind]:
        rng = Random(name)
        customers = [customer.fields for customer in population(language, kind, 60, 0.0, rng)]
        changed = [noised(fields, [name], language, kind, rng) for fields in customers]
        assert sum(a != b for a, b in zip(customers, changed, strict=True)) > 5, name
        assert all(any(fields.values()) for fields in changed), name


@pytest.mark.parametrize(("language", "kind"), _SORTS)
def test_relatives_are_other_customers_that_look_alike(language: Language, kind: Kind) -> None:
    rng = Random(3)
    fields, other = (customer.fields for customer in population(language, kind, 2, 0.0, rng))
    for relation in RELATIVES[language, kind]:
        assert relative(fields, other, relation, language, rng) != fields, relation
    with pytest.raises(ValueError, match="no relation"):
        relative(fields, other, "cousin", language, rng)


def test_made_up_credit_codes_pass_their_check() -> None:
    for customer in population("zh", "company", 30, 0.0, Random(1)):
        assert parse_uscc(customer.fields["uscc"])


def test_the_words_are_not_the_normalisers() -> None:
    trades = set(vocabulary.EN_TRADES)
    assert not {trade.lower() for trade in trades if " " in trade} <= entries("industry_words.txt")
    assert len(set(vocabulary.EN_BRANDS)) > 50
    assert all(len(traditional) == 1 for traditional in vocabulary.TRADITIONAL.values())
