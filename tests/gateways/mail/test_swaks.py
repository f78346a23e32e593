"""swaks, a client of SMTP that others have written."""

import asyncio
from pathlib import Path

from gsmd.gateways.mail.users import line_for
from tests import tools
from tests.gateways.mail.scene import ADDRESS, ANNA, scene
from tests.tools import needs


@needs("swaks")
async def test_swaks_signs_in_sends_and_hears_who_is_refused(tmp_path: Path) -> None:
    users = tmp_path / "users"
    users.write_text(line_for("anna", "secret") + "\n")
    async with scene(tmp_path, users_file=str(users), **{"from": []}) as stage:
        for to, code in ((ADDRESS, 0), ("nobody@sms.local", 24)):
            process = await asyncio.create_subprocess_exec(
                *(tools.path("swaks"), "--server", f"127.0.0.1:{stage.gateway.port}"),
                *("--from", ANNA, "--to", to, "--body", "Good morning", "--hide-all"),
                *("--auth", "LOGIN", "--auth-user", "anna", "--auth-password", "secret"),
            )
            assert await process.wait() == code
        assert [each.text for each in await stage.outbox()] == ["Good morning"]
