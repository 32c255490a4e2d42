"""What a connector reports: something that happened between us and somebody who may be a customer.

The fields are the same whatever system reported it, so that what becomes of it is decided in one place.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from domain.instant import Instant
from domain.submitted import SubmittedLead
from domain.text import LongText, Reference, ShortText

MAX_SECONDS = 24 * 3600
"""No call is longer."""
MAX_ANSWERS, MAX_OURS = 100, 50


class Direction(StrEnum):
    """Who began it: the customer or we."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Kind(StrEnum):
    """The kinds of what may be reported."""

    CALL_STARTED = "call_started"
    CALL_ENDED = "call_ended"
    EMAIL_SEEN = "email_seen"
    FORM_FILLED = "form_filled"
    CAMPAIGN_TOUCHED = "campaign_touched"


class _Reported(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    source_id: ShortText
    """What the system calls it: the same whenever it is reported again."""
    occurred_at: Instant | None = None
    """None for now."""
    rep_id: Reference | None = None
    """Whose it is, where the system knows it."""


class _Call(_Reported):
    caller: ShortText
    called: ShortText
    """Numbers, or extensions of our own."""
    direction: Direction

    @property
    def thread(self) -> str:
        """What is the same for the beginning and the end of one call."""
        return self.source_id


class CallStarted(_Call):
    """A telephone rings, or somebody has answered it."""

    kind: Literal[Kind.CALL_STARTED] = Kind.CALL_STARTED


class CallEnded(_Call):
    """A call is over, or nobody answered it."""

    kind: Literal[Kind.CALL_ENDED] = Kind.CALL_ENDED
    answered: bool
    seconds: Annotated[int, Field(ge=0, le=MAX_SECONDS)] = 0
    """How long people spoke."""


class EmailSeen(_Reported):
    """A message between us and one other address."""

    kind: Literal[Kind.EMAIL_SEEN] = Kind.EMAIL_SEEN
    theirs: ShortText
    ours: Annotated[tuple[ShortText, ...], Field(max_length=MAX_OURS)] = ()
    direction: Direction
    answer: bool = False
    """Whether it answers an earlier message (RFC 5322, In-Reply-To)."""
    automatic: bool = False
    """Whether a program wrote it: an absence note, a list, a bounce (RFC 3834)."""
    name: ShortText | None = None
    """How they call themselves."""
    text: LongText | None = None
    """As much of it as may be kept."""


class ReportedLead(SubmittedLead):
    """A lead that a form tool sends; the connector names it."""

    source: ShortText = "form"
    external_id: ShortText = "form"


class FormFilled(_Reported):
    """Somebody filled in a form."""

    kind: Literal[Kind.FORM_FILLED] = Kind.FORM_FILLED
    lead: ReportedLead | None = None
    """None when nothing in it says who it is."""
    answers: Annotated[dict[ShortText, ShortText], Field(max_length=MAX_ANSWERS)] = Field(default_factory=dict)
    """What is not part of the lead, for whoever looks at it."""


class CampaignTouched(_Reported):
    """Somebody opened, clicked or attended something that marketing did."""

    kind: Literal[Kind.CAMPAIGN_TOUCHED] = Kind.CAMPAIGN_TOUCHED
    theirs: ShortText
    """An e-mail address or a telephone number."""
    campaign: ShortText
    action: ShortText


Reported = Annotated[CallStarted | CallEnded | EmailSeen | FormFilled | CampaignTouched, Field(discriminator="kind")]
REPORTED: TypeAdapter[Reported] = TypeAdapter(Reported)
