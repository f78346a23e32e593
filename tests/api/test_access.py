"""Who may do what, by the uid and the groups that the kernel knows of the other end."""

import asyncio
import grp
import json
import os
import pwd
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from gsmd.api.access import Access, Caller, caller_of
from gsmd.api.server import Server
from gsmd.config import AccessRule, SocketConfig
from gsmd.protocol.method import Role
from tests.api.fake_backend import FakeBackend

READ, SEND, HANDLE, CARRY, ADMIN = (
    Role.READ,
    Role.SEND,
    Role.HANDLE,
    Role.CARRY,
    Role.ADMIN,
)
EVERYTHING = set(Role)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs to be root to become others")

GROUP = next(entry for entry in grp.getgrall() if entry.gr_name == "daemon")
OTHER_GROUP = next(entry for entry in grp.getgrall() if entry.gr_name == "games")
USER = pwd.getpwnam("nobody")
OTHER_USER = pwd.getpwnam("games")


def caller(uid: int, *groups: int) -> Caller:
    return Caller(1, uid, frozenset(groups))


def test_usually_root_and_our_own_user_may_do_everything() -> None:
    access = Access(None, socket_group=5000)
    assert access.roles(caller(0)) == EVERYTHING
    assert access.roles(caller(os.geteuid())) == EVERYTHING


def test_usually_members_of_the_sockets_group_may_read_send_and_handle() -> None:
    access = Access(None, socket_group=5000)
    assert access.roles(caller(54321, 1, 5000)) == {READ, SEND, HANDLE}
    assert access.roles(caller(54321, 1, 2)) == set()


def test_usually_who_has_carriers_to_serve_may_carry_if_they_exist() -> None:
    access = Access(None, socket_group=5000, carries=(USER.pw_name, "nobody of this name"))
    assert access.roles(caller(USER.pw_uid)) == {CARRY}
    assert access.roles(caller(USER.pw_uid, 5000)) == {READ, SEND, HANDLE, CARRY}
    rules = [AccessRule(user=OTHER_USER.pw_name, may=(READ,))]
    access = Access(rules, socket_group=5000, carries=(USER.pw_name,))
    assert access.roles(caller(USER.pw_uid)) == set()


def test_rules_take_the_place_of_what_is_usual_and_add_up() -> None:
    access = Access(
        [
            AccessRule(user=USER.pw_name, may=(READ,)),
            AccessRule(group=GROUP.gr_name, may=(SEND,)),
            AccessRule(user=USER.pw_name, may=(HANDLE,)),
        ],
        socket_group=5000,
    )
    assert access.roles(caller(0, 5000)) == set()
    assert access.roles(caller(USER.pw_uid)) == {READ, HANDLE}
    assert access.roles(caller(USER.pw_uid, GROUP.gr_gid)) == {READ, HANDLE, SEND}
    assert access.roles(caller(54321, GROUP.gr_gid)) == {SEND}


def test_admin_implies_the_rest() -> None:
    access = Access([AccessRule(group=GROUP.gr_name, may=(ADMIN,))], socket_group=5000)
    assert access.roles(caller(54321, GROUP.gr_gid)) == EVERYTHING


@pytest.mark.parametrize("whom", [{"user": "no-such-user"}, {"group": "no-such-group"}])
def test_a_rule_about_nobody_is_an_error(whom: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        Access([AccessRule(**whom, may=(READ,))], socket_group=5000)


def test_the_kernel_says_who_is_there() -> None:
    ours, theirs = socket.socketpair()
    found = caller_of(ours)
    assert (found.pid, found.uid) == (os.getpid(), os.getuid())
    assert found.groups == {os.getgid(), *os.getgroups()}
    ours.close()
    theirs.close()


def test_an_older_kernel_leaves_the_groups_of_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old(socket.socket):
        def getsockopt(self, level: int, name: int, size: int = 0) -> Any:
            if name == 59:
                raise OSError
            return super().getsockopt(level, name, size)

    ours, theirs = socket.socketpair()
    old = Old(fileno=ours.detach())
    monkeypatch.setattr(os, "getgrouplist", lambda *_: [7, 8])
    assert {7, 8} <= caller_of(old).groups
    old.close()
    theirs.close()


def test_somebody_without_an_account_is_a_number() -> None:
    assert caller(54321).name == "54321"


CLIENT = """
import json, os, socket, sys
path, uid, gid, groups, lines = json.loads(sys.argv[1])
os.setgroups(groups)
os.setgid(gid)
os.setuid(uid)
sock = socket.socket(socket.AF_UNIX)
try:
    sock.connect(path)
except PermissionError:
    print(json.dumps("the file refuses"))
    sys.exit()
answers = []
stream = sock.makefile("rw")
for line in lines:
    stream.write(json.dumps(line) + "\\n")
    stream.flush()
    answers.append(json.loads(stream.readline()))
print(json.dumps(answers))
"""


def calls(*methods: str) -> list[dict[str, Any]]:
    params: dict[str, Any] = {
        "messages.send": {"to": "+331", "text": "x"},
        "messages.get": {"id": "none"},
        "inbox.subscribe": {"handler": "crm"},
        "modems.at": {"modem": "north", "command": "AT"},
        "modems.reset": {"modem": "north"},
        "modems.unlock": {"modem": "north"},
        "store.purge": {"older_than": "90d"},
        "store.backup": {"path": "/tmp/x"},
    }
    return [
        {"jsonrpc": "2.0", "id": 1, "method": method, "params": params.get(method, {})}
        for method in methods
    ]


async def ask_as(path: Path, uid: int, gid: int, groups: list[int], *methods: str) -> Any:
    """What another user gets: ``ok`` or the error's code, per method."""
    argument = json.dumps([str(path), uid, gid, groups, calls(*methods)])
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CLIENT, argument, stdout=subprocess.PIPE
    )
    out, _ = await client.communicate()
    answers = json.loads(out)
    if isinstance(answers, str):
        return answers
    return ["ok" if "result" in answer else answer["error"] for answer in answers]


@pytest.fixture
def shared() -> Iterator[Path]:
    """A directory that anybody may enter. Those of pytest are closed again by every run of it."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
async def public(backend: FakeBackend, shared: Path) -> AsyncIterator[Server]:
    """A server whose file anybody may open, so that only its own rules count."""
    config = SocketConfig(path=shared / "s", group=GROUP.gr_name, mode=0o666)
    server = Server(backend, config)
    await server.start()
    yield server
    await server.close(grace=1)


@as_root
async def test_somebody_without_rights_is_refused_everything_with_the_reason(
    public: Server,
) -> None:
    refusals = await ask_as(
        public.path,
        USER.pw_uid,
        OTHER_GROUP.gr_gid,
        [],
        "server.info",
        "messages.send",
        "modems.at",
        "no.such.method",
    )
    for refusal in refusals:
        assert refusal["code"] == 4
        assert refusal["data"] == {"reason": "no_access"}
        assert USER.pw_name in refusal["message"]


@as_root
@pytest.mark.parametrize("supplementary", [False, True])
async def test_a_member_of_the_group_may_use_it_but_not_run_it(
    public: Server, supplementary: bool
) -> None:
    gid, groups = (GROUP.gr_gid, []) if not supplementary else (OTHER_GROUP.gr_gid, [GROUP.gr_gid])
    may = ("server.info", "messages.send", "messages.list", "inbox.subscribe", "modems.list")
    assert await ask_as(public.path, USER.pw_uid, gid, groups, *may) == ["ok"] * len(may)
    may_not = ("modems.at", "modems.reset", "modems.unlock", "store.purge", "store.backup")
    for refusal in await ask_as(public.path, USER.pw_uid, gid, groups, *may_not):
        assert refusal["code"] == 4
        assert refusal["data"] == {"reason": "missing_role", "role": "admin"}


@as_root
async def test_root_may_do_everything(public: Server) -> None:
    may = ("messages.send", "modems.at", "modems.reset", "store.purge")
    assert await ask_as(public.path, 0, 0, [], *may) == ["ok"] * len(may)


@as_root
async def test_the_rules_of_the_configuration_hold_for_real_users(public: Server) -> None:
    public.grant(
        [
            AccessRule(user=USER.pw_name, may=(SEND,)),
            AccessRule(group=OTHER_GROUP.gr_name, may=(READ,)),
        ]
    )
    methods = ("messages.send", "messages.list", "inbox.subscribe")
    sender = await ask_as(public.path, USER.pw_uid, GROUP.gr_gid, [], *methods)
    assert [one if one == "ok" else one["code"] for one in sender] == ["ok", 4, 4]
    reader = await ask_as(public.path, OTHER_USER.pw_uid, OTHER_GROUP.gr_gid, [], *methods)
    assert [one if one == "ok" else one["code"] for one in reader] == [4, "ok", 4]
    root = await ask_as(public.path, 0, 0, [], *methods)
    assert [one["code"] for one in root if isinstance(one, dict)] == [4, 4, 4]


@as_root
async def test_the_file_itself_keeps_strangers_out(backend: FakeBackend, shared: Path) -> None:
    config = SocketConfig(path=shared / "s", group=GROUP.gr_name)
    server = Server(backend, config)
    await server.start()
    stranger = await ask_as(server.path, USER.pw_uid, OTHER_GROUP.gr_gid, [], "server.info")
    member = await ask_as(server.path, USER.pw_uid, GROUP.gr_gid, [], "server.info")
    assert (stranger, member) == ("the file refuses", ["ok"])
    await server.close()
