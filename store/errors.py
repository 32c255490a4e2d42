"""What the store refuses. Each is answered with its own problem by the API."""


class NotFound(LookupError):
    """There is no such row."""


class AlreadyExists(ValueError):
    """The id is taken."""


class KeyReused(ValueError):
    """An Idempotency-Key came again with another request."""


class VersionMismatch(ValueError):
    """The row was changed since the caller read it."""


class UnusableReference(ValueError):
    """A field names something that does not exist or may not be used now.

    Attributes:
        field: the field's path, such as ``regions.0``.
        code: the broken rule: ``team_unknown``, ``region_inactive``, ...
        value: what the field named.
    """

    def __init__(self, field: str, code: str, value: str) -> None:
        super().__init__(code)
        self.field = field
        self.code = code
        self.value = value
