"""Requests made from the OpenAPI document, valid ones and others, to REST on a real daemon.

No answer is a defect (500), none is one that the document does not have: status, headers, content type, schema.

    python -m tests.fuzz.rest --seed 1 --count 200
"""

import argparse
import asyncio
import tempfile
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from tests.gateways.web.house import house
from tests.gateways.web.rest.scene import Scene, scene

SKIPPED = {
    "/events": "it has no end",
    "/store/backup": "it writes where it is told to",
    "/modems/{modem}/reset": "it takes the modem away from the others",
    "/modems/{modem}/record": "it waits for ten seconds",
}
"""Paths that are not asked, each with the reason."""

WANTED = (
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
HANDLER, LIST, POLL = "crm", "news", "lunch"


class Wrong(AssertionError):
    """An answer that should not be."""


async def prepared(rest: Scene) -> dict[str, str]:
    """Something to ask for: values of the parameters in paths."""
    sent = await rest.client.send("+33612345678", "hi", not_before="2100-01-01T00:00:00Z")
    await rest.client.call("inbox.pull", handler=HANDLER)
    await rest.client.call("lists.add", list=LIST, members=["+33612345678"])
    await rest.client.call("polls.create", poll=POLL, options=["soup", "salad"])
    return {
        "id": sent.id,
        "handler": HANDLER,
        "list": LIST,
        "poll": POLL,
        "modem": "north",
        "peer": "+33612345678",
    }


def hurry(case: Any) -> None:
    """Nobody waits for what does not come."""
    for values in (case.query, case.body):
        if isinstance(values, dict):
            for name in {"wait", "timeout"} & values.keys():
                values[name] = "0"


def ask_all(
    address: str, token: str, known: dict[str, str], count: int, seed: int, *, both: bool
) -> Counter[int]:
    """Ask each operation ``count`` times in both modes, or in turn; the statuses of the answers. Errors: `Wrong`."""
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    statuses: Counter[int] = Counter()
    headers = {"Authorization": f"Bearer {token}"}
    checks = [each for each in CHECKS.get_all() if each.__name__ in WANTED]
    assert len(checks) == len(WANTED)
    found: list[Any] = list(schema.get_all_operations())
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    for number, operation in enumerate(each.ok() for each in found):
        if operation.path in SKIPPED:
            continue
        some = modes if operation.query or operation.body else modes[:1]
        for mode in some if both else (some[(number + seed) % len(some)],):
            _ask(operation, mode, checks, headers, known, count, seed, statuses)
    return statuses


def _ask(
    operation: Any,
    mode: Any,
    checks: list[Any],
    headers: dict[str, str],
    known: dict[str, str],
    count: int,
    seed: int,
    statuses: Counter[int],
) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(operation.as_strategy(generation_mode=mode), st.booleans())
    def asked(case: Any, real: bool) -> None:
        if real:
            for name in (case.path_parameters or {}).keys() & known.keys():
                case.path_parameters[name] = known[name]
        hurry(case)
        response = case.call(headers=headers, timeout=60)
        statuses[response.status_code] += 1
        if response.status_code == 500:
            raise Wrong(f"{case.as_curl_command()}: {response.text}")
        case.validate_response(response, checks=checks)

    asked()


def asked_apart(
    address: str, token: str, known: dict[str, str], count: int, seed: int, *, both: bool
) -> Counter[int]:
    """`ask_all` in a process of its own. Errors: `Wrong`, with the traceback of any error."""
    try:
        return ask_all(address, token, known, count, seed, both=both)
    except Exception as error:  # noqa: BLE001 - it comes from another process, as text
        raise Wrong("".join(traceback.format_exception(error))) from None


async def fuzz(directory: Path, count: int, seed: int, *, both: bool = True) -> Counter[int]:
    """The statuses of all answers. ``both``: valid requests and others to each operation, else in turn. Errors: `Wrong`.

    Hypothesis reads the source of functions, tracebacks that are logged do too: in CPython 3.11 two threads that parse
    at the same time can fail (SystemError: AST constructor recursion depth mismatch). So the asking is no thread.
    """
    async with scene(directory) as rest, house(directory) as web:
        known = await prepared(rest)
        address = f"http://127.0.0.1:{web.port}/api/v1"
        ask = partial(asked_apart, address, web.token(), known, count, seed, both=both)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
            return await asyncio.get_running_loop().run_in_executor(apart, ask)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        statuses = asyncio.run(fuzz(Path(directory), arguments.count, arguments.seed))
    print(
        f"{statuses.total()} requests: "
        + ", ".join(f"{n} × {s}" for s, n in sorted(statuses.items()))
    )


if __name__ == "__main__":
    main()
