"""SMSEagle (Apprise, Uptime Kuma, LibreNMS), playSMS (Nextcloud, LibreNMS) and sms-gammu-gateway (Home Assistant)."""

import asyncio
import base64
import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from gsmd.protocol.method import Role
from tests.gateways.web.compat.stage import NUMBER, Stage, stage

BARE = NUMBER.removeprefix("+")


async def notify(url: str, body: str) -> bool:
    """Have Apprise notify."""
    import apprise

    def work() -> bool:
        it = apprise.Apprise()
        assert it.add(url), url
        return bool(it.notify(body=body))

    return await asyncio.to_thread(work)


@pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # one of Apprise's own plugins
async def test_apprise_sends_by_smseagle(tmp_path: Path) -> None:
    async with stage(tmp_path, "smseagle") as it:
        address = f"127.0.0.1:{it.web.port}"
        assert await notify(f"smseagle://{it.web.token()}@{address}/{NUMBER}", "disk is full")
        assert await it.arrives() == ["disk is full"]
        assert not await notify(f"smseagle://wrong@{address}/{NUMBER}", "hi")
        reader = it.web.token("reader", Role.READ)
        assert not await notify(f"smseagle://{reader}@{address}/{NUMBER}", "hi")


@pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # one of Apprise's own plugins
async def test_apprise_sends_to_a_list_of_ours(tmp_path: Path) -> None:
    async with stage(tmp_path, "smseagle") as it:
        await it.client.call("lists.add", list="oncall", members=[NUMBER])
        address = f"127.0.0.1:{it.web.port}"
        assert await notify(f"smseagle://{it.web.token()}@{address}/%23oncall", "disk is full")
        assert await it.arrives() == ["disk is full"]


async def test_uptime_kuma_sends_by_smseagles_second_interface(tmp_path: Path) -> None:
    async with stage(tmp_path, "smseagle") as it:
        body = {"text": "[shop] down", "encoding": "standard", "priority": 0, "to": [NUMBER]}
        headers = {"access-token": it.web.token()}
        answer = await it.web.ask("POST", "/api/v2/messages/sms", json=body, headers=headers)
        assert answer.status == 200
        assert [each["status"] for each in answer.json] == ["queued"]
        assert await it.arrives() == ["[shop] down"]
        refused = await it.web.ask(
            "POST", "/api/v2/messages/sms", json=body, headers={"access-token": "x"}
        )
        assert refused.status == 401


async def test_librenms_sends_by_smseagles_first_interface(tmp_path: Path) -> None:
    async with stage(tmp_path, "smseagle") as it:
        query = f"login=librenms&pass={it.web.token()}&to={BARE}&message=down"
        answer = await it.web.ask("GET", f"/http_api/send_sms?{query}".replace(BARE, quote(NUMBER)))
        assert answer.body.startswith(b"OK; ID=")
        assert await it.arrives() == ["down"]
        refused = await it.web.ask(
            "GET", "/index.php/http_api/send_sms?login=a&pass=b&to=1&message=x"
        )
        assert refused.body == b"Invalid access token"


async def test_a_comma_too_many_is_no_recipient_of_smseagles(tmp_path: Path) -> None:
    async with stage(tmp_path, "smseagle") as it:
        params = {"access_token": it.web.token(), "to": f"{NUMBER},", "message": "hi"}
        body = {"method": "sms.send_sms", "params": params}
        answer = await it.web.ask("POST", "/jsonrpc/sms", json=body)
        assert [each[:2] for each in answer.json["result"]] == ["OK"]
        assert len((await it.client.call("messages.list"))["messages"]) == 1


async def test_nextcloud_sends_by_playsms(tmp_path: Path) -> None:
    async with stage(tmp_path, "playsms") as it:
        token = it.web.token()
        who = f"/index.php?app=ws&u=nextcloud&h={token}"
        answer = await it.web.ask("GET", f"{who}&op=pv&to={quote(NUMBER)}&msg=123456")
        (sent,) = answer.json["data"]
        assert (sent["status"], sent["error"]) == ("OK", "0")
        assert await it.arrives() == ["123456"]
        told = await it.web.ask("GET", f"{who}&op=ds&smslog_id={sent['smslog_id']}")
        assert (told.json["data"][0]["dst"], told.json["data"][0]["msg"]) == (NUMBER, "123456")


async def test_playsms_says_what_is_wrong_in_its_numbers(tmp_path: Path) -> None:
    async with stage(tmp_path, "playsms") as it:
        token = it.web.token()

        async def error(query: str) -> Any:
            return (await it.web.ask("GET", f"/index.php?app=ws&u=a&{query}")).json["error"]

        assert await error("h=wrong&op=pv&to=1&msg=x") == "100"
        assert await error(f"h={token}&op=dance") == "101"
        assert await error(f"h={token}&op=pv&to=&msg=x") == "201"
        assert await error(f"h={token}&op=ds&smslog_id=99") == "400"
        assert await error(f"h={token}&op=ix") == "501"
        await it.received("hello")
        found = await it.web.ask("GET", f"/index.php?app=ws&u=a&h={token}&op=ix")
        assert found.json["data"][0]["msg"] == "hello"


def basic(token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"admin:{token}".encode()).decode()}


async def test_home_assistant_sends_by_the_gammu_gateway(tmp_path: Path) -> None:
    async with stage(tmp_path, "gammu-gateway") as it:
        body = {"text": "alert, entry detected at garage door", "number": NUMBER}
        answer = await it.web.ask("POST", "/sms", json=body, headers=basic(it.web.token()))
        assert (answer.status, answer.json["status"]) == (200, 200)
        assert await it.arrives() == ["alert, entry detected at garage door"]
        assert (await it.web.ask("POST", "/sms", json=body)).status == 401
        signal = await it.web.ask("GET", "/signal", headers=basic(it.web.token()))
        assert {"SignalStrength", "SignalPercent", "BitErrorRate"} == signal.json.keys()
        network = await it.web.ask("GET", "/network", headers=basic(it.web.token()))
        assert network.json["State"] == "HomeNetwork"


async def test_home_assistant_takes_each_message_once(tmp_path: Path) -> None:
    async with stage(tmp_path, "gammu-gateway") as it:
        headers = basic(it.web.token())
        empty = await it.web.ask("GET", "/getsms", headers=headers)
        assert empty.json == {"Date": "", "Number": "", "State": "", "Text": ""}
        came = await it.received("hello")
        first = await it.web.ask("GET", "/getsms", headers=headers)
        assert (first.json["Text"], first.json["Number"]) == ("hello", came["peer"])
        await it.client.call("messages.wait", id=came["id"], state="handled", timeout=30)
        assert (await it.web.ask("GET", "/getsms", headers=headers)).json["Text"] == ""
        listed = await it.web.ask("GET", "/sms", headers=headers)
        assert [each["Text"] for each in listed.json] == ["hello"]
        assert (await it.web.ask("GET", "/sms/0", headers=headers)).json["Text"] == "hello"
        assert (await it.web.ask("GET", "/sms/1", headers=headers)).status == 404


async def test_who_is_gone_before_the_answer_gets_the_message_again(tmp_path: Path) -> None:
    async with stage(tmp_path, "gammu-gateway") as it:
        headers = basic(it.web.token())
        await it.web.ask("GET", "/getsms", headers=headers)
        await it.received("hello")
        _, writer = await it.web.connect()
        said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"GET /getsms HTTP/1.1\r\nHost: localhost\r\n{said}\r\n".encode())
        await writer.drain()
        writer.transport.abort()
        async with asyncio.timeout(60):
            while (answer := await it.web.ask("GET", "/getsms", headers=headers)).json[
                "Text"
            ] == "":
                await asyncio.sleep(0.05)
        assert answer.json["Text"] == "hello"


@pytest.mark.parametrize("surface", ["smseagle", "playsms", "kannel"])
async def test_no_log_line_has_the_token(
    tmp_path: Path, surface: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {
        "smseagle": "/http_api/send_sms?access_token={}&to=%2B33612345678&message=hi",
        "playsms": "/index.php?app=ws&u=a&op=pv&h={}&to=%2B33612345678&msg=hi",
        "kannel": "/cgi-bin/sendsms?user=a&pass={}&to=%2B33612345678&text=hi",
    }
    async with stage(tmp_path, surface) as it:
        token = it.web.token()
        with caplog.at_level(logging.DEBUG):
            await it.web.ask("GET", paths[surface].format(token))

            async def defect(*_: Any, **__: Any) -> None:
                raise ZeroDivisionError

            monkeypatch.setattr("gsmd.gateways.web.compat.visit.Visit.send", defect)
            answer = await it.web.ask("GET", paths[surface].format(token))
        assert answer.status in {200, 500}
        assert "ZeroDivisionError" in caplog.text
        assert token not in caplog.text


async def test_surfaces_that_are_not_named_are_not_there(tmp_path: Path) -> None:
    async with stage(tmp_path, "kannel") as it:
        for path in ("/2010-04-01/Accounts/AC/Messages.json", "/3rdparty/v1/health", "/getsms"):
            assert (await it.web.ask("GET", path)).status in {303, 401, 404}, path
        assert isinstance(it, Stage)
