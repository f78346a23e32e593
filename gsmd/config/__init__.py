"""The configuration: one YAML file, read into frozen values, refused with file, line, key and what was expected."""

from gsmd.config.backoff import Backoff, Retry
from gsmd.config.contests import ContestConfig
from gsmd.config.durations import parse_duration
from gsmd.config.errors import ConfigError, Impossible, Problem
from gsmd.config.forms import FormConfig, QuestionConfig
from gsmd.config.handlers import HandlerConfig, HandlerSettings, MatchRule
from gsmd.config.loading import Accounts, Kinds, load, parse
from gsmd.config.model import (
    AccessRule,
    CarrierConfig,
    Config,
    CreditConfig,
    InboundConfig,
    Limits,
    LogConfig,
    Match,
    MetricsConfig,
    ModemConfig,
    OutboundConfig,
    Route,
    SocketConfig,
)
from gsmd.config.twoway import (
    CannedText,
    DeskConfig,
    DeskRow,
    GuardConfig,
    Keyword,
    KeywordsConfig,
    OptOutConfig,
    PollConfig,
    PollOption,
    RedactConfig,
    SelftestConfig,
    VerifyConfig,
)

__all__ = [
    "AccessRule",
    "Accounts",
    "Backoff",
    "CannedText",
    "CarrierConfig",
    "Config",
    "ConfigError",
    "ContestConfig",
    "CreditConfig",
    "DeskConfig",
    "DeskRow",
    "FormConfig",
    "GuardConfig",
    "HandlerConfig",
    "HandlerSettings",
    "Impossible",
    "InboundConfig",
    "Keyword",
    "KeywordsConfig",
    "Kinds",
    "Limits",
    "LogConfig",
    "Match",
    "MatchRule",
    "MetricsConfig",
    "ModemConfig",
    "OptOutConfig",
    "OutboundConfig",
    "PollConfig",
    "PollOption",
    "Problem",
    "QuestionConfig",
    "RedactConfig",
    "Retry",
    "Route",
    "SelftestConfig",
    "SocketConfig",
    "VerifyConfig",
    "load",
    "parse",
    "parse_duration",
]
