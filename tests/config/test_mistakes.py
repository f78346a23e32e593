"""Files that are wrong: each mistake is told with its line, its key and what was expected."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gsmd.config import ConfigError, Impossible, ModemConfig, Problem, load, parse
from gsmd.config.document import MAX_OCTETS
from gsmd.handler_kinds import HANDLER_KINDS
from tests.config.samples import ACCOUNTS, MODEM, read, refused


@pytest.mark.parametrize(
    ("text", "line", "key", "said"),
    [
        # unknown keys
        ("modems:\n- name: m\n  prot: /dev/x\n", 3, "modems[0].prot", "did you mean port?"),
        (MODEM + "handler: []\n", 2, "handler", "did you mean handlers?"),
        (MODEM + "inbound:\n  Retention: 1d\n", 3, "inbound.Retention", "did you mean retention?"),
        (MODEM + "colour: red\n", 2, "colour", "expected one of state_dir, socket"),
        (MODEM + "? [a, b]\n: 1\n", 2, "", "keys that are plain words"),
        # keys given twice
        (MODEM + "modems: []\n", 2, "modems", "each key once; the first is on line 1"),
        ("modems:\n- name: a\n  name: b\n  port: /dev/x\n", 3, "modems[0].name", "on line 2"),
        # what is missing
        ("{}\n", 1, "modems", "required"),
        ("modems: []\n", 1, "modems", "at least one modem, or a route that names a carrier"),
        ("modems:\n- port: /dev/ttyUSB0\n", 2, "modems[0].name", "required"),
        (MODEM + "access:\n- user: root\n", 3, "access[0].may", "required"),
        # the wrong shape
        ("modems: /dev/ttyUSB0\n", 1, "modems", "'/dev/ttyUSB0', expected a list"),
        ("modems: [/dev/ttyUSB0]\n", 1, "modems[0]", "expected keys and values (name, port"),
        ("- modems\n", 1, "", "a list, expected keys and values"),
        ("modems\n", 1, "", "expected keys and values"),
        (MODEM + "socket: {group: {a: b}}\n", 2, "socket.group", "keys and values, expected the name"),
        (MODEM + "socket: {path: {a: b}}\n", 2, "socket.path", "keys and values, expected an absolute"),
        (MODEM + "handlers: [{name: h, socket: true, match: {regex: 5}}]\n", 2, "handlers[0].match.regex", "5, expected a regular expression"),
        (MODEM + "routes: [{to: '*', modems: []}]\n", 2, "routes[0].modems", "at least one modem"),
        (MODEM + "socket: {group: [gsmd]}\n", 2, "socket.group", "a list, expected"),
        (MODEM + "log: {level: }\n", 2, "log.level", "nothing, expected one of debug, info"),
        # what YAML takes for something else
        ("modems:\n- name: m\n  port: /dev/x\n  smsc: +33609001390\n", 4, "modems[0].smsc", 'write "+33609001390"'),
        ("modems:\n- {name: 1, port: /dev/x}\n", 2, "modems[0].name", 'write "1"'),
        ("modems:\n- {name: m, match: {imei: 490154203237518}}\n", 2, "modems[0].match.imei", "in quotes"),
        (MODEM + "outbound: {country: NO}\n", 2, "outbound.country", 'for yes/no: write "NO"'),
        (MODEM + "handlers: [{name: h, socket: true, match: {keyword: ON}}]\n", 2, "handlers[0].match.keyword", 'write "ON"'),
        (MODEM + "routes: [{to: +33, modems: [m]}]\n", 2, "routes[0].to", 'write "+33"'),
        # impossible values
        (MODEM + "web: {hooks_allow: [nas.lan, 'https://nas.lan/']}\n", 2, "web.hooks_allow[1]", "an address or a network"),
        (MODEM + "web: {hooks_allow: [10.0.0.0/33]}\n", 2, "web.hooks_allow[0]", "an address or a network"),
        (MODEM + "web: {hooks_allow: [300.1.1.1]}\n", 2, "web.hooks_allow[0]", "an address or a network"),
        (MODEM + "inbound: {sweep_every: -1}\n", 2, "inbound.sweep_every", "-1, expected a duration"),
        (MODEM + "inbound: {sweep_every: 0}\n", 2, "inbound.sweep_every", "above 0"),
        (MODEM + "inbound: {sweep_every: .nan}\n", 2, "inbound.sweep_every", "a duration"),
        (MODEM + "inbound: {sweep_every: true}\n", 2, "inbound.sweep_every", "a duration"),
        (MODEM + "inbound: {sweep_every: 1:30}\n", 2, "inbound.sweep_every", "'1:30', expected a duration"),
        (MODEM + "outbound: {attempts: 0}\n", 2, "outbound.attempts", "1 or more"),
        (MODEM + "outbound: {attempts: 2.5}\n", 2, "outbound.attempts", "whole number"),
        (MODEM + "outbound: {report: 1}\n", 2, "outbound.report", "true or false"),
        (MODEM + "outbound: {country: XX}\n", 2, "outbound.country", "ISO 3166"),
        (MODEM + "outbound: {country: France}\n", 2, "outbound.country", "ISO 3166"),
        (MODEM + "outbound:\n  when_uncertain: resent\n", 3, "outbound.when_uncertain", "did you mean resend?"),
        (MODEM + "outbound:\n  retry:\n    first: 1h\n", 4, "outbound.retry.max", "no less than first"),
        (MODEM + "socket: {mode: 0660}\n", 2, "socket.mode", '0660, expected four octal digits in quotes, like "0660"'),
        (MODEM + "socket: {mode: 660}\n", 2, "socket.mode", "in quotes"),
        (MODEM + 'socket: {mode: "0999"}\n', 2, "socket.mode", "octal"),
        (MODEM + "socket: {path: gsmd.sock}\n", 2, "socket.path", "absolute path"),
        (MODEM + f"socket: {{path: /{'x' * 107}}}\n", 2, "socket.path", "at most 107 octets"),
        (MODEM + "log: {level: loud}\n", 2, "log.level", "one of debug, info, warning, error"),
        # what does not go together
        ("modems:\n- name: m\n", 2, "modems[0]", "exactly one of port and match"),
        ("modems:\n- {name: m, port: /dev/x, match: {imei: '490154203237518'}}\n", 2, "modems[0]", "exactly one of"),
        ("modems:\n- name: m\n  match: {interface: 2}\n", 3, "modems[0].match", "at least one of imei"),
        ("modems:\n- name: m\n  match: {imei: '490154203237518', interface: 2}\n", 3, "modems[0].match.interface", "usb beside it"),
        (MODEM + "access: [{user: root, group: gsmd, may: [read]}]\n", 2, "access[0]", "exactly one of user and group"),
        (MODEM + "access: [{user: root, may: []}]\n", 2, "access[0].may", "at least one of"),
        (MODEM + "access: [{user: root, may: [rule]}]\n", 2, "access[0].may[0]", "one of read, send, handle, carry, override, admin"),
        (MODEM + "handlers: [{name: h}]\n", 2, "handlers[0]", "exactly one of socket, run, post"),
        (MODEM + "handlers:\n- name: h\n  socket: true\n  run: [/bin/true]\n", 3, "handlers[0]", "exactly one of"),
        (MODEM + "handlers: [{name: h, socket: false}]\n", 2, "handlers[0]", "exactly one of"),
        (MODEM + "handlers: [{name: h, socket: true, secret_file: /x}]\n", 2, "handlers[0].secret_file", "a key of post, expected one of name, match, retry, socket, timeout"),
        (MODEM + "handlers:\n- name: h\n  forward: '+33600000099'\n  concurrency: 2\n", 5, "handlers[0].concurrency", "a key of run, post and notify, expected one of"),
        (MODEM + "handlers: [{name: h, run: [/bin/true], replay: true}]\n", 2, "handlers[0].replay", "did you mean reply?"),
        (MODEM + "handlers: [{name: h, socket: 1}]\n", 2, "handlers[0].socket", "true or false"),
        (MODEM + "handlers: [crm]\n", 2, "handlers[0]", "keys and values (name, match, retry, socket, run, post"),
        (MODEM + "handlers: [{name: h, run: /bin/balance -x}]\n", 2, "handlers[0].run", "there is no shell"),
        (MODEM + "handlers: [{name: h, run: [balance]}]\n", 2, "handlers[0].run", "absolute path"),
        (MODEM + "handlers: [{name: h, run: [/bin/sleep, 5]}]\n", 2, "handlers[0].run", "in quotes"),
        (MODEM + "handlers: [{name: h, post: ftp://x/y}]\n", 2, "handlers[0].post", "http://"),
        (MODEM + "handlers: [{name: h, socket: true, match: {regex: '('}}]\n", 2, "handlers[0].match.regex", "unterminated"),
        (MODEM + "handlers: [{name: h, socket: true, match: {keyword: []}}]\n", 2, "handlers[0].match.keyword", "at least one"),
        (MODEM + 'handlers: [{name: h, socket: true, match: {keyword: "\u200b"}}]\n', 2, "handlers[0].match.keyword[0]", "a word that can be seen"),
        (MODEM + "handlers: [{name: h, socket: true, match: {between: 21-8}}]\n", 2, "handlers[0].match.between", "a part of the day"),
        (MODEM + "handlers: [{name: h, socket: true, match: {between: '08:00-08:00'}}]\n", 2, "handlers[0].match.between", "ends at another time"),
        (MODEM + "keywords: {table: [{word: ÉTÉ, reply: a}, {word: [x, ete!], reply: b}]}\n", 2, "keywords.table[1].word[1]", "each word once"),
        (MODEM + "keywords: {table: [{word: INFO, reply: a}], help: [HELP, Info]}\n", 2, "keywords.help[1]", "in no row of the table"),
        (MODEM + "handlers: [{name: a b, socket: true}]\n", 2, "handlers[0].name", "letters, digits"),
        # names that occur twice, and names of nothing
        ("modems:\n- {name: a, port: /dev/x}\n- {name: a, port: /dev/y}\n", 3, "modems[1].name", "no other modem has"),
        ("modems:\n- {name: a, port: /dev/x}\n- {name: b, port: /dev/x}\n", 3, "modems[1].port", "the one of a"),
        (MODEM + "handlers:\n- {name: h, socket: true}\n- {name: h, socket: true}\n", 4, "handlers[1].name", "no other handler has"),
        (MODEM + "routes:\n- to: '*'\n  modems: [m, n]\n", 4, "routes[0].modems[1]", "n, expected the name of a modem (m)"),
        (MODEM + "routes:\n- {to: '*', modems: [m]}\n- {to: '+3', modems: [m]}\n- {to: '*', modems: [m]}\n", 5, "routes[2].to", "each beginning once"),
        (MODEM + "routes:\n- {to: '+33', modems: [m]}\n- {to: '33', modems: [m]}\n", 4, "routes[1].to", "'33', expected the beginning of an international number"),
        (MODEM + "routes: [{to: '+33*', modems: [m]}]\n", 2, "routes[0].to", "+ and digits"),
        (MODEM + "routes: [{to: '+33 6', modems: [m]}]\n", 2, "routes[0].to", "+ and digits"),
        (MODEM + "routes: [{to: '+', modems: [m]}]\n", 2, "routes[0].to", "+ and digits"),
        (MODEM + "routes: [{to: '+0', modems: [m]}]\n", 2, "routes[0].to", "+ and digits"),
        (MODEM + "routes: [{to: '+٣٣', modems: [m]}]\n", 2, "routes[0].to", "+ and digits"),
        (MODEM + "routes: [{to: '+1234567890123456', modems: [m]}]\n", 2, "routes[0].to", "+ and digits"),
        (MODEM + "routes: [{to: '', modems: [m]}]\n", 2, "routes[0].to", "+ and digits"),
        (MODEM + "routes:\n- to: '*'\n  modems: [m, m]\n", 4, "routes[0].modems", "each modem once"),
        ("modems:\n- {name: m, port: /dev/x}\n- {name: n, port: /dev/y, enabled: false}\nroutes:\n- {to: '+1', modems: [n, m]}\n- to: '*'\n  modems: [n]\n",
         7, "routes[1].modems", "n, expected at least one modem that is enabled"),
        (MODEM + "handlers:\n- name: h\n  socket: true\n  match:\n    modem: [n]\n", 6, "handlers[0].match.modem[0]", "the name of a modem"),
        (MODEM + "socket:\n  group: nobodys\n", 3, "socket.group", "nobodys, expected a group of this machine"),
        (MODEM + "access:\n- {group: nobodys, may: [read]}\n", 3, "access[0].group", "a group of this machine"),
        (MODEM + "access:\n- {user: nobody-here, may: [read]}\n", 3, "access[0].user", "a user of this machine"),
        # what is not YAML
        ("modems:\n\t- name: m\n", 2, "", "a tab, expected spaces"),
        ("modems: [{name: m\n", 2, "", "expected YAML"),
        ("modems: 'x\n", 2, "", "expected YAML"),
        (MODEM + "---\n" + MODEM, 2, "", "expected YAML"),
        ("a\x00b", 1, "", "printable text"),
        # what YAML can do, and a configuration has no use for
        (MODEM + "state_dir: !!python/object/apply:os.system [id]\n", 2, "state_dir", "no YAML tags"),
        (MODEM + "state_dir: !!python/name:os.system ''\n", 2, "state_dir", "without a YAML tag"),
        (MODEM + "log: !!python/dict {}\n", 2, "log", "no YAML tags"),
        (MODEM + "log: {show_text: !!bool maybe}\n", 2, "log.show_text", "YAML can read"),
        (MODEM + "outbound: {attempts: !!int ''}\n", 2, "outbound.attempts", "YAML can read"),
        (MODEM + "log: {<<: {level: info}}\n", 2, "log", "plain words"),
        (MODEM + "outbound: {attempts: " + "9" * 5000 + "}\n", 2, "outbound.attempts", "YAML can read"),
        ("", 1, "modems", "an empty file"),
        ("# nothing\n", 1, "modems", "an empty file"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_line_key_and_expectation(
    text: str, line: int, key: str, said: str
) -> None:
    (problem,) = refused(text)

    assert (problem.file, problem.line, problem.key) == ("gsmd.yaml", line, key)
    assert said in str(problem)
    assert str(problem).startswith(f"gsmd.yaml:{line}: ")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    problems = refused("""
        modems:
          - name: north
            prot: /dev/ttyUSB0
            smsc: +33609001390
        outbound:
          when_uncertain: resent
          attempts: 0
        handlers:
          - {name: h}
    """)

    assert [(problem.line, problem.key) for problem in problems] == [
        (4, "modems[0].prot"),
        (5, "modems[0].smsc"),
        (7, "outbound.when_uncertain"),
        (8, "outbound.attempts"),
        (10, "handlers[0]"),
    ]


def test_the_error_reads_as_a_list_and_carries_the_first_mistake() -> None:
    with pytest.raises(ConfigError) as caught:
        read(MODEM + "log: {level: loud}\ncolour: red\n")

    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]
    assert (caught.value.file, caught.value.line, caught.value.key) == ("gsmd.yaml", 2, "log.level")
    assert caught.value.expected == "one of debug, info, warning, error"


def test_aliases_cannot_multiply() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for previous, name in zip("abcdefg", "bcdefgh", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{previous}'] * 10)}]\n"

    assert "values" in refused(bomb)[0].expected


@pytest.mark.parametrize(
    "text", ["modems: &a [*a]\n", "modems: &a {name: *a}\n", "[" * 5000, "{a: " * 5000, "- " * 5000]
)
def test_nesting_without_end_is_refused(text: str) -> None:
    assert len(refused(text)) == 1


_YAML = st.sampled_from(
    [
        *("modems", "port", "name", "m", "/dev/ttyUSB0", "handlers", "run", "match", "from", "limits"),
        *(": ", "- ", "[", "]", "{", "}", ", ", "\n", "\n  ", "? ", "&a ", "*a", "<<", "!!int ", "!!bool "),
        *("!!null ", "!!float ", "!!binary ", "!!set ", "!!x ", "'", '"', "|\n", ">-\n", "#", "%", "\t", "1:2"),
        *("0x", "0o7", ".nan", "-.inf", "2001-01-01", "yes", "~", "1_000", "é", "---\n", "...\n"),
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(_YAML, max_size=40).map("".join)))
def test_whatever_is_in_the_file_it_is_read_or_refused(text: str) -> None:
    for whole in (text, MODEM + text):
        problems: tuple[Problem, ...] = ()
        try:
            parse(whole, "gsmd.yaml", HANDLER_KINDS, accounts=ACCOUNTS)
        except ConfigError as error:
            problems = error.problems
        assert all(problem.expected for problem in problems)


def test_a_file_too_large_to_be_a_configuration_is_refused() -> None:
    assert "octets" in refused("#" * (MAX_OCTETS + 1))[0].expected


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file") as caught:
        load(tmp_path / "gsmd.yaml", HANDLER_KINDS)

    assert (caught.value.file, caught.value.line) == (str(tmp_path / "gsmd.yaml"), None)


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "gsmd.yaml"
    file.write_bytes(MODEM.encode() + "# café\n".encode("latin-1"))

    with pytest.raises(ConfigError, match="0xe9, expected UTF-8") as caught:
        load(file, HANDLER_KINDS)
    assert caught.value.line == 2


def test_groups_are_those_of_this_machine(tmp_path: Path) -> None:
    file = tmp_path / "gsmd.yaml"
    file.write_text(
        MODEM + "socket: {group: no-such-group}\naccess: [{user: root, may: [admin]}]\n"
    )

    with pytest.raises(ConfigError, match="no-such-group") as caught:
        load(file, HANDLER_KINDS)
    assert [problem.key for problem in caught.value.problems] == ["socket.group"]


def test_a_value_made_in_code_is_checked_as_well() -> None:
    with pytest.raises(Impossible, match="exactly one of port and match"):
        ModemConfig(name="m")
