from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson

from gateway.context import Gateway
from tests.gateway.fake_conversations import FakeConversations
from tests.gateway.serving import Customer, error_of

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


async def _upload(customer: Customer, **details: Any) -> httpx.Response:
    return await customer.call("POST", f"conversations/{customer.conversation}/upload?userId=x", **details)


async def test_a_file_goes_with_its_activity_and_can_be_fetched(
    customer: Customer, conversations: FakeConversations, http: httpx.AsyncClient
) -> None:
    """The activity's text and the file come as one message, and the file is served as it was sent."""
    activity = orjson.dumps({"type": "message", "text": "my receipt", "channelData": {"clientActivityID": "u1"}})
    files = {
        "activity": ("blob", activity, "application/vnd.microsoft.activity"),
        "file": ("receipt.png", PNG, "image/png"),
    }
    answer = await _upload(customer, files=files)
    assert answer.json() == {"id": f"{customer.conversation}|0000002"}
    (said,) = conversations.talks[customer.conversation].said
    assert said.key == "u1"
    assert said.activity.text == "my receipt"
    (attachment,) = said.activity.attachments or ()
    assert (attachment.name, attachment.content_type) == ("receipt.png", "image/png")
    fetched = await http.get(attachment.content_url or "")
    assert fetched.content == PNG
    assert fetched.headers["content-type"] == "image/png"
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert fetched.headers["content-disposition"].startswith("inline")


async def test_a_file_can_be_sent_bare(customer: Customer, conversations: FakeConversations) -> None:
    """Without multipart the body is the file, and its headers say what it is."""
    headers = {"Content-Type": "text/plain", "Content-Disposition": 'name="file"; filename="../../note.txt"'}
    assert (await _upload(customer, content=b"hello", headers=headers)).status_code == 200
    (attachment,) = conversations.talks[customer.conversation].said[0].activity.attachments or ()
    assert attachment.name == "note.txt"


async def test_what_could_be_a_page_is_only_a_download(customer: Customer, http: httpx.AsyncClient) -> None:
    """HTML that somebody uploads never runs on this origin."""
    await _upload(customer, files={"file": ("x.html", b"<script>alert(1)</script>", "text/html")})
    (attachment,) = (await customer.read())["activities"][1]["attachments"]
    fetched = await http.get(attachment["contentUrl"])
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in fetched.headers["content-security-policy"]


async def test_files_lie_encrypted_on_disk(customer: Customer, gateway: Gateway) -> None:
    """Neither the bytes nor the name can be read in the data directory."""
    await _upload(customer, files={"file": ("secret-name.txt", b"personal words", "text/plain")})
    (kept,) = (gateway.settings.data_dir / "uploads").iterdir()
    assert b"personal words" not in kept.read_bytes()
    assert b"secret-name" not in kept.read_bytes()


async def test_too_much_is_refused_in_direct_lines_shape(customer: Customer, gateway: Gateway) -> None:
    """One byte over the limit, with the length declared or not, is 413; nothing is kept."""
    limit = gateway.settings.gateway.max_upload_bytes
    over = b"x" * (limit + 1)

    async def unannounced() -> AsyncIterator[bytes]:
        for at in range(0, 2 * limit, 8192):
            yield over[at : at + 8192] or b"y" * 8192

    plain = {"Content-Type": "text/plain"}
    too_big = (413, "MessageSizeTooBig")
    assert error_of(await _upload(customer, files={"file": ("a.txt", over, "text/plain")})) == too_big
    assert error_of(await _upload(customer, content=over, headers=plain)) == too_big
    assert error_of(await _upload(customer, content=unannounced(), headers=plain)) == too_big
    many = [("file", (f"{n}.txt", b"x", "text/plain")) for n in range(21)]
    assert error_of(await _upload(customer, files=many))[0] in (400, 413)
    assert not (gateway.settings.data_dir / "uploads").exists()
    assert (await _upload(customer, content=over[:limit], headers=plain)).status_code == 200


async def test_a_broken_upload_is_refused(customer: Customer) -> None:
    """No boundary, no end, an empty file, an activity that is none: each a 400."""
    bad = (400, "BadArgument")
    broken = {"Content-Type": "multipart/form-data"}
    assert error_of(await _upload(customer, content=b"x", headers=broken)) == bad
    cut = {"Content-Type": "multipart/form-data; boundary=b"}
    assert error_of(await _upload(customer, content=b"--b\r\nnonsense", headers=cut)) == bad
    assert error_of(await _upload(customer, files={"file": ("a", b"", "text/plain")})) == bad
    assert error_of(await _upload(customer, files={"activity": ("a", b"[]", "application/json")})) == bad
    only_text = {"activity": ("a", b'{"type":"message"}', "application/vnd.microsoft.activity")}
    assert error_of(await _upload(customer, files=only_text)) == bad


async def test_files_are_found_by_their_address_alone(http: httpx.AsyncClient) -> None:
    """Guesses, and attempts to leave the folder, find nothing."""
    for guess in ("x", "A" * 43, "..%2F..%2Fkeys", "../keys"):
        assert (await http.get(f"/uploads/{guess}/a.txt")).status_code == 404


async def test_uploading_needs_the_conversations_own_token(customer: Customer, http: httpx.AsyncClient) -> None:
    """Another conversation's token uploads nothing here."""
    other = await Customer(http).begin()
    customer.token = other.token
    assert error_of(await _upload(customer, content=b"x")) == (403, "BadConversation")
