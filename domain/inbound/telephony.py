"""Telephone calls as Twilio reports them: a form for each change of a call's status, signed over URL and fields.

Sources: Twilio's "Voice: status callbacks" (fields and states) and "Security: validating requests" (the signature).
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.inbound.delivery import Delivery, Unreadable, Webhook, time_in
from domain.inbound.reported import CallEnded, CallStarted, Direction, Reported
from domain.inbound.signatures import same, twilio
from domain.text import ShortText

_MAX_FIELDS = 200
_STARTED = frozenset({"initiated", "ringing", "in-progress", "answered"})
_ENDED: Mapping[str, bool] = {
    "completed": True, "busy": False, "no-answer": False, "failed": False, "canceled": False,
}  # fmt: skip
"""The states in which a call ends, and whether somebody answered it."""


WebAddress = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[!-~]+$")]
"""Kept as it was written: Twilio signs the very text."""


class _StatusCallback(BaseModel):
    """The fields that are looked at; a provider may send others, and new ones."""

    model_config = ConfigDict(extra="ignore")
    call: Annotated[ShortText, Field(alias="CallSid")]
    status: Annotated[ShortText, Field(alias="CallStatus")]
    caller: Annotated[ShortText, Field(alias="From")]
    called: Annotated[ShortText, Field(alias="To")]
    direction: Annotated[str, Field(alias="Direction")] = "inbound"
    seconds: Annotated[int, Field(alias="CallDuration", ge=0)] = 0
    timestamp: Annotated[str | None, Field(alias="Timestamp")] = None


class TwilioConnector(Webhook):
    """Status callbacks of calls. The secret is the account's Auth Token.

    Its ``Timestamp`` is when the call changed, and callbacks are tried again later, so none is refused for its age: a
    repeated one is known by the call and its state.
    """

    kind: Literal["twilio"] = "twilio"
    url: WebAddress | None = Field(
        None, description="The address that Twilio was given, when a proxy changes it on its way here."
    )

    def genuine(self, delivery: Delivery, secret: str) -> bool:
        """By ``X-Twilio-Signature``."""
        url = self.url or delivery.url
        try:
            expected = twilio(secret, url, _fields(delivery.body))
        except Unreadable:
            return False
        return same(expected, delivery.headers.get("x-twilio-signature", ""))

    def read(self, delivery: Delivery) -> Sequence[Reported]:
        """The beginning or the end of a call; states in between tell nothing."""
        callback = _StatusCallback.model_validate(dict(_fields(delivery.body)))
        answered = _ENDED.get(callback.status)
        common = {
            "source_id": callback.call,
            "caller": callback.caller,
            "called": callback.called,
            "direction": Direction.INBOUND if callback.direction == "inbound" else Direction.OUTBOUND,
            "occurred_at": time_in(callback.timestamp),
        }
        if answered is not None:
            return (CallEnded.model_validate({**common, "answered": answered, "seconds": callback.seconds}),)
        return (CallStarted.model_validate(common),) if callback.status in _STARTED else ()


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise Unreadable from error
