"""The link by which a customer answers a survey: signed, in force as long as the survey, and of nobody's name."""

from api.signing import signed
from domain.ids import IdMaker
from store.surveys import Survey

PREFIX = "/v1/surveys"
PURPOSE = "surveys"


def token_of(ids: IdMaker, survey: Survey) -> str:
    """What lets whoever has it answer a survey."""
    return signed(ids, PURPOSE, {"jti": survey.id}, survey.expires_at)


def path_of(token: str) -> str:
    """What a browser opens, below the service's address."""
    return f"{PREFIX}?token={token}"
