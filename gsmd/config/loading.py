"""From a file to a `Config`, or to every reason why not."""

import grp
import pwd
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from gsmd.config import document
from gsmd.config.errors import ConfigError, Problem
from gsmd.config.handlers import HandlerSettings
from gsmd.config.model import Config
from gsmd.config.reader import Reader
from gsmd.words import keyword


def _exists(look_up: Callable[[str], object], name: str) -> bool:
    try:
        look_up(name)
    except KeyError:
        return False
    return True


class Accounts(msgspec.Struct, frozen=True):
    """The users and groups that exist; by default those of this machine."""

    has_user: Callable[[str], bool] = lambda name: _exists(pwd.getpwnam, name)
    has_group: Callable[[str], bool] = lambda name: _exists(grp.getgrnam, name)


Kinds = Sequence[type[HandlerSettings]]
"""The kinds of handlers that a file may name, each by the struct of its keys."""


def load(path: Path | str, kinds: Kinds, *, accounts: Accounts | None = None) -> Config:
    """The configuration in the file. Errors: `ConfigError`, with all mistakes at once."""
    source = str(path)
    try:
        octets = Path(path).read_bytes()
        text = octets.decode()
    except OSError as error:
        raise ConfigError(
            Problem(source, None, "", "a readable file", error.strerror or "")
        ) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            Problem(source, line, "", "UTF-8", f"octet {error.object[error.start]:#04x}")
        ) from error
    return parse(text, source, kinds, accounts=accounts)


def parse(text: str, source: str, kinds: Kinds, *, accounts: Accounts | None = None) -> Config:
    """The configuration in ``text``; ``source`` is the file's name in errors. Errors: `ConfigError`."""
    root, problems = document.read(text, source)
    if root is None:
        raise ConfigError(Problem(source, 1, "modems", "a value: it is required", "an empty file"))
    reader = Reader(source, kinds)
    config = reader.struct(root, Config)
    told = {problem.key for problem in problems}
    problems = [*problems, *(problem for problem in reader.problems if problem.key not in told)]
    if config is not None and not problems:
        problems = [
            Problem(source, document.line_of(root, path), _written(path), expected, found)
            for path, expected, found in _check(config, accounts or Accounts())
        ]
    if config is None or problems:
        raise ConfigError(*sorted(problems, key=lambda problem: problem.line or 0))
    return config


Finding = tuple[tuple[str | int, ...], str, str]
"""A mistake: its place, what was expected, what was found."""


def _check(config: Config, accounts: Accounts) -> Iterable[Finding]:
    """Mistakes that no part of the configuration can see alone."""
    yield from _modems(config)
    yield from _references(config)
    yield from _routes(config)
    yield from _handlers(config)
    yield from _two_way(config)
    yield from _keywords(config)
    yield from _accounts(config, accounts)
    if any((config.web, config.smpp, config.mqtt, config.mail, config.fleet)):
        from gsmd.config.gateways import check

        yield from check(config)
    yield from _country(config)


def _modems(config: Config) -> Iterable[Finding]:
    programs = {carrier.name for carrier in config.programs}
    if not config.modems and not any(
        programs.intersection(route.modems) for route in config.routes
    ):
        yield ("modems",), "at least one modem, or a route that names a carrier", "none"
    names = [modem.name for modem in config.modems]
    for index, carrier in enumerate(config.carriers):
        before = [*names, *(each.name for each in config.carriers[:index])]
        if carrier.name in before:
            expected = "a name no modem and no other carrier has"
            yield ("carriers", index, "name"), expected, carrier.name
    for index in _repeated(names):
        yield ("modems", index, "name"), "a name no other modem has", names[index]
    for key in ("port", "match"):
        places = [getattr(modem, key) for modem in config.modems]
        for index in _repeated(places):
            first = names[places.index(places[index])]
            yield ("modems", index, key), "one of its own", f"the one of {first}"


def _references(config: Config) -> Iterable[Finding]:
    names = [modem.name for modem in config.modems]
    expected = f"the name of a modem ({', '.join(names)})"
    programs = [carrier.name for carrier in config.programs]
    all_ = [*names, *programs]
    either = f"the name of a modem or a carrier ({', '.join(all_)})" if programs else expected
    for index, route in enumerate(config.routes):
        for place, name in enumerate(route.modems):
            if name not in all_:
                yield ("routes", index, "modems", place), either, name
    for index, handler in enumerate(config.handlers):
        for place, name in enumerate((handler.match and handler.match.modem) or ()):
            if name not in all_:
                yield ("handlers", index, "match", "modem", place), either, name
    for index, test in enumerate(config.selftest):
        for key, name in (("from", test.from_), ("to", test.to)):
            if name not in names:
                yield ("selftest", index, key), expected, name


def _routes(config: Config) -> Iterable[Finding]:
    """Routes that no message could ever take."""
    for index in _repeated([route.to for route in config.routes]):
        yield ("routes", index, "to"), "each beginning once", config.routes[index].to
    resting = {modem.name for modem in config.modems if not modem.enabled}
    for index, route in enumerate(config.routes):
        if resting.issuperset(route.modems):
            yield (
                ("routes", index, "modems"),
                "at least one modem that is enabled",
                ", ".join(route.modems),
            )


def _handlers(config: Config) -> Iterable[Finding]:
    names = [handler.name for handler in config.handlers]
    for index in _repeated(names):
        yield ("handlers", index, "name"), "a name no other handler has", names[index]
    for index, name in enumerate(names):
        if name.startswith("gsmd."):
            yield ("handlers", index, "name"), "a name that does not begin with gsmd.", name


def _two_way(config: Config) -> Iterable[Finding]:
    lists = [each.name for each in config.lists]
    for index in _repeated(lists):
        yield ("lists", index, "name"), "a name no other list has", lists[index]
    polls = [poll.name for poll in config.polls]
    for index in _repeated(polls):
        yield ("polls", index, "name"), "a name no other poll has", polls[index]
    forms = [form.name for form in config.forms]
    for index in _repeated(forms):
        yield ("forms", index, "name"), "a name no other form has", forms[index]
    contests = [contest.name for contest in config.contests]
    for index in _repeated(contests):
        yield ("contests", index, "name"), "a name no other contest has", contests[index]
    handlers = [handler.name for handler in config.handlers]
    for index, name in enumerate(config.redact.handlers):
        if name not in handlers:
            yield (
                ("redact", "handlers", index),
                f"the name of a handler ({', '.join(handlers)})",
                name,
            )


def _keywords(config: Config) -> Iterable[Finding]:
    for path, word in _every_keyword(config):
        if not keyword(word):
            yield path, "a word that can be seen", ascii(word)
    rows = config.keywords.table
    before: set[str] = set()
    for index, row in enumerate(rows):
        for place, word in enumerate(row.word):
            if keyword(word) in before:
                yield ("keywords", "table", index, "word", place), "each word once", word
        before.update(map(keyword, row.word))
    for place, word in enumerate(config.keywords.help):
        if keyword(word) in before:
            yield ("keywords", "help", place), "a word that is in no row of the table", word


def _every_keyword(config: Config) -> Iterable[tuple[tuple[str | int, ...], str]]:
    """Each word that a text may begin with, and where it stands."""
    for index, row in enumerate(config.keywords.table):
        for place, word in enumerate(row.word):
            yield ("keywords", "table", index, "word", place), word
    for place, word in enumerate(config.keywords.help):
        yield ("keywords", "help", place), word
    for index, handler in enumerate(config.handlers):
        for place, word in enumerate((handler.match and handler.match.keyword) or ()):
            yield ("handlers", index, "match", "keyword", place), word


def _accounts(config: Config, accounts: Accounts) -> Iterable[Finding]:
    group = config.socket.group
    if group is not None and not accounts.has_group(group):
        yield ("socket", "group"), "a group of this machine", group
    for index, rule in enumerate(config.access or ()):
        if rule.group is not None and not accounts.has_group(rule.group):
            yield ("access", index, "group"), "a group of this machine", rule.group
        if rule.user is not None and not accounts.has_user(rule.user):
            yield ("access", index, "user"), "a user of this machine", rule.user


def _country(config: Config) -> Iterable[Finding]:
    country = config.outbound.country
    if country is None:
        return
    import phonenumbers

    if country not in phonenumbers.SUPPORTED_REGIONS:
        yield ("outbound", "country"), 'an ISO 3166 country, like "FR"', country


def _repeated(values: list[object] | list[str]) -> Iterable[int]:
    """The indexes of values that stand further up already; None does not count."""
    for index, value in enumerate(values):
        if value is not None and value in values[:index]:
            yield index


def _written(path: tuple[str | int, ...]) -> str:
    """The path as it is written for people: ``modems[0].port``."""
    return "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in path
    ).removeprefix(".")
