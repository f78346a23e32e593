"""The table of methods, against what the daemon carries out."""

from pathlib import Path

from gsmd.api import own_methods
from gsmd.config import parse
from gsmd.core.app import App
from gsmd.handler_kinds import HANDLER_KINDS
from gsmd.protocol.methods import METHODS
from gsmd.store.engine.database import Database

CONFIG = "state_dir: {path}\nmodems: [{{name: north, port: {path}/none}}]\n"


async def test_the_daemon_carries_out_what_is_in_the_table_and_nothing_else(tmp_path: Path) -> None:
    config = parse(CONFIG.format(path=tmp_path), "test", HANDLER_KINDS)
    app = await App.open(config, await Database.open(tmp_path / "gsmd.db"))
    bound = [each.method for each in (*app.methods(), *own_methods.METHODS)]
    await app.close()
    assert sorted(method.name for method in bound) == sorted(METHODS)
    assert all(METHODS[method.name] is method for method in bound)


def test_a_row_is_whole() -> None:
    for method in METHODS.values():
        assert method.doc.endswith("."), method.name
        assert not method.returns or method.returns in method.result.__struct_fields__
