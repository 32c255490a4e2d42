"""``oneowner report`` as a person calls it."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from sqlmodel import select
from typer.testing import CliRunner, Result

import cli
from api.app import create_app
from logs import configure_logging
from settings import Settings
from store.database import Database
from store.intake import Intake
from store.migrate import migrate
from store.tables import KpiFactRow
from tests.api.conftest import TOKEN, StandIn, context_of
from tests.databases import TEMPLATE, NewDatabase
from tests.examples import IDS, LI, POLICY, employ, lead, registration


@pytest.fixture
def service(new_sqlite: NewDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The API on a port of its own, whose token the settings have."""
    configure_logging(Settings(log_format="json"), StringIO())
    database = Database(new_sqlite(TEMPLATE))
    app = create_app(context_of(database, StandIn()))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    monkeypatch.setenv("ONEOWNER_PORT", str(server.servers[0].sockets[0].getsockname()[1]))
    monkeypatch.setenv("ONEOWNER_ADMIN_TOKEN", TOKEN)
    monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path))
    yield
    server.should_exit = True
    thread.join()
    database.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["report", *arguments])


@pytest.mark.parametrize(
    ("lang", "words"), [("zh-CN", "2026-10 客户归属月报"), ("en", "Customer ownership in 2026-10")]
)
def test_a_page_and_a_workbook(service: None, tmp_path: Path, lang: str, words: str) -> None:
    out = tmp_path / "reports"
    done = run("--month", "2026-10", "--lang", lang, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert sorted(it.name for it in out.iterdir()) == ["kpis-2026-10.html", "kpis-2026-10.xlsx"]
    assert words in (out / "kpis-2026-10.html").read_text(encoding="utf-8")
    assert (out / "kpis-2026-10.xlsx").read_bytes().startswith(b"PK")


def test_what_is_wrong_is_said(service: None, tmp_path: Path) -> None:
    done = run("--month", "2026-13", "--lang", "en", "--out", str(tmp_path))
    assert (done.exit_code, "month" in done.stderr) == (1, True)
    (tmp_path / "file").write_text("")
    done = run("--month", "2026-10", "--lang", "en", "--out", str(tmp_path / "file" / "folder"))
    assert (done.exit_code, "cannot be written" in done.stderr) == (1, True)


def test_without_a_service_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ONEOWNER_ADMIN_TOKEN", TOKEN)
    done = run("--api", "http://127.0.0.1:9", "--lang", "en")
    assert done.exit_code == 1
    assert "127.0.0.1:9" in done.stderr


def test_facts_are_told_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ONEOWNER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ONEOWNER_DATABASE_URL", "")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    failed = CliRunner().invoke(cli.app, ["recount"])
    assert (failed.exit_code, "无法使用数据库" in failed.stderr) == (1, True)
    database = Database(f"sqlite:///{tmp_path / 'oneowner.db'}")
    migrate(database)
    employ(database, LI)
    Intake(database, POLICY, IDS).register(registration(lead(company={"name": "远航科技有限公司"}, region="CN-GD")))
    done = CliRunner().invoke(cli.app, ["recount"])
    assert (done.exit_code, done.stdout) == (0, "已从 2 个事件重新生成。\n")
    with database.read() as session:
        assert set(session.exec(select(KpiFactRow.measure))) == {"profile", "standing"}
    database.close()
