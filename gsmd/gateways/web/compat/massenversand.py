"""Massenversand: ``/massenversand``, as Zammad's SMS channel of that name calls it, with an address that can be set.

``authToken`` is the token, ``receiver`` and ``msg`` say what goes where; ``sender``, ``msgtype`` and ``getID`` are left alone, a SIM
has one number. The program looks for the letters ``OK`` anywhere in the answer, whatever its status: no error may have them.
"""

from starlette.requests import Request
from starlette.responses import Response

from gsmd.gateways.web.compat.surface import Shared, Surface, Table, fields, number_of, plain
from gsmd.gateways.web.problems import Problem


class Massenversand(Surface):
    """A GET, or a form."""

    name = "massenversand"
    prefixes = ("/massenversand",)

    def table(self) -> Table:
        return [(verb, "/massenversand", self.send) for verb in ("GET", "POST")]

    def refused(self, problem: Problem) -> Response:
        return plain(f"ERROR: {problem}".replace("OK", "ok"), problem.status)

    async def send(self, request: Request, _: tuple[str, ...]) -> Response:
        """``GET /massenversand?authToken=…&receiver=…&msg=…``."""
        said = await fields(request)
        visit = await self.visit(request, said.get("authToken", ""))
        number, text = number_of(said.get("receiver", "")), said.get("msg", "")
        if not number or not text:
            raise Problem(400, "missing_field", "receiver and msg are needed")
        (sent,) = await visit.send_each([number], {"text": text})
        if isinstance(sent, Problem):
            raise sent
        return plain(f"OK {sent['id']}")


def build(shared: Shared) -> Massenversand:
    """The surface."""
    return Massenversand(shared)
