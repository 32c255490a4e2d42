"""What the figures are called; the policy names them, too."""

from enum import StrEnum


class Kpi(StrEnum):
    """The figures, the five with targets first."""

    COLLISION_RATE = "collision_rate"
    SATISFACTION = "satisfaction"
    CUSTOMERS_PER_REP = "customers_per_rep"
    COMPLETENESS = "completeness"
    INFORMATION_SHARING = "information_sharing"
    CUSTOMERS = "customers"
    COLLISIONS = "collisions"
    COLLISIONS_SETTLED = "collisions_settled"
    FALSE_ALARMS = "false_alarms"
    HOURS_TO_FIRST_TOUCH = "hours_to_first_touch"
    HOURS_TO_EFFECTIVE_FOLLOW_UP = "hours_to_effective_follow_up"
    SLA_KEPT = "sla_kept"
    RECYCLED = "recycled"
    APPROVAL_HOURS = "approval_hours"
    SHARES = "shares"
    UNEVENNESS = "unevenness"
