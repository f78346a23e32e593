"""Coming in and going out: sign-in, invitations, sign-out, and what else is at no page of its own."""

from starlette.responses import Response

from gsmd.gateways.web.accounts import sessions, users
from gsmd.gateways.web.door.passkeys import are_possible
from gsmd.gateways.web.door.signing_in import give, take_away
from gsmd.gateways.web.pages.page import Page, get, post
from gsmd.gateways.web.pages.visit import Visit
from gsmd.gateways.web.problems import Problem


async def home(visit: Visit) -> Response:
    """``/``: the first page that the visitor may see."""
    return visit.go(visit.frame.first(visit))


async def more(visit: Visit) -> Response:
    """All pages, for small screens."""
    return visit.render("more.html")


def _local(path: str) -> str:
    """A path of ours, or the first page: nobody is led elsewhere."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\", "/sign-"))
    return path if ours and path.isprintable() else "/"


def _sign_in_page(visit: Visit, status: int = 200, **values: object) -> Response:
    usual = {"next": "/", "name": "", "code": False, "problem": "", "passkeys": are_possible()}
    return visit.render("sign_in.html", status, **{**usual, **values})


async def sign_in_form(visit: Visit) -> Response:
    """``GET /sign-in``."""
    if visit.visitor is not None:
        return visit.go("/")
    return _sign_in_page(visit, next=_local(visit.query.get("next", "/")))


async def sign_in(visit: Visit) -> Response:
    """``POST /sign-in``."""
    form = await visit.form()
    name, code = form.get("name", "")[:256], form.get("code", "")[:32]
    onward = _local(form.get("next", "/"))
    try:
        secret = await visit.frame.house.signing_in.sign_in(
            visit.request, name, form.get("password", "")[:256], code
        )
    except Problem as problem:
        return _not_let_in(visit, problem, onward, name)
    response = visit.go(onward)
    give(response, visit.request, secret)
    return response


def _not_let_in(visit: Visit, problem: Problem, onward: str, name: str) -> Response:
    say = visit.language.say
    words = {
        "wrong_password": say("Name, password or code are not right."),
        "code_needed": say("Now the code that your telephone shows."),
        "too_many_requests": say("That was wrong too often. Wait a moment."),
    }
    text = words.get(problem.reason, str(problem.members["detail"]))
    response = _sign_in_page(
        visit,
        problem.status,
        next=onward,
        name=name,
        problem=text,
        code=problem.reason == "code_needed",
    )
    response.headers.update(problem.headers)
    return response


async def sign_out(visit: Visit) -> Response:
    """``POST /sign-out``: the session ends here and in the browser."""
    if visit.caller.kind == "session":
        await visit.frame.directory.write(lambda db: sessions.end(db, visit.caller.id))
    response = visit.go("/sign-in", "signed_out")
    take_away(response, visit.request)
    return response


async def invitation_form(visit: Visit) -> Response:
    """``GET /invitation/{secret}``: whom it is for; looking does not use it up."""
    secret = visit.words[0]
    user = await visit.frame.directory.read(lambda db: users.invited(db, secret))
    if user is None:
        say = visit.language.say
        text = say("This invitation is not good any more. Ask for another one.")
        raise Problem(404, "no_such_invitation", text)
    return _invitation_page(visit, 200, user.name)


def _invitation_page(visit: Visit, status: int, name: str, problem: str = "") -> Response:
    more = {"secret": visit.words[0], "passkeys": are_possible()}
    return visit.render("invitation.html", status, name=name, problem=problem, **more)


async def accept(visit: Visit) -> Response:
    """``POST /invitation/{secret}``: the password is chosen, and somebody is in."""
    form = await visit.form()
    try:
        _, secret = await visit.frame.house.signing_in.accept(
            visit.request, visit.words[0], form.get("password", "")[:256]
        )
    except Problem as problem:
        if problem.reason != "unsuitable_password":
            raise
        text = visit.language.say(str(problem.members["detail"]))
        name = form.get("name", "")[:64]
        return _invitation_page(visit, 422, name, text)
    response = visit.go("/")
    give(response, visit.request, secret)
    return response


PAGE = Page(
    "entrance",
    "",
    "",
    (
        get("/", home),
        get("/more", more),
        get("/sign-in", sign_in_form, open_=True),
        post("/sign-in", sign_in, open_=True),
        post("/sign-out", sign_out),
        get("/invitation/{secret}", invitation_form, open_=True),
        post("/invitation/{secret}", accept, open_=True),
    ),
    roles=frozenset(),
)
