"""How the simulated people behave. Every number is invented, and none is fitted to a result."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Habit(StrEnum):
    """What kind of rep somebody is."""

    DILIGENT = "diligent"
    HOARDER = "hoarder"
    """Keeps customers and seldom calls them."""
    CHASER = "chaser"
    """Calls whomever they come upon, owned or not."""
    FORGETFUL = "forgetful"
    """Begins and forgets."""


@dataclass(frozen=True)
class Conduct:
    """What reps of one habit do. Shares are probabilities from 0 to 1."""

    share: float
    """How many of the reps have the habit."""
    looks_first: float
    """Looks the customer up before entering or calling it."""
    heeds: float
    """Lets go when told that somebody else has the customer."""
    every_days: int
    """Between two contacts with a customer."""
    contacts: int
    """After so many, the customer is won, lost or forgotten."""
    mistaken: float
    """Makes a mistake when writing a customer down."""
    temptation: int
    """How often they call past the lists, compared with others."""


CONDUCT: Mapping[Habit, Conduct] = {
    Habit.DILIGENT: Conduct(0.50, 0.90, 0.97, 10, 8, 0.25, 1),
    Habit.HOARDER: Conduct(0.15, 0.40, 0.70, 40, 10, 0.35, 3),
    Habit.CHASER: Conduct(0.15, 0.20, 0.60, 8, 6, 0.45, 6),
    Habit.FORGETFUL: Conduct(0.20, 0.50, 0.90, 12, 2, 0.50, 2),
}

MISTAKES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "zh": (
        ("typo", 4), ("homophone", 3), ("short_name", 5), ("traditional", 1), ("formats", 4), ("extra_words", 2),
        ("clipped_form", 3), ("phone_changed", 4), ("missing", 4), ("email", 2),
    ),
    "en": (
        ("typo", 4), ("short_name", 4), ("formats", 4), ("abbreviations", 3), ("extra_words", 2),
        ("phone_changed", 4), ("missing", 4), ("email", 2),
    ),
}  # fmt: skip
"""What goes wrong when a customer is written down, and how often (``matching_lab.noise``)."""

GIVEN: Mapping[str, float] = {"uscc": 0.15, "email": 0.6, "website": 0.5, "phone": 0.9, "address": 0.6, "person": 0.9}
"""How often whoever writes a customer down knows each of its data. The name and the region are always known."""
WRITTEN_BY_CUSTOMER = 0.2
"""How often a customer who fills in a form makes a mistake."""

AGAIN = 0.45
"""After each approach: the chance of another one to the same customer, by whomever."""
SOON = 0.15
"""The share of further approaches that come within a few hours, before anybody looks again."""
GAP_DAYS = 45.0
"""The mean time to the others."""
SAME_TEAM = 0.8
"""How often whoever comes second is of the same team."""
ANSWERED = 0.7
"""How often a contact is answered by the customer."""
PURSUES_NEED = 0.4
"""How often a rep opens an opportunity at the first contact."""
UNLOGGED = 0.15
"""Contacts that no system hears of, so that no detector can see them."""
COVETS = 0.3
"""How many entries of an address book are customers that the rep is after."""
RIGHT_WORD = 0.95
"""How often whoever is asked who a lead is gives the right answer."""
TIDIED = 0.6
"""How many double records somebody finds and merges in the end."""
TELLS_FALSE_ALARM = 0.8
"""How many wrong cases are marked as false alarms, and how many right ones are not."""
