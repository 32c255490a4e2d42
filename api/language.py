"""The language that a caller prefers."""

from typing import Annotated

from fastapi import Depends, Header

from messages import negotiate


async def _locale(
    accept_language: Annotated[str | None, Header(description="`zh-CN` or `en`.")] = None,
) -> str:
    return negotiate(accept_language)


Locale = Annotated[str, Depends(_locale)]
"""The catalogue to answer from."""
