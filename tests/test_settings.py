"""Settings that only make sense together."""

import pytest
from pydantic import ValidationError

from settings import Settings


def test_a_mail_server_needs_a_sender() -> None:
    with pytest.raises(ValidationError, match="ONEOWNER_SMTP_FROM"):
        Settings(smtp_host="mail.example.com")
    assert Settings(smtp_host="mail.example.com", smtp_from="OneOwner <no-reply@example.com>").smtp_port == 587


@pytest.mark.parametrize("sender", ["a@example.com\r\nBcc: b@example.com", "a@example.com\n"])
def test_a_sender_has_no_line_breaks(sender: str) -> None:
    with pytest.raises(ValidationError):
        Settings(smtp_from=sender)


@pytest.mark.parametrize("source", ["", "two words", "中文"])
def test_a_source_of_events_is_a_uri_reference(source: str) -> None:
    with pytest.raises(ValidationError):
        Settings(event_source=source)
