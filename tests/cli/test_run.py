"""``gsmd run``: the daemon as systemd starts it, from its configuration to its end."""

import asyncio
import signal
from pathlib import Path

from tests.cli import running
from tests.cli.fake_daemon import PATIENCE
from tests.cli.running import environment, program
from tests.rig import rig


async def test_it_serves_the_other_commands_until_it_is_told_to_stop(tmp_path: Path) -> None:
    async with rig(tmp_path) as built:
        configuration = tmp_path / "gsmd.yaml"
        configuration.write_text(built.configuration())
        process = await asyncio.create_subprocess_exec(
            *program("run", "-c", str(configuration)),
            env=environment(built.socket),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(PATIENCE):
            while not built.socket.exists():
                await asyncio.sleep(0.02)
            phone = built.network.phone("+33612345678")
            sent = await asyncio.to_thread(
                running.run, "send", phone.number, "Hello", "--wait", "sent", socket=built.socket
            )
            assert sent.code == 0
            assert (await phone.expect())[0].text == "Hello"
            process.send_signal(signal.SIGTERM)
            out, err = await process.communicate()
        assert process.returncode == 0
        assert out == b""
        assert b"Traceback" not in err
        assert not built.socket.exists()
