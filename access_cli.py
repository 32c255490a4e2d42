"""The commands ``oneowner user``, ``login`` and ``logout``: who may sign in, and signing in."""

import sys
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import typer

from domain.role import Role
from keys import forget_login, keep_login
from launcher.texts import text
from service_client import Api, calling
from settings import Settings

app = typer.Typer(help="People who may sign in / 可以登录的用户", no_args_is_help=True)

UserId = Annotated[str, typer.Argument(help="The user's id / 用户编号")]
Person = Annotated[str | None, typer.Option(help="The rep whom they are / 对应的销售")]
Password = Annotated[
    bool, typer.Option("--password/--no-password", help="Ask for one, for this installation's own sign-in / 设置密码")
]


@app.command("add")
def add_command(
    user: UserId,
    role: Annotated[Role, typer.Option(help="What they may do / 角色")],
    name: Annotated[str | None, typer.Option(help="As people call them / 姓名")] = None,
    person: Person = None,
    password: Password = True,
    api: Api = None,
) -> None:
    """Let somebody sign in; the password is asked for / 添加用户，密码由提示输入"""
    body = {"id": user, "name": name or user, "role": role, "person": person}
    with calling(api) as service:
        typer.echo(
            _shown(
                service.call(
                    "POST",
                    "/v1/users",
                    json=body | ({"password": _typed("login-new-password", twice=True)} if password else {}),
                )
            )
        )


@app.command("list")
def list_command(api: Api = None) -> None:
    """Everybody, with role, rep, and whether they may sign in / 列出全部用户"""
    with calling(api) as service:
        for user in service.every("/v1/users"):
            typer.echo(_shown(user))


@app.command("set-role")
def set_role_command(
    user: UserId, role: Annotated[Role, typer.Argument(help="Role / 角色")], person: Person = None, api: Api = None
) -> None:
    """Another role from their next call on / 更改角色，立即生效"""
    _change(api, user, {"role": role} | ({"person": person} if person else {}))


@app.command("set-password")
def set_password_command(user: UserId, api: Api = None) -> None:
    """Another password, which ends their sessions / 更改密码，已有会话随即失效"""
    _change(api, user, {"password": _typed("login-new-password", twice=True)})


@app.command("deactivate")
def deactivate_command(user: UserId, api: Api = None) -> None:
    """From their next call on they may do nothing / 停用，立即生效"""
    _change(api, user, {"active": False})


@app.command("activate")
def activate_command(user: UserId, api: Api = None) -> None:
    """Let them in again / 重新启用"""
    _change(api, user, {"active": True})


@app.command("permissions")
def permissions_command() -> None:
    """What each role may do, as published in docs/permissions.md / 打印权限表"""
    from api.permission_table import permission_table  # the API's imports are not needed by the other commands

    typer.echo(permission_table(), nl=False)


def login(
    user: UserId,
    show: Annotated[bool, typer.Option("--print", help="Print the token and keep nothing / 只打印令牌")] = False,
    api: Api = None,
) -> None:
    """Sign in; later commands call in your name / 登录，之后的命令以您的名义执行"""
    password = _typed("login-password")
    with calling(api) as service:
        session = service.call("POST", "/v1/sessions", json={"user": user, "password": password})
    if show:
        typer.echo(session["access_token"])
    else:
        typer.echo(text("login-kept", file=str(keep_login(Settings(), session["access_token"]))))


def logout() -> None:
    """Forget the token of the last login / 退出登录"""
    forget_login(Settings())


def _change(api: str | None, user: str, fields: Mapping[str, Any]) -> None:
    with calling(api) as service:
        path = f"/v1/users/{quote(user, safe='')}"
        typer.echo(_shown(service.call("PATCH", path, json=fields, headers={"If-Match": "*"})))


def _typed(prompt: str, *, twice: bool = False) -> str:
    """A password from the person at the terminal, who does not see it; else from the first line that is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password: str = typer.prompt(text(prompt), hide_input=True, confirmation_prompt=twice, err=True)
    return password


def _shown(user: Mapping[str, Any]) -> str:
    """A user on a line: whether they may sign in, id, role, the rep whom they are, name."""
    mark = "*" if user["active"] else " "
    return f"{mark} {user['id']}  {user['role']}  {user['person'] or '-'}  {user['name']}"
