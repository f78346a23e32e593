"""The desk over HTTP."""

from tests.gateways.web.rest.scene import Scene

PEER = "+33612345678"


async def test_a_conversation_is_listed_taken_noted_read_and_closed(rest: Scene) -> None:
    message = await rest.came_in("help")
    listed = (await rest.get("/conversations?state=open"))["conversations"]
    assert [each["peer"] for each in listed] == [PEER]
    path = f"/conversations/{PEER}"
    taken = await rest.ask("PATCH", path, json={"assignee": "anna", "labels": ["support"]})
    assert (taken.json["assignee"], taken.json["labels"]) == ("anna", ["support"])
    note = await rest.ask("POST", f"{path}/notes", json={"text": "calls back"})
    assert (note.status, note.json["text"]) == (201, "calls back")
    read = await rest.ask("POST", f"{path}/read", json={})
    assert (read.json["by"], read.json["message"]) == ("anna", message["id"])
    assert (await rest.get(f"{path}/messages"))["messages"][0]["text"] == "help"
    given_back = await rest.ask("PATCH", path, json={"assignee": None, "state": "closed"})
    assert (given_back.json["assignee"], given_back.json["state"]) == (None, "closed")
    assert (await rest.get("/canned"))["canned"] == []
    assert (await rest.ask("GET", "/conversations/+33700000000")).status == 404
