"""What may happen that is on no customer's or lead's timeline, for it concerns the whole organisation."""

from enum import StrEnum

ORGANISATION = "organisation"
"""The stream of such events, and whom they are about."""


class OrganisationEventKind(StrEnum):
    """The kinds of events of the organisation."""

    TARGET_MISSED = "target_missed"
