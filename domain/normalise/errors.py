"""The one error of this package: a value that has no normal form."""


class Malformed(ValueError):
    """A value cannot be what its field says it is.

    Attributes:
        code: a stable identifier such as ``phone_invalid``; what a person reads is looked up by it.
        value: the value as it came, which may be personal data and therefore stays out of the message.
    """

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code)
        self.code = code
        self.value = value
