"""The same customer for certain, possibly, or another: the rules above the model, then the model between two lines."""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from operator import itemgetter
from typing import ClassVar

from pydantic import ConfigDict
from pydantic_core import PydanticCustomError
from rapidfuzz.distance import Indel

from domain.matching.features import FEATURES, Features, compare
from domain.matching.model import Contribution, Models
from domain.matching.record import Record
from domain.matching.statistics import Statistics
from domain.normalise.company import CompanyName


class Verdict(StrEnum):
    """What two records are to each other."""

    CERTAIN = "certain"
    POSSIBLE = "possible"
    NEW = "new"


class Reason(StrEnum):
    """What decided, a rule or the model; people read it through the catalogues."""

    SAME_USCC = "same_uscc"
    TWO_STRONG_KEYS = "two_strong_keys"
    DIFFERENT_USCC = "different_uscc"
    DIFFERENT_BRANCH = "different_branch"
    TWIN = "twin"
    PART_OF_A_HOUSE = "part_of_a_house"
    NAME_ALONE = "name_alone"
    ONE_STRONG_KEY = "one_strong_key"
    NOTHING_TIES = "nothing_ties"
    MODEL = "model"


HELD_BACK = frozenset({Reason.DIFFERENT_USCC, Reason.DIFFERENT_BRANCH, Reason.TWIN, Reason.NOTHING_TIES})
"""The rules that say that two records are rather two customers than one, whatever the model says."""


@dataclass(frozen=True, slots=True)
class MatchingRules:
    """What a policy version says about matching.

    Attributes:
        certain_above: probability from which two records are one customer without a person asked.
        new_below: probability below which they are two without a person asked.
        branch_is_parent: whether a branch counts as the company it belongs to.
        audit_share: share of the leads that likeness alone decides of which a person is asked all the same, 0 to 1.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    certain_above: float
    new_below: float
    branch_is_parent: bool = False
    audit_share: float = 0.0

    def __post_init__(self) -> None:
        """Refuses lines that cross.

        Raises:
            ValueError: when ``new_below`` is not below ``certain_above``, or one of the three is no share.
        """
        if not 0 <= self.new_below < self.certain_above <= 1:
            raise PydanticCustomError("thresholds_cross", "0 <= new_below < certain_above <= 1")
        if not 0 <= self.audit_share <= 1:
            raise PydanticCustomError("no_share", "0 <= audit_share <= 1")


@cache
def shipped_rules() -> MatchingRules:
    """Returns the lines that ship, set on held-out made-up pairs, until a policy brings its own."""
    lines = json.loads(files("domain.matching").joinpath("model", "lines.json").read_text(encoding="utf-8"))
    return MatchingRules(lines["certain_above"], lines["new_below"])


@dataclass(frozen=True, slots=True)
class Match:
    """What comparing two records gave.

    Attributes:
        verdict: one customer for certain, possibly, or two.
        probability: what the model says, whatever the rules made of it.
        reasons: the rules that applied, the deciding one first; the model alone when none did.
        contributions: what spoke for and against, the strongest first; empty for a new one, which nobody is shown.
    """

    verdict: Verdict
    probability: float
    reasons: tuple[Reason, ...]
    contributions: tuple[Contribution, ...]


_AT = {name: at for at, name in enumerate(FEATURES)}
_BESIDE_THE_NAME = tuple(
    _AT[name]
    for name in (
        *("phone", "phone_near", "email", "email_near", "domain", "id", "id_near"),
        *("given", "address_words", "house_number", "locality", "postcode"),
    )
)
_TIES = (
    *("phone", "phone_conflict", "email", "email_near", "email_conflict", "domain", "id", "id_near", "birth_date"),
    *("road", "house_number", "house_number_conflict", "address_equal", "name_and_address", "family", "given"),
    *("name_equal", "name_words", "name_letters", "name_contained", "name_sounds", "short_name", "brand"),
)
_ties = itemgetter(*(_AT[name] for name in _TIES))
_SAME_BRAND = 0.9
_TIED = 0.6
_SAME_MAILBOX_NEARLY = 0.8
_SOME_NAME = 0.2
_BRAND_WITH_A_SLIP = 0.3


def match(a: Record, b: Record, statistics: Statistics, models: Models, rules: MatchingRules) -> Match:
    """Compares two records and decides what they are to each other.

    Args:
        a: a record; the order of the two does not matter.
        b: the other.
        statistics: how telling each word is, of the customer base.
        models: the calibrated models.
        rules: the lines and rules of the policy version in force.
    """
    features = compare(a, b, statistics)
    model = models.of(a, b)
    probability = model.probability(features)
    verdict, reasons = _decide(a, b, features, probability, rules)
    contributions = () if verdict is Verdict.NEW else model.contributions(features)
    return Match(verdict, probability, reasons, contributions)


def _decide(
    a: Record, b: Record, features: Features, probability: float, rules: MatchingRules
) -> tuple[Verdict, tuple[Reason, ...]]:
    against = tuple(_against(a, b, features, rules))
    strong = strong_keys_shared(a, b)
    if a.uscc and a.uscc == b.uscc and not against:
        return Verdict.CERTAIN, (Reason.SAME_USCC,)
    if len(strong) > 1 and not against:
        return Verdict.CERTAIN, (Reason.TWO_STRONG_KEYS,)
    if probability >= rules.certain_above:
        doubts = (*against, *_may_be_a_part(a, b), *_rests_on_the_name(a, b, features))
        return (Verdict.POSSIBLE, doubts) if doubts else (Verdict.CERTAIN, (Reason.MODEL,))
    if strong or (a.uscc and a.uscc == b.uscc):
        return Verdict.POSSIBLE, (*against, Reason.ONE_STRONG_KEY)
    if not _tied(a, b, features):
        return Verdict.NEW, (*against, Reason.NOTHING_TIES)
    if probability < rules.new_below:
        return Verdict.NEW, (*against, Reason.MODEL)
    return Verdict.POSSIBLE, (*against, Reason.MODEL)


def strong_keys_shared(a: Record, b: Record) -> tuple[str, ...]:
    """Returns the kinds of identifiers that tell alone who somebody is and that the two share, each kind once."""
    shared = {
        "uscc": a.uscc is not None and a.uscc == b.uscc,
        "id": not a.ids.isdisjoint(b.ids),
        "mobile": not a.strong_phones.isdisjoint(b.strong_phones),
        "email": not a.strong_emails.isdisjoint(b.strong_emails),
    }
    return tuple(kind for kind, equal in shared.items() if equal)


def _against(a: Record, b: Record, features: Features, rules: MatchingRules) -> list[Reason]:
    """Returns the rules that forbid certainty: what is left is asked, or new."""
    reasons = []
    if a.uscc and b.uscc and a.uscc != b.uscc:
        reasons.append(Reason.DIFFERENT_USCC)
    if not rules.branch_is_parent and features[_AT["branch_conflict"]] > 0:
        reasons.append(Reason.DIFFERENT_BRANCH)
    if _is_twin(a, b, features):
        reasons.append(Reason.TWIN)
    return reasons


def _tied(a: Record, b: Record, features: Features) -> bool:
    """Whether one thing at least ties the two together that few customers share.

    The model was trained on pairs that may well match. Among a hundred thousand customers there is always one whose
    name, place or trade resembles a new one's, and to ask about each of those would be to ask about every lead.
    """
    of = dict(zip(_TIES, _ties(features), strict=True))
    mailbox = of["email"] or of["email_near"] >= _SAME_MAILBOX_NEARLY  # one name at two providers is said of many
    if (
        of["phone"]
        or mailbox
        or of["id"]
        or of["id_near"]
        or of["birth_date"]
        or (of["domain"] and a.company and b.company)
    ):
        return True
    house = min(of["road"], of["house_number"]) or of["address_equal"] or of["name_and_address"] >= _TIED
    if a.company is None or b.company is None:
        namesakes = min(of["family"], of["given"]) >= _TIED
        return bool(house) or (namesakes and not of["phone_conflict"] and not of["email_conflict"])
    words = max(of["name_words"], of["name_letters"], of["name_contained"], of["name_sounds"], of["short_name"])
    return bool(
        (house and not of["house_number_conflict"] and words >= _SOME_NAME)  # others may live in one's house
        or max(of["name_equal"], of["short_name"]) >= _TIED
        or max(of["name_words"], of["name_letters"]) >= _SAME_BRAND
        or max(of["brand"], of["name_sounds"]) >= _BRAND_WITH_A_SLIP
        or (a.company.brand_pinyin and a.company.brand_pinyin == b.company.brand_pinyin)
        or (a.company.brand_pinyin and a.company.sounds == b.company.sounds)
        or Indel.distance(_core(a.company.parsed), _core(b.company.parsed), score_cutoff=1) == 1
    )


def _core(name: CompanyName) -> str:
    """What people seldom leave out. One letter more or less in it is a slip; another letter may be another brand."""
    return name.brand + "".join(name.industry)


def _is_twin(a: Record, b: Record, features: Features) -> bool:
    """The same brand in another region, trade or numbering is another company until somebody says otherwise."""
    if a.company is None or b.company is None or a.company.stem == b.company.stem:
        return False
    if features[_AT["name_numbers_conflict"]] or _are_houses_apart(a.company.units, b.company.units):
        return True
    one, other = a.company.parsed, b.company.parsed
    regions = one.region and other.region and one.region != other.region and features[_AT["region_conflict"]] > 0
    cities = one.division and other.division and features[_AT["locality_conflict"]] == 1.0
    trades = features[_AT["industry_conflict"]] > 0.5
    return features[_AT["brand"]] >= _SAME_BRAND and bool(regions or cities or trades)


def _may_be_a_part(a: Record, b: Record) -> tuple[Reason, ...]:
    """The Ritz and the Ritz Cafe: one house by another name, or a part of it with a life of its own."""
    units = (bool(a.company and a.company.units), bool(b.company and b.company.units))
    return (Reason.PART_OF_A_HOUSE,) if a.company and b.company and units[0] != units[1] else ()


def _rests_on_the_name(a: Record, b: Record, features: Features) -> tuple[Reason, ...]:
    """A short name may stand for several companies; a full legal name (深圳市远航科技有限公司) stands for one."""
    if a.company is None or b.company is None or any(features[at] for at in _BESIDE_THE_NAME):
        return ()
    one, other = a.company.parsed, b.company.parsed
    legal = one.normal == other.normal and one.legal_form and a.company.brand_pinyin
    return () if legal else (Reason.NAME_ALONE,)


def _are_houses_apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """A café and a dining room, a hotel and the hotel's café, a university and its hospital."""
    return one != other and bool(one and other)
