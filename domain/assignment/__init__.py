"""Who gets a customer: ``assign`` and what it takes and gives."""

from domain.assignment.engine import assign, inputs_of
from domain.assignment.reach import Reach, reach_of
from domain.assignment.roster import Rep, Roster
from domain.assignment.trace import Assignment, Reason, Trial
from domain.case import Case, Referral

__all__ = [
    "Assignment",
    "Case",
    "Reach",
    "Reason",
    "Referral",
    "Rep",
    "Roster",
    "Trial",
    "assign",
    "inputs_of",
    "reach_of",
]
