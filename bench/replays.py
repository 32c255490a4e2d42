"""``python -m bench.replays [n]``: n archived histories through today's code, and n flipped bytes looked for.

The recorded histories of all releases, again and again under other ids, from an archive in a folder.
"""

import asyncio
import random
import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from archive.manifest import Damaged
from archive.replays import ReplayProcess, replay_places
from archive.shelves import Archive
from domain.replay import ReplayResult
from tests.archive.recorded import RECORDED, kept_of


async def replayed(archive: Archive, number: int) -> ReplayResult:
    """Archive so many histories and replay them all."""
    for n in range(number):
        archive.put(kept_of(RECORDED[n % len(RECORDED)], n))
    result, began = ReplayResult(), perf_counter()
    async with ReplayProcess() as process:
        async for it in replay_places(archive, archive.places(), process):
            result = result.counted(it)
    seconds = perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{result.same} the same, {result.faults} not, in {seconds:.0f} s: {number / seconds:.0f}/s, {peak:.0f} MiB")
    return result


def flipped(archive: Archive, folder: Path, number: int, seed: int = 2026) -> int:
    """Flip a byte so many times, somewhere in some object, and count how often it was found."""
    drawn, places, found = random.Random(seed), list(archive.places()), 0
    for _ in range(number):
        place = drawn.choice(places)
        file = folder / place.name
        content = file.read_bytes()
        at = drawn.randrange(len(content))
        file.write_bytes(content[:at] + bytes([content[at] ^ drawn.randrange(1, 256)]) + content[at + 1 :])
        try:
            archive.get(place)
        except Damaged:
            found += 1
        file.write_bytes(content)
    print(f"{found} of {number} flipped bytes found (seed {seed})")
    return found


def main() -> None:
    """Exit with 1 when a history differs or a flipped byte is not found."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with TemporaryDirectory(prefix="replays") as name:
        archive = Archive(Path(name).as_uri())
        result = asyncio.run(replayed(archive, number))
        found = flipped(archive, Path(name), number)
    sys.exit(result.faults > 0 or found < number)


if __name__ == "__main__":
    main()
