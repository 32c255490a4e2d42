"""The API as one ASGI application."""

from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import Depends, FastAPI
from starlette.middleware import Middleware

from api import (
    address_books,
    api_keys,
    approval_links,
    approvals,
    assignments,
    backtests,
    calendars,
    collision_detectors,
    collisions,
    commitments,
    customers,
    decisions,
    health,
    imports,
    leads,
    leaves,
    me,
    merges,
    moves,
    policies,
    pools,
    queues,
    refusals,
    regions,
    replays,
    reps,
    sessions,
    shares,
    teams,
    users,
)
from api.auth import Authentication, authorise
from api.context import Context
from api.handlers import add_handlers
from api.limits import BodyLimit
from api.observe import Observed
from api.openapi import TAGS, DescribedApp, operation_id
from api.problems import documented

_GUARDED = (
    leads,
    customers,
    commitments,
    shares,
    merges,
    approvals,
    pools,
    queues,
    imports,
    replays,
    reps,
    address_books,
    leaves,
    moves,
    teams,
    regions,
    calendars,
    collision_detectors,
    decisions,
    backtests,
    assignments,
    collisions,
    policies,
    me,
    users,
    api_keys,
    refusals,
)
_ANYWHERE = documented(400, 401, 403, 413, 415, 422, 429, 500, 503)


def create_app(context: Context) -> FastAPI:
    """The application on the given dependencies. It opens and closes none of them."""
    app = DescribedApp(
        title="OneOwner",
        summary="One customer, one owner: 一客一主，不撞单.",
        version="1",
        openapi_tags=TAGS,
        # The pages would load their scripts from elsewhere, and a browser has no token to read the description with.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        generate_unique_id_function=operation_id,
        # From the outside in: what is refused early has cost nothing, and is still logged and counted.
        middleware=[
            Middleware(CorrelationIdMiddleware),
            Middleware(Observed),
            Middleware(Authentication, admin_token=context.admin_token),
            Middleware(BodyLimit, limits={imports.router.prefix: context.settings.import_max_bytes}),
        ],
    )
    app.state.context = context
    add_handlers(app)
    app.include_router(health.router)
    app.include_router(sessions.router)
    app.include_router(approval_links.router, responses=_ANYWHERE)
    for module in _GUARDED:
        app.include_router(module.router, dependencies=[Depends(authorise)], responses=_ANYWHERE)
    return app
