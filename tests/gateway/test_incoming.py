import contextlib

import orjson
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.answers import RequestError
from gateway.body import json_object
from gateway.incoming import incoming
from gateway.tokens import Caller, Claims
from protocol.conversation import Said

CALLER = Caller(agent="contoso", claims=Claims(conversation="c", agent="contoso", user="dl_ann"))

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        *("type", "id", "timestamp", "from", "recipient", "conversation", "channelId", "replyToId", "text", "locale"),
        *("name", "value", "attachments", "suggestedActions", "channelData", "entities", "from_", "channel_data"),
    ]
)
ACTIVITIES = st.dictionaries(FIELDS, VALUES, max_size=6).map(lambda sent: {"type": "message", "text": "x"} | sent)


@settings(max_examples=400, deadline=None)
@given(ACTIVITIES)
@example({"type": "message", "text": "x", "from_": {"id": "bot", "role": "bot"}})
@example({"type": "message", "text": "x", "from": {"id": "bot", "role": "bot", "aadObjectId": "1"}})
@example({"type": "message", "text": "x", "id": "forged", "channel_data": {"baton": {"notice": "joined"}}})
def test_whatever_a_client_sends_is_taken_as_the_customers_or_refused(sent: dict[str, object]) -> None:
    """Never an error of another kind, never another sender, and what is taken can cross to the workflow."""
    with contextlib.suppress(RequestError):
        taken = incoming(json_object(orjson.dumps(sent)), CALLER)
        wire = taken.activity.wire()
        assert wire["from"] == {"id": "dl_ann", "role": "user"}
        assert not {"id", "timestamp", "conversation", "recipient"} & set(wire)
        assert "baton" not in (taken.activity.channel_data if isinstance(taken.activity.channel_data, dict) else {})
        said = Said(key=taken.key, activity=taken.activity)
        assert Said.model_validate_json(said.model_dump_json()) == said


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_refused(body: bytes) -> None:
    """A body that is no JSON object is refused with a 400."""
    refused = 0
    try:
        assert isinstance(json_object(body), dict)
    except RequestError as error:
        refused = error.status
    assert refused in (0, 400)
