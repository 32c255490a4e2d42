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
    audit,
    audit_samples,
    audit_timeline,
    backtests,
    calendars,
    collision_detectors,
    collisions,
    commitments,
    connectors,
    customers,
    decisions,
    health,
    imports,
    inbound,
    kpis,
    leads,
    leaves,
    me,
    merges,
    moves,
    notification_settings,
    notifications,
    policies,
    pools,
    queues,
    refusals,
    regions,
    rep_lines,
    replays,
    reps,
    sessions,
    shares,
    surveys,
    teams,
    users,
    webhook_deliveries,
    webhooks,
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
    rep_lines,
    leaves,
    moves,
    teams,
    regions,
    calendars,
    collision_detectors,
    decisions,
    backtests,
    kpis,
    assignments,
    collisions,
    policies,
    notifications,
    notification_settings,
    me,
    users,
    api_keys,
    webhooks,
    webhook_deliveries,
    refusals,
    connectors,
    inbound,
    audit,
    audit_timeline,
    audit_samples,
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
    app.include_router(inbound.webhooks, responses=_ANYWHERE)
    app.include_router(surveys.router, responses=_ANYWHERE)
    app.include_router(surveys.guarded, dependencies=[Depends(authorise)], responses=_ANYWHERE)
    for module in _GUARDED:
        app.include_router(module.router, dependencies=[Depends(authorise)], responses=_ANYWHERE)
    return app
