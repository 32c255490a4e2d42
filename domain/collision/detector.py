"""The detectors of collisions, by name. Texts: ``detector-`` and the name in kebab-case, with ``.why``."""

from enum import StrEnum


class Detector(StrEnum):
    """In what reps meet on a customer, or seem about to. The order is that in which one event is looked at."""

    SAME_SHOW = "same_show"
    """Two reps met the same customer at one trade show."""
    SECOND_LEAD = "second_lead"
    """A further lead for an owned customer names another rep."""
    FOREIGN_CONTACT = "foreign_contact"
    """Somebody who is neither owner nor collaborator was in touch with the customer."""
    RIVAL_OPPORTUNITIES = "rival_opportunities"
    """Two opportunities for one need are with different reps."""
    FOUND_ONE = "found_one"
    """Two customers with different owners turn out to be one."""
    GROUP = "group"
    """Another rep owns a customer of the same group."""
    ADDRESS_BOOK = "address_book"
    """The customer is in the address book of a rep who has nothing to do with it."""
    DOUBLE_REVIEW = "double_review"
    """Two leads in doubt, of different reps, are about the same somebody."""
    DOUBT_ABOUT_OWNED = "doubt_about_owned"
    """A lead in doubt may be a customer whom another rep owns."""
    CALLED_BEFORE_RECYCLING = "called_before_recycling"
    """The owner has been warned that the customer may be taken away, and another rep is already in touch with it."""
    OVERLAPPING_TERRITORIES = "overlapping_territories"
    """The customer lies in two territories of the same precedence whose reps are others."""

    @property
    def is_of_risks(self) -> bool:
        """Whether nobody has met anybody yet when it sees something."""
        return self in _OF_RISKS


_OF_RISKS = frozenset(
    {
        Detector.DOUBLE_REVIEW,
        Detector.DOUBT_ABOUT_OWNED,
        Detector.CALLED_BEFORE_RECYCLING,
        Detector.OVERLAPPING_TERRITORIES,
    }
)
