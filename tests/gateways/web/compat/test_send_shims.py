"""SMSEagle (Apprise, Uptime Kuma, LibreNMS), playSMS (Nextcloud, LibreNMS) and sms-gammu-gateway (Home Assistant)."""

import asyncio
import base64
import logging
import socket
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from gsmd.gateways.web import answer_line
from gsmd.protocol.method import Role
from tests.gateways.web.compat.stage import NUMBER, Stage, stage
from tests.rig import PATIENCE

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


async def test_zammad_sends_by_massenversand_and_finds_no_ok_in_an_error(tmp_path: Path) -> None:
    # as lib/…/channel/driver/sms/massenversand.rb puts the address together
    def address(token: str, receiver: str = NUMBER, msg: str = "Ticket 4711 ist überfällig") -> str:
        said = {"authToken": token, "getID": "1", "msg": msg, "msgtype": "c"}
        return "/massenversand?" + urlencode({**said, "receiver": receiver, "sender": "Zammad"})

    async with stage(tmp_path, "massenversand") as it:
        token = it.web.token()
        answer = await it.web.ask("GET", address(token))
        assert answer.status == 200
        assert answer.body.startswith(b"OK ")
        assert await it.arrives() == ["Ticket 4711 ist überfällig"]
        for wrong in (address("TOKEN OK"), address(token, "OK"), address(token, msg="")):
            answer = await it.web.ask("GET", wrong)
            assert answer.status >= 400
            assert answer.body.startswith(b"ERROR: ")
            assert b"OK" not in answer.body


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


class Asker:
    """A program at ``/getsms``, down to the octets that it reads."""

    def __init__(self, it: Stage, token: str) -> None:
        self._door = ("127.0.0.1", it.web.port)
        said = "".join(f"{name}: {value}\r\n" for name, value in basic(token).items())
        self._request = f"GET /getsms HTTP/1.1\r\nHost: localhost\r\n{said}\r\n".encode()
        self._sock = socket.socket()

    async def ask(self) -> None:
        self._sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(self._sock, self._door)
        await asyncio.get_running_loop().sock_sendall(self._sock, self._request)

    async def is_answered(self) -> None:
        """Return when something of the answer is here, without reading it."""
        loop, here = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._sock, here.set)
        async with asyncio.timeout(PATIENCE):
            await here.wait()
        loop.remove_reader(self._sock)

    async def read(self, octets: int) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self._sock, octets)

    def die(self) -> None:
        """What the kernel does for a program that is killed."""
        self._sock.close()


async def taken(it: Stage, token: str) -> str:
    """The text that is handed out next, as soon as one is."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await it.web.ask("GET", "/getsms", headers=basic(token))
            if answer.json["Text"]:
                return str(answer.json["Text"])
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("moment", ["asked", "answered", "half read"])
async def test_who_dies_before_the_answer_is_read_gets_the_message_again(
    tmp_path: Path, moment: str
) -> None:
    async with stage(tmp_path, "gammu-gateway") as it:
        token = it.web.token()
        await it.web.ask("GET", "/getsms", headers=basic(token))
        await it.received("hello")
        asker = Asker(it, token)
        await asker.ask()
        if moment != "asked":
            await asker.is_answered()
        if moment == "half read":
            assert len(await asker.read(100)) == 100
        asker.die()
        assert await taken(it, token) == "hello"


async def test_who_has_read_the_answer_and_dies_does_not_get_it_again(tmp_path: Path) -> None:
    async with stage(tmp_path, "gammu-gateway") as it:
        token = it.web.token()
        await it.web.ask("GET", "/getsms", headers=basic(token))
        first = await it.received("hello")
        await it.received("world")
        asker = Asker(it, token)
        await asker.ask()
        octets = b""
        while piece := await asker.read(4096):
            octets += piece
        asker.die()
        assert b"hello" in octets
        await it.client.call("messages.wait", id=first["id"], state="handled", timeout=PATIENCE)
        assert await taken(it, token) == "world"


async def test_who_has_the_answer_and_stays_does_not_get_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_line, "PATIENCE", 0.1)
    async with stage(tmp_path, "gammu-gateway") as it:
        token = it.web.token()
        await it.web.ask("GET", "/getsms", headers=basic(token))
        first = await it.received("hello")
        asker = Asker(it, token)
        await asker.ask()
        await it.client.call("messages.wait", id=first["id"], state="handled", timeout=PATIENCE)
        asker.die()


@pytest.mark.parametrize("surface", ["smseagle", "playsms", "kannel", "massenversand"])
async def test_no_log_line_has_the_token(
    tmp_path: Path, surface: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {
        "smseagle": "/http_api/send_sms?access_token={}&to=%2B33612345678&message=hi",
        "playsms": "/index.php?app=ws&u=a&op=pv&h={}&to=%2B33612345678&msg=hi",
        "massenversand": "/massenversand?authToken={}&receiver=%2B33612345678&msg=hi",
        "kannel": "/cgi-bin/sendsms?user=a&pass={}&to=%2B33612345678&text=hi",
    }
    async with stage(tmp_path, surface) as it:
        token = it.web.token()
        with caplog.at_level(logging.DEBUG):
            await it.web.ask("GET", paths[surface].format(token))

            async def defect(*_: Any, **__: Any) -> None:
                raise ZeroDivisionError

            monkeypatch.setattr("gsmd.gateways.web.compat.visit.Visit.carry_out", defect)
            answer = await it.web.ask("GET", paths[surface].format(token))
        assert answer.status in {200, 500}, answer
        assert "ZeroDivisionError" in caplog.text
        assert token not in caplog.text


async def test_surfaces_that_are_not_named_are_not_there(tmp_path: Path) -> None:
    async with stage(tmp_path, "kannel") as it:
        for path in ("/2010-04-01/Accounts/AC/Messages.json", "/3rdparty/v1/health", "/getsms"):
            assert (await it.web.ask("GET", path)).status in {303, 401, 404}, path
        assert isinstance(it, Stage)
