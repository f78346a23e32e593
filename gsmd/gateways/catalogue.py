"""Which gateways there are: a line each. A module is imported when its gateway is wanted, never before."""

from importlib import import_module

from gsmd.config import Config, ConfigError, Problem
from gsmd.gateways.gateway import Gateway, Surroundings

GATEWAYS: dict[str, str] = {
    "web": "gsmd.gateways.web.gateway",
    "smpp": "gsmd.gateways.smpp.gateway",
    "mqtt": "gsmd.gateways.mqtt.gateway",
    "mail": "gsmd.gateways.mail.gateway",
    "fleet": "gsmd.gateways.fleet.gateway",
}
"""The name of each, which its section, its command and its extra share, and the module that has its ``build``."""


PACKAGES: dict[str, tuple[str, ...]] = {
    "web": ("starlette", "uvicorn", "h11", "jinja2", "argon2"),
    "smpp": (),
    "mqtt": ("gmqtt",),
    "mail": ("aiosmtpd", "aiosmtplib"),
    "fleet": ("nats",),
}
"""What each imports of others: the extra of its name brings it."""


def configured(config: Config) -> list[str]:
    """The names of those whose section the configuration has, in the order of the catalogue."""
    return [name for name in GATEWAYS if getattr(config, name) is not None]


def section_missing(name: str, source: str) -> ConfigError:
    """The error of a gateway without its section."""
    expected = f"a section {name}; `{name}: {{}}` has every default"
    return ConfigError(Problem(source, None, name, expected, "none"))


def nothing_configured(source: str) -> ConfigError:
    """The error where all gateways that are configured are wanted, and none is."""
    expected = f"a section of a gateway: {', '.join(GATEWAYS)}"
    return ConfigError(Problem(source, None, "", expected, "none"))


def build(name: str, config: Config, surroundings: Surroundings) -> Gateway:
    """The gateway of that name. Errors: `ConfigError`, for packages that are not installed too; `CannotServe`."""
    try:
        module = import_module(GATEWAYS[name])
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "gsmd":
            raise  # a defect of ours
        expected = f"the package {error.name} beside gsmd (pip install 'gsmd[{name}]')"
        raise ConfigError(Problem("gsmd", None, name, expected, str(error))) from error
    gateway: Gateway = module.build(config, surroundings)
    return gateway
