"""What a principal is."""

from enum import StrEnum


class Role(StrEnum):
    """What a principal is; ``api.permissions`` says what each may do."""

    REP = "rep"
    MANAGER = "manager"
    """A rep who answers for teams and for those below them."""
    SALES_OPERATIONS = "sales_operations"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    """Reads everything and changes nothing."""
    SYSTEM = "system"
    """A backend system, by its API key."""


PERSONAL = frozenset({Role.REP, Role.MANAGER})
"""Roles of those who see and change their own customers only, or those of their teams: each of them is a rep."""
