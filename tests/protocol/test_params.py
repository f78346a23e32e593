"""What stands in ``params`` becomes typed parameters, or an error that names the place and says what is wrong."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from gsmd.protocol import bounds
from gsmd.protocol.errors import Code, Refused
from gsmd.protocol.events import EventsParams
from gsmd.protocol.handlers import RedriveParams
from gsmd.protocol.inbox import SubscribeParams
from gsmd.protocol.lists import AddMembersParams, NewMember
from gsmd.protocol.messages import MessageListParams, MessageParams, SendParams, WaitParams
from gsmd.protocol.methods import METHODS
from gsmd.protocol.modems import AtParams, UssdParams
from gsmd.protocol.params import read
from gsmd.protocol.polls import PollParams
from gsmd.protocol.server import BackupParams, PurgeParams
from gsmd.protocol.types import Nothing, Params

TO = {"to": "+331", "text": "x"}


def refusal(kind: type[Params], given: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        read(kind, given)
    return refused.value


def test_the_actor_has_no_place_among_parameters_by_position() -> None:
    assert read(MessageParams, {"id": "o1", "actor": "anna@web"}).actor == "anna@web"
    assert read(MessageParams, ["o1"]).actor is None
    with pytest.raises(Refused, match="2 parameters where there are at most 1"):
        read(MessageParams, ["o1", "anna@web"])


def test_parameters_come_by_name_by_position_or_not_at_all() -> None:
    assert read(SendParams, TO) == read(SendParams, ["+331", "x"])
    assert read(Nothing, UNSET) == read(Nothing, {}) == read(Nothing, [])


def test_null_for_what_may_be_left_out_means_that_it_is_left_out() -> None:
    nulls = dict.fromkeys(SendParams.__struct_encode_fields__[2:])
    assert read(SendParams, {**nulls, **TO}) == read(SendParams, TO)
    assert read(SendParams, ["+331", "x", None, None]) == read(SendParams, TO)


@pytest.mark.parametrize(
    ("kind", "given", "field", "reason"),
    [
        (SendParams, {"text": "x"}, "to", "missing_field"),
        (SendParams, {"to": None, "text": "x"}, "to", "wrong_type"),
        (SendParams, {**TO, "txt": "x"}, "txt", "unknown_field"),
        (SendParams, {**TO, "data": "00"}, "text", "missing_field"),
        (SendParams, {**TO, "validity": True}, "validity", "wrong_type"),
        (SendParams, {**TO, "not_before": 5}, "not_before", "wrong_type"),
        (SendParams, {**TO, "handler": 5}, "handler", "wrong_type"),
        (SendParams, {**TO, "ports": {"destination": "1"}}, "ports.destination", "wrong_type"),
        (EventsParams, {"types": [1]}, "types[0]", "wrong_type"),
        (AddMembersParams, {"list": "a", "members": [5]}, "members[0]", "wrong_type"),
        (SubscribeParams, {"from": "beginning"}, "handler", "missing_field"),
        (RedriveParams, {}, "id", "missing_field"),
        (BackupParams, {"path": 5}, "path", "wrong_type"),
    ],
)
def test_a_wrong_shape_or_type_is_told_with_the_path_to_it(
    kind: type[Params], given: Any, field: str, reason: str
) -> None:
    refused = refusal(kind, given)
    assert (refused.code, refused.data) == (
        Code.INVALID_PARAMS,
        {"reason": reason, "field": field},
    )
    assert field.partition("[")[0].partition(".")[0] in str(refused)


@pytest.mark.parametrize(
    ("kind", "given", "field", "words"),
    [
        (SendParams, {**TO, "priority": 101}, "priority", "at most 100"),
        (SendParams, {**TO, "priority": -101}, "priority", "at least -100"),
        (SendParams, {**TO, "priority": 10**30}, "priority", "number"),
        (SendParams, {**TO, "validity": "1 day"}, "validity", "a duration like 90s"),
        (SendParams, {**TO, "validity": -1}, "validity", "not '-1'"),
        (SendParams, {**TO, "not_before": "2026-01-02T03:04:05"}, "not_before", "with its offset"),
        (SendParams, {**TO, "handler": ""}, "handler", "at least 1 character"),
        (SendParams, {**TO, "handler": "x" * 65}, "handler", "at most 64 characters"),
        (SendParams, {**TO, "handler": "a\nb"}, "handler", "printable characters"),
        (SendParams, {**TO, "handler": "a\u202eb"}, "handler", "printable characters"),
        (SendParams, {**TO, "ports": {"destination": 70000}}, "ports.destination", "65535"),
        (MessageListParams, {"state": "lost"}, "state", "lost"),
        (MessageListParams, {"limit": 0}, "limit", "at least 1"),
        (WaitParams, {"id": "x", "state": "sent", "timeout": "soon"}, "timeout", "soon"),
        (EventsParams, {"types": ["x"] * 101}, "types", "at most 100 elements"),
        (PollParams, {"poll": "p", "options": ["one"]}, "options", "at least 2 elements"),
        (AtParams, {"modem": "n", "command": "+CSQ"}, "command", "begins with AT"),
        (AtParams, {"modem": "n", "command": "AT\n"}, "command", "begins with AT"),
        (UssdParams, {"modem": "n", "code": "*100#\r"}, "code", "on one line"),
        (BackupParams, {"path": "x.db"}, "path", "an absolute path"),
        (BackupParams, {"path": "/x\0"}, "path", "an absolute path"),
    ],
)
def test_an_impossible_value_is_told_with_what_would_be_possible(
    kind: type[Params], given: Any, field: str, words: str
) -> None:
    refused = refusal(kind, given)
    assert (refused.code, refused.data["field"]) == (Code.INVALID, field)
    assert words in str(refused)
    assert len(str(refused)) < 200


def test_more_positions_than_parameters_are_refused() -> None:
    refused = refusal(PurgeParams, ["1d", 5])
    assert (refused.code, refused.data) == (Code.INVALID_PARAMS, {"reason": "unknown_field"})


def test_durations_and_times_are_python_values_once_read() -> None:
    params = read(
        SendParams, {**TO, "validity": "24h", "not_before": "2026-01-02T03:04:05.678+01:00"}
    )
    assert params.validity == 86_400.0
    assert params.not_before is not None
    assert params.not_before.utcoffset() == timedelta(hours=1)


def test_an_element_may_have_either_form() -> None:
    params = read(AddMembersParams, {"list": "a", "members": ["+331", {"peer": "+332"}]})
    assert list(params.members) == ["+331", NewMember("+332")]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    method=st.sampled_from(sorted(METHODS)),
    given_=st.lists(json_values, max_size=6) | st.dictionaries(st.text(max_size=6), json_values),
    data=st.data(),
)
def test_whatever_is_given_is_read_or_refused_in_words(
    method: str, given_: Any, data: st.DataObject
) -> None:
    kind = METHODS[method].params
    if isinstance(given_, dict) and kind.__struct_encode_fields__:
        names = data.draw(st.lists(st.sampled_from(kind.__struct_encode_fields__), max_size=4))
        given_.update({name: data.draw(json_values) for name in names})
    refused = None
    try:
        read(kind, given_)
    except Refused as error:
        refused = error
    if refused is not None:
        assert refused.code in {Code.INVALID_PARAMS, Code.INVALID}
        assert refused.message
        assert refused.data["reason"]


def test_every_row_of_the_table_is_documented_and_belongs_to_its_noun() -> None:
    for name, method in METHODS.items():
        assert name == method.name == f"{method.noun}.{method.verb}"
        assert method.doc.endswith(".")
        assert method.params.__doc__, name


def test_bounds_hold_at_their_edges() -> None:
    edge = {"modem": "n", "command": "AT" + "x" * (bounds.COMMAND - 2)}
    assert read(AtParams, edge).command == edge["command"]
    assert refusal(AtParams, {**edge, "command": edge["command"] + "x"}).code is Code.INVALID
