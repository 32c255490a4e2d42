"""Letters for tests, which the notifications would write."""

from dataclasses import replace

from channels.letters import Letter
from domain.sealing import SealBroken
from store.tables import DeliveryRow

LETTER = Letter("客户已分配给您", "客户 cus_1\n请尽快跟进。", "<p>客户 cus_1<br>请尽快跟进。</p>", "zh-CN")


class Penman:
    """Writes the same letter to everybody, or none to anybody."""

    def __init__(self, letter: Letter | None = None, **changes: object) -> None:
        self.letter = letter or (replace(LETTER, **changes) if changes else None)  # type: ignore[arg-type]

    def write(self, delivery: DeliveryRow) -> Letter | None:
        return self.letter


class Sealed:
    """Cannot read the addresses."""

    def write(self, delivery: DeliveryRow) -> Letter | None:
        raise SealBroken
