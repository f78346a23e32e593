"""The topics, and what each means: zigbee2mqtt's conventions, beneath the base topic."""

from gsmd.gateways.mqtt.wire import Publication

HOME_ASSISTANT = "homeassistant"
"""Where Home Assistant looks for devices, and says when it starts."""

RESERVED = frozenset({"bridge", "send", "sent", "device"})
"""Words that stand where a modem's name does: no modem may be called so."""


class Topics:
    """All topics beneath ``base``. Names of modems and devices fit into a topic: the configuration sees to that."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.state = f"{base}/bridge/state"
        self.info = f"{base}/bridge/info"
        self.modems = f"{base}/bridge/modems"
        self.event = f"{base}/bridge/event"
        self.send = f"{base}/send"
        self.sent = f"{base}/sent"
        self.home_assistant = f"{HOME_ASSISTANT}/status"

    def subscriptions(self, *, discovery: bool, devices: bool) -> list[str]:
        """What the gateway hears."""
        found = [f"{self.base}/bridge/request/#", self.send, f"{self.send}/+"]
        if devices:
            found += [f"{self.base}/device/+/command", f"{self.base}/+/command/+"]
        if discovery:
            found.append(self.home_assistant)
        return found

    def response(self, method: str) -> str:
        """Where a method's answer goes."""
        return f"{self.base}/bridge/response/{method}"

    def modem(self, name: str) -> str:
        """Where a modem's state is retained."""
        return f"{self.base}/{name}"

    def availability(self, name: str) -> str:
        """Where it says whether a modem can be used."""
        return f"{self.base}/{name}/availability"

    def received(self, name: str) -> str:
        """Where what comes in on a modem is published."""
        return f"{self.base}/{name}/received"

    def keyword(self, name: str) -> str:
        """Where the first words of texts are published."""
        return f"{self.base}/{name}/keyword"

    def data(self, name: str, port: int) -> str:
        """Where the octets of data messages to a port are published."""
        return f"{self.base}/{name}/data/{port}"

    def device(self, name: str) -> str:
        """Where the state of a device behind SMS is retained."""
        return f"{self.base}/device/{name}"

    def command(self, name: str) -> str:
        """Where a device behind SMS is told what to do."""
        return f"{self.base}/device/{name}/command"

    def method(self, publication: Publication) -> str | None:
        """The method that is asked for; None if this is no request."""
        begin = f"{self.base}/bridge/request/"
        return publication.topic[len(begin) :] if publication.topic.startswith(begin) else None

    def levels(self, publication: Publication) -> list[str]:
        """The levels of a topic beneath the base; none if it is not beneath it."""
        begin = f"{self.base}/"
        if not publication.topic.startswith(begin):
            return []
        return publication.topic[len(begin) :].split("/")

    def may_answer_at(self, topic: str) -> bool:
        """A response topic that a request may name: none where an answer could be taken for another thing."""
        outside = not any(
            topic == each or topic.startswith(f"{each}/") for each in (self.base, HOME_ASSISTANT)
        )
        return (
            outside and bool(topic) and not topic.startswith("$") and not set("+#\0") & set(topic)
        )
