"""Signatures: the providers' own examples are accepted; anything changed, missing or too old is not."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from domain.inbound.delivery import Delivery
from domain.inbound.form import TypeformConnector
from domain.inbound.signatures import TOLERANCE, Encoding, stamped, standard, twilio
from domain.inbound.standard import HmacHeader, StandardConnector
from domain.inbound.telephony import TwilioConnector

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"kind": "call_ended", "名": "王"}'.encode()


def delivery(body: bytes = BODY, at: datetime = AT, **headers: str) -> Delivery:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Delivery("https://crm.example.com/v1/inbound/con_1", named, body, at)


def signed(at: datetime = AT, body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body.decode()),
    }


def test_the_librarys_signature_is_accepted_and_so_is_one_among_several() -> None:
    headers = signed()
    assert standard(SECRET, headers, BODY, AT)
    several = headers | {"webhook-signature": f"v1a,xyz v1,AAAA {headers['webhook-signature']}"}
    assert standard(SECRET, several, BODY, AT)
    assert StandardConnector().genuine(Delivery("", headers, BODY, AT), SECRET)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", ["", "x", "1e9", "9" * 30, "-1", "v1,", "v1", "ü", "٣"])
def test_any_other_header_is_refused(name: str, value: str) -> None:
    assert not standard(SECRET, signed() | {name: value}, BODY, AT)
    lacking = {key: it for key, it in signed().items() if key != name}
    assert not standard(SECRET, lacking, BODY, AT)


@pytest.mark.parametrize("ahead", [-1, 1])
def test_the_clock_may_be_five_minutes_off_either_way(ahead: int) -> None:
    at = AT + ahead * TOLERANCE
    assert standard(SECRET, signed(at), BODY, AT)
    assert not standard(SECRET, signed(at + timedelta(seconds=ahead)), BODY, AT)


def test_another_secret_or_body_is_refused() -> None:
    assert not standard("whsec_" + base64.b64encode(b"x" * 24).decode(), signed(), BODY, AT)
    assert not standard(SECRET, signed(), BODY + b" ", AT)
    assert not standard(SECRET, signed(), b"\xff", AT)


def test_twilios_published_example() -> None:
    """The example of Twilio's documentation on validating requests."""
    fields = [
        ("Digits", "1234"),
        ("To", "+18005551212"),
        ("From", "+14158675309"),
        ("Caller", "+14158675309"),
        ("CallSid", "CA1234567890ABCDE"),
    ]
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio("12345", url, fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_twilio_form_is_checked_against_the_address_that_twilio_knows() -> None:
    body = b"CallSid=CA1&CallStatus=ringing&From=%2B8613800138000&To=8001"
    fields = [("CallSid", "CA1"), ("CallStatus", "ringing"), ("From", "+8613800138000"), ("To", "8001")]
    public = "https://public.example.com/hook"
    mark = twilio("token", public, fields)
    assert TwilioConnector(url=public).genuine(delivery(body, x_twilio_signature=mark), "token")
    assert not TwilioConnector().genuine(delivery(body, x_twilio_signature=mark), "token")
    assert not TwilioConnector(url=public).genuine(delivery(body + b"&x=1", x_twilio_signature=mark), "token")
    assert not TwilioConnector(url=public).genuine(delivery(b"\xff=%ff", x_twilio_signature=mark), "token")
    assert not TwilioConnector(url=public).genuine(delivery(b"&".join([b"a=1"] * 300)), "token")


def test_typeforms_signature() -> None:
    made = base64.b64encode(hmac.new(b"secret", BODY, hashlib.sha256).digest()).decode()
    assert TypeformConnector().genuine(delivery(typeform_signature=f"sha256={made}"), "secret")
    assert not TypeformConnector().genuine(delivery(typeform_signature=made), "secret")
    assert not TypeformConnector().genuine(delivery(), "secret")


@pytest.mark.parametrize("encoding", Encoding)
def test_a_plain_header_with_and_without_a_time(encoding: Encoding) -> None:
    def mark(content: bytes) -> str:
        made = hmac.new(b"secret", content, hashlib.sha256).digest()
        return "sha256=" + (made.hex() if encoding is Encoding.HEX else base64.b64encode(made).decode())

    plain = HmacHeader(header="X-Hub-Signature-256", prefix="sha256=", encoding=encoding)
    assert plain.genuine(delivery(X_Hub_Signature_256=mark(BODY)), "secret")
    assert not plain.genuine(delivery(X_Hub_Signature_256=mark(BODY)[:-1]), "secret")
    timed = plain.model_copy(update={"timestamp_header": "X-Time"})
    now = str(int(AT.timestamp()))
    good = mark(f"{now}.".encode() + BODY)
    assert timed.genuine(delivery(X_Hub_Signature_256=good, X_Time=now), "secret")
    assert not timed.genuine(delivery(X_Hub_Signature_256=good), "secret")
    assert not timed.genuine(delivery(X_Hub_Signature_256=good, X_Time=now, at=AT + timedelta(hours=1)), "secret")


@given(st.binary(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_nothing_that_is_made_up_is_accepted_or_breaks_anything(body: bytes, mark: str, time: str) -> None:
    headers = {
        "webhook-id": mark, "webhook-timestamp": time, "webhook-signature": f"v1,{mark}",
        "x-twilio-signature": mark, "typeform-signature": mark, "x-s": mark,
    }  # fmt: skip
    made_up = Delivery("https://x.example", headers, body, AT)
    schemes = (StandardConnector(), TwilioConnector(), TypeformConnector(), HmacHeader(header="X-S"))
    assert not any(scheme.genuine(made_up, SECRET) for scheme in schemes)
    stamped(time, AT)
