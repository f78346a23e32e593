"""What each gateway may have to do at the socket: the roles that its user needs."""

from gsmd.config import Config
from gsmd.protocol.method import Role

USUAL = frozenset({Role.READ, Role.SEND, Role.HANDLE})


def needed(name: str, config: Config) -> frozenset[Role]:
    """The roles without which this gateway, as it is configured, cannot do its work."""
    if name == "mqtt" and config.mqtt is not None:
        return frozenset(config.mqtt.may) - {Role.ADMIN}
    if name == "smpp" and config.smpp is not None:
        return (USUAL if config.smpp.accounts else frozenset()) | (
            {Role.CARRY} if config.smpp.providers else frozenset()
        )
    return USUAL


def rule(user: str, roles: frozenset[Role]) -> str:
    """The line of ``access`` that gives these to this user."""
    return f"{{user: {user}, may: [{', '.join(sorted(roles))}]}}"
