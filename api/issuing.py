"""Who issues users' tokens: the company's issuer where the settings name one, else this installation itself."""

from datetime import timedelta

from api.jwks import Jwks
from api.tokens import EmbeddedIssuer, Terms, Tokens
from keys import issuer_key
from settings import Settings


def issuing(settings: Settings) -> tuple[Tokens, EmbeddedIssuer | None]:
    """What checks tokens, and what issues them here; None where somebody else does."""
    if settings.oidc_issuer:
        terms = Terms(settings.oidc_issuer, settings.oidc_audience, settings.oidc_token_type, settings.oidc_user_claim)
        return Tokens(terms, Jwks(settings.oidc_jwks_url)), None
    issuer = EmbeddedIssuer(issuer_key(settings), timedelta(hours=settings.session_hours))
    return Tokens(EmbeddedIssuer.TERMS, issuer), issuer
