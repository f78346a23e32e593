"""The configuration: one YAML file, read into frozen values, refused with file, line, key and what was expected."""

from gsmd.config.durations import parse_duration
from gsmd.config.errors import ConfigError, Impossible, Problem
from gsmd.config.loading import Accounts, load, parse
from gsmd.config.model import (
    AccessRule,
    Backoff,
    Config,
    HandlerConfig,
    InboundConfig,
    Limits,
    LogConfig,
    Match,
    MatchRule,
    MetricsConfig,
    ModemConfig,
    OutboundConfig,
    Retry,
    Role,
    Route,
    SocketConfig,
)

__all__ = [
    "AccessRule",
    "Accounts",
    "Backoff",
    "Config",
    "ConfigError",
    "HandlerConfig",
    "Impossible",
    "InboundConfig",
    "Limits",
    "LogConfig",
    "Match",
    "MatchRule",
    "MetricsConfig",
    "ModemConfig",
    "OutboundConfig",
    "Problem",
    "Retry",
    "Role",
    "Route",
    "SocketConfig",
    "load",
    "parse",
    "parse_duration",
]
