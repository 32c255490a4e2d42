"""Real customers, and how people write them down."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from pydantic import ValidationError

from domain.submitted import SubmittedLead
from matching_lab.customers import Fields, Language, population
from matching_lab.noise import noised
from simulator.conduct import GIVEN, MISTAKES

_CHINESE, _RELATIVES = 0.75, 0.2
_ONE_GROUP = frozenset({"branch", "subsidiary"})
_NEEDS: dict[str, Sequence[Sequence[str]]] = {
    "zh": (
        ("ERP 系统", "erp系统", "ERP升级"),
        ("服务器", "服务器采购"),
        ("安防监控", "安防 监控"),
        ("云主机", "云主机"),
    ),
    "en": (("ERP system", "erp-system", "new ERP"), ("servers", "Servers"), ("CCTV", "cameras"), ("cloud hosting",)),
}
"""What customers want, each need as different people write it."""


@dataclass(frozen=True)
class Company:
    """A real customer: what is true of it, whatever anybody writes down."""

    number: int
    language: Language
    fields: Fields
    group: int
    """The number of the first company of its group."""
    need: Sequence[str]

    @property
    def region(self) -> str:
        """ISO 3166-2."""
        return self.fields["region"]


def found(size: int, rng: Random) -> list[Company]:
    """So many real customers, Chinese and English, among them groups and those that only look alike."""
    companies: list[Company] = []
    languages: tuple[tuple[Language, float], ...] = (("zh", _CHINESE), ("en", 1 - _CHINESE))
    for language, share in languages:
        until = len(companies) + round(size * share) if language == "zh" else size
        first: dict[str, int] = {}
        for customer in population(language, "company", size, _RELATIVES, rng):
            number = len(companies)
            if number == until:
                break
            base = customer.entity.partition("-")[0]
            group = first.setdefault(base, number) if customer.relation in (None, *_ONE_GROUP) else number
            companies.append(Company(number, language, customer.fields, group, rng.choice(_NEEDS[language])))
    return companies


def written(company: Company, mistaken: float, rng: Random) -> dict[str, Any]:
    """The company as somebody writes it into a lead: with part of its data, and sometimes mistakes.

    Args:
        company: the real one.
        mistaken: the chance of a mistake, 0 to 1.
        rng: luck.
    """
    known = {name: text for name, text in company.fields.items() if rng.random() < GIVEN.get(name, 1)}
    if not {"phone", "email", "uscc"} & known.keys():
        known["phone"] = company.fields["phone"]
    if rng.random() < mistaken:
        kinds, weights = zip(*MISTAKES[company.language], strict=True)
        known = noised(known, rng.choices(kinds, weights), company.language, "company", rng)
    return _accepted(_body({**known, "region": company.region}))


def _body(fields: Fields) -> dict[str, Any]:
    street = " ".join(fields[name] for name in ("street_number", "street", "city", "state") if name in fields)
    address = fields.get("address") or street
    return {
        "company": {name: fields[key] for name, key in _OF_COMPANY.items() if fields.get(key)},
        "person": {"name": fields["person"]} if fields.get("person") else None,
        "region": fields["region"],
        "phones": [fields["phone"]] if fields.get("phone") else [],
        "emails": [fields["email"]] if fields.get("email") else [],
        "address": address or None,
    }


_OF_COMPANY = {"name": "company", "uscc": "uscc", "website": "website"}


def _accepted(body: dict[str, Any]) -> dict[str, Any]:
    """Without what the form refuses: its user leaves that out."""
    try:
        SubmittedLead.model_validate({"source": "form", "external_id": "form", **body})
    except ValidationError as error:
        refused = {str(fault["loc"][0]) for fault in error.errors()}
        return {name: value for name, value in body.items() if name not in refused}
    return body
