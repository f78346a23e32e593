"""Languages: catalogues of gettext, read from ``locale/<language>/*.po`` when somebody first wants that language.

English is what the templates say themselves. Each page has a catalogue of its own, so that a page is all in one place; what
several say is in ``frame.po``. A message that has no translation is shown in English.
"""

import gettext
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
"""Every language there is, in its own words."""

_PLURAL = re.compile(r"plural=([^;\\]+)")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def later(message: str) -> str:
    """The message as it is: marks what is translated where it is shown."""
    return message


class Language:
    """A language. ``code`` is ISO 639-1."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._said: dict[str, tuple[str, ...]] = {}
        self._plural = gettext.c2py("n != 1")
        for source in _sources(code):
            entries = dict(parse(source))
            head = _PLURAL.search(entries.pop("", ("",))[0])
            if head is not None:
                self._plural = gettext.c2py(head[1].strip())
            self._said.update(entries)

    def say(self, message: str) -> str:
        """The message in this language."""
        return self._said.get(message, (message,))[0]

    def count(self, one: str, many: str, n: int) -> str:
        """The form that goes with ``n`` things."""
        forms = self._said.get(one)
        if forms is None or len(forms) < 2:
            return one if n == 1 else many
        return forms[min(int(self._plural(n)), len(forms) - 1)]

    def knows(self, message: str) -> bool:
        """True if there is a translation."""
        return message in self._said


@cache
def language(code: str) -> Language:
    """The language of that code; English if there is none."""
    return Language(code if code in NAMES else "en")


def accepted(header: str) -> str:
    """The code of the first language of ``Accept-Language`` that there is (RFC 9110 §12.5.4)."""
    wanted: list[tuple[float, str]] = []
    for each in header[:500].split(","):
        tag, _, rest = each.partition(";")
        try:
            weight = float(rest.partition("q=")[2] or 1)
        except ValueError:
            weight = 0.0
        wanted.append((-weight, tag.strip().lower()[:2]))
    return next((code for _, code in sorted(wanted, key=lambda e: e[0]) if code in NAMES), "en")


def _sources(code: str) -> Iterator[str]:
    folder = resources.files(__package__).joinpath("locale", code)
    if folder.is_dir():
        for file in sorted(folder.iterdir(), key=lambda each: each.name):
            if file.name.endswith(".po"):
                yield file.read_text(encoding="utf-8")


def parse(source: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each message of a .po file with its translation, or the translations by plural form; the head is that of the empty one."""
    message, forms, target = "", dict[int, str](), -2
    for line in [*source.splitlines(), "msgid"]:
        word, _, rest = line.strip().partition(" ")
        if word == "msgid":
            if forms and (all(forms.values()) or not message):
                yield message, tuple(forms[each] for each in sorted(forms))
            message, forms, target = "", {}, -1
        elif word == "msgid_plural":
            target = -2  # the English plural is not looked up
        elif word == "msgstr" or word.startswith("msgstr["):
            target = int(word[7:-1] or 0) if "[" in word else 0
        elif not word.startswith('"'):
            continue
        else:
            rest = line.strip()
        text = "".join(_unescaped(each) for each in _STRING.findall(rest))
        if target == -1:
            message += text
        elif target >= 0:
            forms[target] = forms.get(target, "") + text


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)
