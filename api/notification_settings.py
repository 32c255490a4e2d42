"""How people wish to be told of what happens."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import MISSING, AfterValidator, Field
from pydantic_core import PydanticCustomError

from api.auth import Caller
from api.context import Context, Wired
from api.etag import IfMatch, Precondition, tagged
from api.notifications import person_of
from api.problems import documented
from domain.notifying.settings import Settings
from domain.sealing import Seal
from domain.submitted import EmailText
from domain.text import Reference
from store.notification_settings import CHATS, KeptSettings, NotificationSettings

router = APIRouter(prefix="/v1", tags=["notifications"])

CHAT_TOOLS = frozenset({"dingtalk", "discord", "feishu", "gchat", "lark", "slack", "tgram", "wecombot", "workflows"})
"""By the schema of apprise's addresses; Microsoft Teams is ``workflows``. Of the others an address leads to the tool's
own servers and nowhere else."""


def _chat_address(address: str) -> str:
    tool, mark, rest = address.partition("://")
    if tool.lower() not in CHAT_TOOLS or not mark or not rest or not address.isascii() or " " in address:
        raise PydanticCustomError("chat_address", "must be the address of a chat tool")
    return f"{tool.lower()}://{rest}"


ChatAddress = Annotated[str, Field(max_length=500), AfterValidator(_chat_address)]


class SettingsBody(Settings):
    """How somebody wishes to be told, with where they can be reached."""

    email: EmailText | None = Field(None, description="Instead of the directory's; null for that.")
    chat_addresses: Annotated[tuple[ChatAddress, ...], Field(max_length=5)] | MISSING = Field(
        default=MISSING,
        description=f"Addresses of chat tools ({', '.join(sorted(CHAT_TOOLS))}); those that are there stay when this "
        "is left out. Who knows an address may write there, so that they are kept encrypted and never shown again.",
        examples=[["dingtalk://token"]],
    )


class SettingsView(Settings):
    """How somebody wishes to be told, and which chat tools they can be reached by."""

    email: str | None
    reached_at: str | None = Field(description="The address to which e-mail goes.")
    chat_tools: tuple[str, ...]
    version: Annotated[int, Field(exclude=True)]


@router.get("/me/notification-settings", summary="Get how you wish to be told", responses=documented(404, 409))
def get_my_notification_settings(response: Response, context: Wired, caller: Caller) -> SettingsView:
    """Your settings with their ETag; the product's own as long as you have entered none."""
    return _got(context, response, person_of(caller))


@router.put(
    "/me/notification-settings", summary="Say how you wish to be told", responses=documented(404, 409, 412, 428)
)
def put_my_notification_settings(
    body: SettingsBody, response: Response, context: Wired, caller: Caller, if_match: IfMatch
) -> SettingsView:
    """Replaces your settings. It counts for what happens from now on. In the application you are told everything."""
    return _put(context, response, person_of(caller), body, if_match)


@router.get("/reps/{rep_id}/notification-settings", summary="Get how a rep is told", responses=documented(404))
def get_notification_settings(rep_id: Reference, response: Response, context: Wired) -> SettingsView:
    """Somebody else's settings, for administrators and auditors."""
    return _got(context, response, rep_id)


@router.put(
    "/reps/{rep_id}/notification-settings", summary="Say how a rep is told", responses=documented(404, 412, 428)
)
def put_notification_settings(
    rep_id: Reference, body: SettingsBody, response: Response, context: Wired, if_match: IfMatch
) -> SettingsView:
    """Replaces somebody else's settings, for administrators."""
    return _put(context, response, rep_id, body, if_match)


def _kept(context: Context) -> NotificationSettings:
    return NotificationSettings(context.database, Seal(context.ids.key(CHATS)))


def _got(context: Context, response: Response, rep_id: str) -> SettingsView:
    return tagged(response, _view(_kept(context).get(rep_id)))


def _put(context: Context, response: Response, rep_id: str, body: SettingsBody, if_match: Precondition) -> SettingsView:
    settings = Settings.model_validate(body.model_dump(exclude={"email", "chat_addresses"}))
    chats = body.chat_addresses if isinstance(body.chat_addresses, tuple) else None
    return tagged(response, _view(_kept(context).put(rep_id, settings, body.email, chats, if_match.check)))


def _view(kept: KeptSettings) -> SettingsView:
    tools = tuple(address.partition("://")[0] for address in kept.chats)
    return SettingsView(
        **kept.settings.model_dump(),
        email=kept.email,
        reached_at=kept.reached_at,
        chat_tools=tools,
        version=kept.version,
    )
