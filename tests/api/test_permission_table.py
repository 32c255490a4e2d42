"""The published table is the one that the code goes by."""

from typer.testing import CliRunner

import cli
from api.permission_table import permission_table
from api.permissions import ROUTES, Permission
from domain.role import Role
from settings import PROJECT_ROOT


def test_the_document_is_up_to_date() -> None:
    """To write it anew: ``oneowner user permissions > docs/permissions.md``."""
    published = (PROJECT_ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert published == permission_table()
    assert CliRunner().invoke(cli.app, ["user", "permissions"]).output == published


def test_it_names_every_permission_and_every_route_once() -> None:
    lines = permission_table().splitlines()
    rows = [line for line in lines if line.startswith("| ") and line.count("|") == len(Role) + 2]
    assert len(rows) == len(Permission) + 1  # without ``public``, with the heading and the line below it
    for method, path in ROUTES:
        assert sum(f"`{method} {path}`" in line for line in lines) == 1


def test_a_rep_has_their_own_and_an_auditor_everything() -> None:
    (row,) = [line for line in permission_table().splitlines() if "`customers.read`" in line and "●" in line]
    assert row.split("|")[2:8] == [" 本人 / own ", " 团队 / team ", " ● ", " ● ", " ● ", " ● "]
    (row,) = [line for line in permission_table().splitlines() if "`users.change`" in line and "●" in line]
    assert row.split("|")[2:8] == ["  ", "  ", "  ", " ● ", "  ", "  "]
