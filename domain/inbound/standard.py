"""The connector for systems that can be taught our own form, signed the Standard Webhooks way or simpler."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from domain.inbound.delivery import MAX_REPORTS, Delivery, Unreadable, Webhook, object_in
from domain.inbound.reported import Kind, Reported
from domain.inbound.signatures import Encoding, digest, same, stamped, standard

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class HmacHeader(BaseModel):
    """A signature in a header: HMAC-SHA256 over the body, or over a time, a full stop and the body."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    header: HeaderName = Field(examples=["X-Signature"])
    prefix: Annotated[str, Field(max_length=20)] = Field("", description="What stands before the digest.")
    encoding: Encoding = Encoding.HEX
    timestamp_header: HeaderName | None = Field(
        None, description="Where the signed time is, in seconds since 1970. Without it requests never grow too old."
    )

    def genuine(self, delivery: Delivery, secret: str) -> bool:
        """Whether a request is signed so."""
        signed = delivery.body
        if self.timestamp_header is not None:
            timestamp = delivery.headers.get(self.timestamp_header.lower(), "")
            if not stamped(timestamp, delivery.at):
                return False
            signed = f"{timestamp}.".encode() + signed
        given = delivery.headers.get(self.header.lower(), "")
        return same(self.prefix + digest(secret, signed, self.encoding), given)


_REPORTS: TypeAdapter[tuple[Reported, ...]] = TypeAdapter(
    Annotated[tuple[Reported, ...], Field(max_length=MAX_REPORTS)]
)


class StandardConnector(Webhook):
    """Reports in our own form: one as an object, or several under ``reports``."""

    kind: Literal["standard"] = "standard"
    signature: HmacHeader | None = Field(None, description="null for Standard Webhooks.")
    may_report: frozenset[Kind] = Field(frozenset(Kind), description="What this system may report.")

    def genuine(self, delivery: Delivery, secret: str) -> bool:
        """By Standard Webhooks, or by the header that was agreed on."""
        if self.signature is not None:
            return self.signature.genuine(delivery, secret)
        return standard(secret, dict(delivery.headers), delivery.body, delivery.at)

    def read(self, delivery: Delivery) -> Sequence[Reported]:
        """The reports in a body, all of them or none."""
        body = object_in(delivery.body)
        reports = _REPORTS.validate_python(body.get("reports", [body]))
        for report in reports:
            if report.kind not in self.may_report:
                raise Unreadable("kind", "kind_not_allowed", report.kind)
        return reports
