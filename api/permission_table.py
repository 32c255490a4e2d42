"""The table of permissions as people read it: ``docs/permissions.md`` is made of what the code goes by."""

from collections.abc import Iterator

from api.permissions import ROLES, ROUTES, Permission
from domain.role import PERSONAL, Role
from messages import LOCALES, message

_OF_CUSTOMERS = ("customers.", "decisions.", "leads.")
"""Permissions about customers, of which reps and managers have a part."""

_YES, _NO = "●", ""


def permission_table() -> str:
    """The document, in all languages at once."""
    return "\n".join([*_introduction(), "", *_roles(), "", *_routes(), ""])


def _introduction() -> Iterator[str]:
    yield f"# {_text('permissions-title')}"
    for locale in reversed(LOCALES):
        yield ""
        yield message(locale, "permissions-introduction")


def _roles() -> Iterator[str]:
    yield _row("", *(_text(f"role-{_kebab(role)}") for role in Role))
    yield _row(*["---"] * (len(Role) + 1))
    for permission in Permission:
        if permission is not Permission.PUBLIC:
            name = f"{_text(f'permission-{_kebab(permission)}')} `{permission}`"
            yield _row(name, *(_mark(role, permission) for role in Role))


def _mark(role: Role, permission: Permission) -> str:
    if permission not in ROLES[role]:
        return _NO
    part = role in PERSONAL and permission.startswith(_OF_CUSTOMERS)
    return _text(f"permissions-of-{role}") if part else _YES


def _routes() -> Iterator[str]:
    yield _row(_text("permissions-route"), _text("permissions-permission"))
    yield _row("---", "---")
    for (method, path), permission in ROUTES.items():
        yield _row(f"`{method} {path}`", f"`{permission}`")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _text(name: str) -> str:
    return " / ".join(message(locale, name) for locale in reversed(LOCALES))


def _kebab(name: str) -> str:
    return name.replace(".", "-").replace("_", "-")
