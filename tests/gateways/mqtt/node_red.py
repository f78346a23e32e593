"""Does the flow of docs/examples work in a real Node-RED? ``python -m tests.gateways.mqtt.node_red DIRECTORY`` (``make node-red``).

DIRECTORY is where npm has installed node-red.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from tests.gateways.mqtt.scene import ANNA, scene

EXAMPLE = Path(__file__).parents[3] / "docs/examples/node-red.json"


async def main(installed: Path) -> None:
    """Errors: TimeoutError, AssertionError."""
    with tempfile.TemporaryDirectory() as directory:
        async with scene(Path(directory)) as it:
            home = Path(directory) / "node-red"
            home.mkdir()
            flow = json.loads(EXAMPLE.read_text())
            for node in flow:
                if node["type"] == "mqtt-broker":
                    node["port"] = str(it.broker.port)
            (home / "flows.json").write_text(json.dumps(flow))
            process = await asyncio.create_subprocess_exec(
                *(installed / "node_modules/.bin/node-red", "-u", home, "-p", "18124"),
                *("--settings", _settings(home), "flows.json"),
                stdout=asyncio.subprocess.DEVNULL,
            )
            try:
                # the session is made when Node-RED subscribes: until then nobody hears what comes
                async with asyncio.timeout(120):
                    while not it.phone().received:
                        await it.comes("Status, please")
                        await asyncio.sleep(2)
                (answer, *_) = it.phone().received
                assert answer.text == "All is well.", answer
                await it.program.until(
                    "gsmd/sent", lambda h: h.json.get("state") == "sent" and h.json["to"] == ANNA
                )
                (sent, *_) = (await it.client.list(direction="outbound")).messages
                assert sent.in_reply_to is not None
            finally:
                process.terminate()
                await process.wait()
    print("an SMS came in, Node-RED's flow answered it")


def _settings(home: Path) -> Path:
    path = home / "settings.js"
    path.write_text(
        'module.exports = { uiHost: "127.0.0.1", logging: { console: { level: "off" } } };\n'
    )
    return path


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
