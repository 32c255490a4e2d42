"""Contacts as they are shown to somebody who does not look after the customer yet."""

import re

from domain.profile import Profile

_HIDDEN = "***"
_NUMBER = re.compile(r"\d")
_SHOWN_FIRST, _SHOWN_LAST, _HIDDEN_AT_LEAST = 3, 4, 4


def masked(profile: Profile) -> Profile:
    """The profile with its phones and e-mail addresses masked."""
    return profile.model_copy(
        update={
            "phones": tuple(map(masked_phone, profile.phones)),
            "emails": tuple(map(masked_email, profile.emails)),
        }
    )


def masked_phone(phone: str) -> str:
    """A number in E.164 without its middle: ``+86 138****8000``. At least four of its digits are hidden."""
    code, number = ("+86 ", phone.removeprefix("+86")) if phone.startswith("+86") else ("", phone.lstrip("+"))
    digits = "".join(_NUMBER.findall(number))
    last = min(_SHOWN_LAST, max(0, len(digits) - _HIDDEN_AT_LEAST))
    first = min(_SHOWN_FIRST, max(0, len(digits) - _HIDDEN_AT_LEAST - last))
    hidden = "*" * (len(digits) - first - last)
    return f"{code}{digits[:first]}{hidden}{digits[len(digits) - last :]}"


def masked_email(email: str) -> str:
    """An address of which only the first letter and the domain are left: ``w***@example.com``."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}{_HIDDEN}@{domain}"
