"""Why a backup cannot be made or restored. Each has a stable ``code``, its message in ``locales/*/backup.ftl``."""

from launcher.texts import text


class BackupRefused(Exception):
    """Nothing was changed. The text says in both languages what to do.

    Codes: ``sqlite-unusable``, ``tool-missing``, ``tool-failed``, ``nothing-to-back-up``, ``passphrase-missing``,
    ``passphrase-wrong``, ``not-a-backup``, ``damaged``, ``made-by-newer``, ``other-database``, ``folder-not-empty``,
    ``database-not-empty``, ``key-needed``, ``key-wrong``.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(text(f"backup-{code}", **{name: str(value) for name, value in facts.items()}))
        self.code = code
