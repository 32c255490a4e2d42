"""Everything that may differ between two installations, in one typed object.

Values come from environment variables with the prefix ``ONEOWNER_``, from a ``.env`` file, or from flags that the
command line turns into the same variables. How to reach a Temporal cluster is not repeated here:
``temporalio.envconfig`` reads the variables that Temporal's own tools read (``TEMPORAL_ADDRESS``,
``TEMPORAL_NAMESPACE``, ``TEMPORAL_API_KEY``, ``TEMPORAL_TLS_*``).
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from limits import parse
from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent


def _rate(text: str) -> str:
    """A rate limit such as ``30/minute``.

    Raises:
        ValueError: when it is none.
    """
    parse(text)
    return text


Rate = Annotated[str, AfterValidator(_rate)]


class Settings(BaseSettings):
    """Settings of one OneOwner process. Unknown ``ONEOWNER_`` values in the environment are ignored."""

    model_config = SettingsConfigDict(env_prefix="ONEOWNER_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Path("data")
    """Folder of everything that must survive a restart in the embedded default."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    """Where the API listens; 0 picks a free port."""

    database_url: str = ""
    """SQLAlchemy URL of the read model; empty means a SQLite file in the data folder."""

    policy_file: Path = PROJECT_ROOT / "policies" / "default.yaml"
    """The assignment and follow-up rules in force."""

    task_queue: str = "oneowner"

    secret: SecretStr = SecretStr("")
    """Key of the ids, at least 32 characters; empty means the file ``secret.key`` in the data folder."""

    admin_token: SecretStr = SecretStr("")
    """Bearer token of the administrator; empty means the file ``admin.token`` in the data folder."""

    token: SecretStr = SecretStr("")
    """Bearer token that commands call the service with; empty means that of ``oneowner login``, else the
    administrator's."""

    backup_passphrase: SecretStr = SecretStr("")
    """Seals the keys in a backup, and opens them at a restore."""

    oidc_issuer: str = ""
    """Who issues users' access tokens (``iss``); empty means the embedded issuer: `oneowner login`."""

    oidc_audience: str = "oneowner"
    """Whom such tokens must be for (``aud``)."""

    oidc_jwks_url: str = ""
    """Where that issuer publishes its keys."""

    oidc_user_claim: str = "sub"
    """Which claim is the user's id."""

    oidc_token_type: str = "at+jwt"  # noqa: S105 - a kind, not a secret
    """The header's ``typ`` of access tokens (RFC 9068); some issuers write ``JWT``."""

    session_hours: float = Field(default=8.0, gt=0)
    """How long a token of the embedded issuer counts."""

    check_limit: Rate = "30/minute"
    """How often a person may ask whether a customer is known, submitted leads included."""

    check_limit_system: Rate = "1200/minute"
    """How often a system may ask that with ``POST /v1/leads/check``."""

    address_book_limit: Rate = "10/hour"
    """How often a person may compare an address book with the customers."""

    refusal_limit: Rate = "30/minute"
    """How many attempts a caller may make at what they may not see or do, before they must wait."""

    inbound_limit: Rate = "1200/minute"
    """How many requests of one connector are taken in."""

    inbound_refusal_limit: Rate = "60/minute"
    """How many requests without a good signature an address may send before it must wait."""

    inbound_smtp_host: str = "127.0.0.1"
    inbound_smtp_port: int = Field(default=0, ge=0, le=65535)
    """Where workers take forwarded messages by SMTP; 0 for nowhere."""
    metrics_port: int = Field(default=0, ge=0, le=65535)
    """Where a worker without an API shows its metrics (`/metrics`); 0 means nowhere. The API shows them itself."""
    audit_key: SecretStr = SecretStr("")
    """Ed25519 key (PEM) that signs the audit log's heads; empty means the file ``audit.key`` in the data folder."""

    audit_folder: str = ""
    """Where the heads are written, best on another machine; empty means ``audit`` in the data folder."""

    audit_webhook: str = ""
    """A URL to which each head is POSTed as well."""

    audit_minutes: float = Field(default=5.0, gt=0)
    """How often what was recorded is sealed."""

    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    answer_timeout: float = Field(default=10.0, gt=0)
    """Seconds that a caller waits for a lead's answer before 503; the lead goes on all the same."""

    import_max_bytes: int = Field(default=200 * 2**20, gt=0)
    """The largest file of customers that is taken in, in bytes."""

    import_max_rows: int = Field(default=100_000, gt=0)
    """The most rows that such a file may have."""

    webhooks_private: bool = False
    """Whether webhooks may go to the company's own network, over plain HTTP and to any port, too."""

    event_source: str = Field(default="/oneowner", min_length=1, max_length=500, pattern=r"^[!-~]+$")
    """What events that are sent to webhooks name as their source: a URI or a part of one (CloudEvents)."""

    public_url: str = Field(default="", pattern=r"^(https?://[!-~]+)?$")
    """Where customers reach the service, such as ``https://oneowner.example.com``; empty: no survey is sent."""

    smtp_host: str = ""
    """The server that takes e-mail; empty means that none is sent."""

    smtp_port: int = Field(default=587, ge=1, le=65535)

    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """``starttls`` is demanded (usually port 587), ``tls`` from the first byte (465), ``none`` in the clear."""

    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")

    smtp_from: str = Field(default="", pattern=r"^[^\r\n]*$")
    """The sender, such as ``OneOwner <no-reply@example.com>``."""

    archive_url: str = ""
    """Where closed workflows' histories are kept for years: ``file:///folder``, ``s3://bucket/prefix`` and others;
    empty means the folder ``archive`` in the data folder."""

    temporal_port: int = Field(default=0, ge=0, le=65535)
    """Where the embedded Temporal server of ``oneowner run`` listens; 0 picks a free port."""

    temporal_timeout: float = Field(default=60.0, gt=0)
    """Seconds that a process waits at its start for a Temporal server to answer."""

    @model_validator(mode="after")
    def _issuer_with_keys(self) -> Self:
        if bool(self.oidc_issuer) != bool(self.oidc_jwks_url):
            raise ValueError("ONEOWNER_OIDC_ISSUER and ONEOWNER_OIDC_JWKS_URL belong together")
        return self

    @model_validator(mode="after")
    def _mail_with_sender(self) -> Self:
        if self.smtp_host and "@" not in self.smtp_from:
            raise ValueError("ONEOWNER_SMTP_HOST needs ONEOWNER_SMTP_FROM, an e-mail address")
        return self

    @property
    def import_folder(self) -> Path:
        """Where files of customers are kept; API and workers must see the same folder."""
        return self.data_dir / "imports"

    @property
    def heads_folder(self) -> Path:
        """Where the audit log's heads are written."""
        return Path(self.audit_folder) if self.audit_folder else self.data_dir / "audit"

    @property
    def archive_location(self) -> str:
        """The archive's URL; API and workers must see the same place."""
        return self.archive_url or (self.data_dir.absolute() / "archive").as_uri()

    @property
    def sqlalchemy_url(self) -> str:
        """The read model's address with its driver named."""
        if self.database_url:
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return f"sqlite:///{self.data_dir / 'oneowner.db'}"
