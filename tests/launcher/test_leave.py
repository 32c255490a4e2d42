import subprocess
import sys

import pytest

REGISTERED = "import atexit, sys; from launcher.leave import leave_after\natexit.register(print, 'registered')\n"


@pytest.mark.parametrize(
    ("work", "code", "said"),
    [
        ("print('done')", 0, ""),
        ("sys.exit()", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('没有服务器')", 1, "没有服务器"),
        ("1 / 0", 1, "ZeroDivisionError"),
        ("[][0]", 1, "IndexError"),
        ("(_ for _ in ()).throw(KeyboardInterrupt)", 1, "KeyboardInterrupt"),
    ],
)
def test_the_exit_code_is_pythons_and_nothing_is_left_out(work: str, code: int, said: str) -> None:
    program = f"{REGISTERED}leave_after(lambda: {work})"
    ended = subprocess.run([sys.executable, "-X", "utf8", "-c", program], capture_output=True, encoding="utf-8")
    assert ended.returncode == code
    assert said in ended.stderr
    assert "registered" in ended.stdout


def test_output_in_a_pipe_is_not_lost() -> None:
    program = f"{REGISTERED}leave_after(lambda: sys.stdout.write('x' * 100_000))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True).stdout.startswith(b"x" * 100_000)
