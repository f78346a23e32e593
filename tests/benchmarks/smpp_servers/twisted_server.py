"""smpp.twisted3's server (Jasmin's engine): every submit_sm is answered at once, and nothing is kept. ``PORT``."""

import sys
from typing import Any

from smpp.pdu import pdu_types
from smpp.twisted.config import SMPPServerConfig
from smpp.twisted.protocol import DataHandlerResponse
from smpp.twisted.server import SMPPServerFactory
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import IRealm, Portal
from twisted.internet import reactor
from zope.interface import implementer


@implementer(IRealm)
class Realm:
    """Everybody is somebody."""

    def requestAvatar(self, avatar: Any, mind: Any, *interfaces: Any) -> Any:  # noqa: N802 -- twisted's name
        del mind
        return interfaces[0], avatar, lambda: None


def taken(system_id: Any, smpp: Any, pdu: Any) -> Any:
    del system_id, smpp, pdu
    return DataHandlerResponse(pdu_types.CommandStatus.ESME_ROK, message_id="1")


def main() -> None:
    checker = InMemoryUsernamePasswordDatabaseDontUse()
    for name in ("crm", b"crm"):
        checker.addUser(name, "secret" if isinstance(name, str) else b"secret")
    config = SMPPServerConfig(msgHandler=taken, systems={"crm": {"max_bindings": 4}})
    factory = SMPPServerFactory(config, auth_portal=Portal(Realm(), [checker]))
    reactor.listenTCP(int(sys.argv[1]), factory, interface="127.0.0.1")
    reactor.run()


if __name__ == "__main__":
    main()
