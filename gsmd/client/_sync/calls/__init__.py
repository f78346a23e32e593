# Generated from gsmd/client/_async/calls/__init__.py by .ci/generate: do not edit.
"""Every typed call: those of the client itself, and the groups that are called like their noun."""

from gsmd.client._sync.calls.blocks import BlocksCalls
from gsmd.client._sync.calls.campaigns import CampaignsCalls
from gsmd.client._sync.calls.carriers import CarriersCalls
from gsmd.client._sync.calls.consents import ConsentsCalls
from gsmd.client._sync.calls.contests import ContestsCalls
from gsmd.client._sync.calls.conversations import ConversationsCalls
from gsmd.client._sync.calls.conversions import ConversionsCalls
from gsmd.client._sync.calls.forms import FormsCalls
from gsmd.client._sync.calls.gateways import GatewaysCalls
from gsmd.client._sync.calls.handlers import HandlersCalls
from gsmd.client._sync.calls.inbox import InboxCalls
from gsmd.client._sync.calls.keywords import KeywordsCalls
from gsmd.client._sync.calls.lists import ListsCalls
from gsmd.client._sync.calls.messages import MessagesCalls
from gsmd.client._sync.calls.modems import ModemsCalls
from gsmd.client._sync.calls.optout import OptoutCalls
from gsmd.client._sync.calls.people import PeopleCalls
from gsmd.client._sync.calls.polls import PollsCalls
from gsmd.client._sync.calls.selftest import SelftestCalls
from gsmd.client._sync.calls.server import ServerCalls
from gsmd.client._sync.calls.stats import StatsCalls
from gsmd.client._sync.calls.verify import VerifyCalls
from gsmd.client._sync.connections import Connections


class TypedCalls(
    ServerCalls,
    MessagesCalls,
    InboxCalls,
    HandlersCalls,
    ModemsCalls,
    StatsCalls,
    SelftestCalls,
):
    """The typed calls of a client, by subject, over its connections."""

    def __init__(self, connections: Connections) -> None:
        super().__init__(connections)
        self.carriers = CarriersCalls(connections)
        self.gateways = GatewaysCalls(connections)
        self.optout = OptoutCalls(connections)
        self.blocks = BlocksCalls(connections)
        self.keywords = KeywordsCalls(connections)
        self.lists = ListsCalls(connections)
        self.consents = ConsentsCalls(connections)
        self.campaigns = CampaignsCalls(connections)
        self.conversions = ConversionsCalls(connections)
        self.polls = PollsCalls(connections)
        self.forms = FormsCalls(connections)
        self.contests = ContestsCalls(connections)
        self.verify = VerifyCalls(connections)
        self.people = PeopleCalls(connections)
        self.conversations = ConversationsCalls(connections)
