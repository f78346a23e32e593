"""The gateway's own paths as an application: from a path to what answers there."""

from starlette.requests import Request
from starlette.responses import Response

from gsmd.gateways.web.own.asked import Office, OwnRequest
from gsmd.gateways.web.own.places import PLACES, OwnPlace
from gsmd.gateways.web.problems import Problem
from gsmd.gateways.web.rest.router import Router

_NOUNS = frozenset(each.path.split("/")[1] for each in PLACES)


class Own:
    """The application for these paths."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._router: Router[OwnPlace] = Router((each.verb, each.path, each) for each in PLACES)

    def knows(self, path: str) -> bool:
        """True for a path behind ``/api/v1/`` that is one of these."""
        return path.partition("/")[0] in _NOUNS

    async def answer(self, request: Request, path: str) -> Response:
        """The answer to a request for ``path``, as it was sent. Errors: `Problem`."""
        found = self._router.find(path)
        if found is None:
            raise Problem(404, "no_such_path", f"there is nothing at {request.url.path[:200]}")
        verb = "GET" if request.method == "HEAD" else request.method
        place = found.targets.get(verb)
        if place is None:
            text = f"{verb} is not for this path; {found.allowed} is"
            raise Problem(405, "wrong_method", text, headers={"Allow": found.allowed})
        word = found.values[0] if found.values else ""
        return await place.carry(OwnRequest(request, self._office, word, place.body))
