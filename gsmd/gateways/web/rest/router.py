"""From the path of a request to its route: a tree of segments, built once.

A word of a path goes before a parameter: ``/messages/waiting`` is no message's. A segment is decoded by itself, so
that a name may have a slash in it (``%2F``).
"""

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import unquote

T = TypeVar("T")


class Found(NamedTuple, Generic[T]):
    """What stands at a path: by HTTP method, and the segments that stand for parameters."""

    targets: dict[str, T]
    values: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """The value of the header ``Allow``."""
        verbs = {*self.targets, "HEAD"} if "GET" in self.targets else set(self.targets)
        return ", ".join(sorted(verbs))


class _Node(Generic[T]):
    def __init__(self) -> None:
        self.words: dict[str, _Node[T]] = {}
        self.parameter: _Node[T] | None = None
        self.targets: dict[str, T] = {}


class Router(Generic[T]):
    """Targets by HTTP method and path."""

    def __init__(self, entries: Iterable[tuple[str, str, T]]) -> None:
        self._root: _Node[T] = _Node()
        for verb, path, target in entries:
            self._add(verb, path, target)

    def _add(self, verb: str, path: str, target: T) -> None:
        node = self._root
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.words.setdefault(segment, _Node())
        if verb in node.targets:
            raise ValueError(f"{verb} {path} stands twice in the table")
        node.targets[verb] = target

    def find(self, raw_path: str) -> Found[T] | None:
        """The targets at a path as it was sent (percent-encoded), None if there are none."""
        segments = raw_path.removeprefix("/").split("/")
        return _search(self._root, segments, ())


def _search(node: _Node[T], segments: list[str], values: tuple[str, ...]) -> Found[T] | None:
    if not segments:
        return Found(node.targets, values) if node.targets else None
    first, rest = segments[0], segments[1:]
    word = node.words.get(first)
    if word is not None and (found := _search(word, rest, values)) is not None:
        return found
    if node.parameter is not None and first:
        return _search(node.parameter, rest, (*values, unquote(first)))
    return None
