"""Invariant one_customer against races: near-identical leads at once, on both databases, whoever comes first."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy.exc import TimeoutError as DatabaseBusy

from domain.answer import Settlement
from domain.identity import Outcome
from domain.lead import Lead
from domain.matching.decision import Verdict, match
from domain.matching.model import shipped_models
from domain.matching.record import record_of
from domain.matching.statistics import shipped_statistics
from domain.profile import profile_of
from store.database import Database
from store.intake import Intake
from tests.databases import at_once, empty
from tests.examples import IDS, LI, POLICY, SMITH, ZHANG, employ, lead, registration
from tests.invariants import read_model, violations
from tests.near_identical import SETS

LEADS, CLIENTS = 200, 20
DRESSES: tuple[Callable[[str], str], ...] = (
    str,
    lambda name: f"  {name}\u3000",
    lambda name: name.upper(),
    lambda name: "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in name),
)
"""The same name with blanks around it, in capitals, in full-width letters."""


def near_identical(region: str, seed: int) -> list[Lead]:
    """Leads of one customer, in an order that the seed decides."""
    forms = SETS[region]
    leads = [dressed(forms[n % len(forms)], DRESSES[n % len(DRESSES)], region) for n in range(LEADS)]
    random.Random(seed).shuffle(leads)
    return leads


def dressed(form: dict[str, Any], dress: Callable[[str], str], region: str) -> Lead:
    return lead(**{**form, "company": {"name": dress(form["company"]["name"])}, "region": region})


def client(intake: Intake, leads: list[Lead]) -> list[Settlement]:
    """One client, who sends one lead after the other, each until it is answered."""
    answers = []
    for step in map(registration, leads):
        answer = None
        while answer is None:
            with suppress(DatabaseBusy):
                answer = intake.register(step)
        answers.append(answer)
    return answers


@pytest.mark.parametrize("region", SETS)
def test_each_may_be_the_same_as_every_other(region: str) -> None:
    """What the tests below rest on: were two of them strangers, two customers would be right."""
    records = [record_of(profile_of(lead(region=region, **form))) for form in SETS[region]]
    for one, other in permutations(records, 2):
        assert match(one, other, shipped_statistics(), shipped_models(), POLICY.matching).verdict is not Verdict.NEW


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("region", SETS)
def test_one_customer_of_200_near_identical_leads_from_20_clients(database: Database, region: str, seed: int) -> None:
    """One customer, and leads that are certainly the same or wait for a person and name it; never two customers."""
    employ(database, ZHANG, LI, SMITH)
    intake = Intake(database, POLICY, IDS)
    leads = near_identical(region, seed)
    clients = [partial(client, intake, leads[n::CLIENTS]) for n in range(CLIENTS)]
    answers = [settled.answer for answered in at_once(clients) for settled in answered]
    model = read_model(database)
    [customer] = model.customers
    outcomes = Counter(answer.outcome for answer in answers)
    assert (outcomes[Outcome.NEW_CUSTOMER], outcomes.total()) == (1, LEADS)
    assert set(outcomes) <= {Outcome.NEW_CUSTOMER, Outcome.DUPLICATE, Outcome.NEEDS_CONFIRMATION}
    for answer in answers:
        assert customer.id in {answer.customer_id, *(candidate.id for candidate in answer.candidates)}
    assert violations(model) == []


@pytest.mark.parametrize("region", SETS)
def test_one_customer_whichever_two_meet(database: Database, region: str) -> None:
    """The two that race for being the first, for every pair: no customer is there yet to tell them apart."""
    intake, forms = Intake(database, POLICY, IDS), SETS[region]
    for one, other in [(forms[n], forms[(n + apart) % len(forms)]) for n in range(len(forms)) for apart in (1, 3)]:
        empty(database)
        employ(database, ZHANG, LI, SMITH)
        pair = [registration(lead(region=region, **form)) for form in (one, other)]
        outcomes = [settled.answer.outcome for settled in at_once([partial(intake.register, step) for step in pair])]
        assert outcomes.count(Outcome.NEW_CUSTOMER) == 1, (one, other)
