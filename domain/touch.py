"""Touches: contacts with a customer that systems report. The follow-ups that reps log themselves are others."""

from enum import StrEnum


class TouchKind(StrEnum):
    """How somebody was in touch, or was about to be."""

    CALL = "call"
    EMAIL = "email"
    MESSAGE = "message"
    MEETING = "meeting"
    FORM = "form"
    CAMPAIGN = "campaign"
    ADDRESS_BOOK = "address_book"
    """A rep has the customer among their contacts: nobody was in touch yet."""
