"""The guide to policies tells the truth: its example is sound and decides as it says, its lists are complete."""

import re
from decimal import Decimal

import yaml

from domain.assignment import Case, Reason, Rep, assign
from domain.lead import CustomerType
from domain.policy_file import check_policy
from domain.rules.conditions import Condition
from domain.rules.methods import Dimension, Method
from settings import PROJECT_ROOT
from tests.examples import SHIPPED

GUIDE = (PROJECT_ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
STAFF = [
    Rep(id="li.wei", name="李伟", regions=("CN-GD",)),
    Rep(id="zhang.wei", name="张伟", verticals=("制造业",)),
    Rep(id="emma.clarke", name="Emma Clarke"),
]


def test_the_example_is_sound_and_does_what_it_says() -> None:
    policy, findings = check_policy(yaml.safe_dump(SHIPPED | yaml.safe_load(EXAMPLE), allow_unicode=True))
    assert policy is not None
    assert findings == []
    big = {"industry": "制造业", "amount": Decimal(90_000), "currency": "USD", "region": "CN-GD"}
    for facts, rule, owner in (
        (big, "big_manufacturers", "zhang.wei"),
        (big | {"currency": "CNY"}, "everybody_else", "emma.clarke"),
        ({"region": "CN-GD", "division": "440305"}, "everybody_else", "zhang.wei"),
        ({"region": "CN-GD", "division": "440305", "postcode": "518057"}, "everybody_else", "emma.clarke"),
        ({"region": "US-CA"}, "everybody_else", None),
    ):
        made = assign(Case.model_validate({"customer_type": CustomerType.KEY_ACCOUNT} | facts), policy, STAFF)
        assert (made.rule, made.owner_id) == (rule, owner)


def test_every_field_method_dimension_and_reason_is_told() -> None:
    fields = set(Condition.model_fields) - {"all_", "any_", "not_"}
    for name in (*fields, *Method, *Dimension, *(reason for reason in Reason if reason is not Reason.CHOSEN)):
        assert f"`{name}`" in GUIDE, name
