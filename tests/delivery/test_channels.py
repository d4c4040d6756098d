"""Channels, against receivers on this machine: what reaches them, and what becomes of what does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.alerts.recipients import InvalidRecipient, recipient
from delivery.channels import chat
from delivery.channels.content import Content, decode, pieces
from delivery.channels.mail import Mailer, letter
from delivery.channels.result import Fate
from delivery.channels.settings import MailSettings
from papers.outbox import Message
from papers.settings import InvalidSetting
from tests.processes import free_ports
from tests.receivers import Chat, Mailbox

AT = datetime(2026, 11, 20, 3, tzinfo=UTC)
CONTENT = Content(
    subject="慢速网络 · 2 篇论文", alert="clocks", language="zh", opening="慢速网络 · 2 篇论文",
    blocks=("Sparse *Clocks* <b>\n稀疏时钟\nhttps://arxiv.org/abs/2611.00001", "Other_paper_\nhttps://arxiv.org/abs/2611.00002"),
    html="<p>稀疏时钟</p>",
)  # fmt: skip
MESSAGE = Message("abc", "clocks", AT, CONTENT.encode())
LONG_LINK = f"https://papers.example.org/{'x' * 80}/unsubscribe/{'a' * 40}"


@pytest.fixture
def chats(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    """A receiver to which all services lead that have a host of their own."""
    server = Chat()
    for path, name, attribute, address in (
        ("feishu", "NotifyFeishu", "notify_url", "/feishu/{token}/"),
        ("lark", "NotifyLark", "notify_url", "/lark/"),
        ("wecombot", "NotifyWeComBot", "notify_url", "/wecom/send?key={key}"),
        ("dingtalk", "NotifyDingTalk", "notify_url", "/ding?access_token={token}"),
        ("telegram", "NotifyTelegram", "notify_url", "/bot"),
        ("slack", "NotifySlack", "webhook_url", "/slack"),
        ("discord", "NotifyDiscord", "notify_url", "/discord"),
    ):
        monkeypatch.setattr(f"apprise.plugins.{path}.{name}.{attribute}", server.base + address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield server
    server.stop()


ADDRESSES = {
    "feishu": "feishu://abcdefgh-1234-5678-9012-abcdefabcdef",
    "wecombot": "wecombot://abcdefgh-1234-5678-9012-abcdefabcdef",
    "dingtalk": "dingtalk://abcdefghabcdefgh",
    "telegram": "tgram://123456789:abcdefg_hijklmnop/12345678",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "discord": "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    "ntfy": "ntfy://{host}/papers",
    "webhook": "json://{host}/hook",
}


@pytest.mark.parametrize("service", ADDRESSES)
def test_a_chat_gets_the_text_as_it_is(service: str, chats: Chat) -> None:
    address = ADDRESSES[service].format(host=chats.host)
    if service == "slack":
        chats.body = b"ok"
    assert chat.targets(address) == 1
    (text,) = pieces(CONTENT, chat.most_bytes(address))
    assert chat.send(address, text).fate is Fate.SENT
    shown = chats.text().replace("&lt;", "<").replace("&gt;", ">")
    assert "稀疏时钟" in shown and "https://arxiv.org/abs/2611.00002" in shown
    assert "Sparse *Clocks* <b>" in shown and "Other_paper_" in shown.replace("\\\\_", "_")


@pytest.mark.parametrize("service", ["feishu", "wecombot", "dingtalk", "telegram", "discord", "ntfy", "webhook"])
@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [(500, b"{}", Fate.LATER), (429, b"{}", Fate.LATER), (401, b"{}", Fate.REFUSED), (404, b"no", Fate.REFUSED)],
)
def test_what_a_service_answers_is_seen(service: str, status: int, body: bytes, fate: Fate, chats: Chat) -> None:
    chats.status, chats.body = status, body
    result = chat.send(ADDRESSES[service].format(host=chats.host), "text")
    assert result.fate is fate and str(status) in result.reason


@pytest.mark.parametrize(
    ("service", "body", "fate"),
    [
        ("wecombot", b'{"errcode": 93000}', Fate.REFUSED),
        ("wecombot", b'{"errcode": 45009}', Fate.LATER),
        ("dingtalk", b'{"errcode": 310000}', Fate.REFUSED),
        ("feishu", b'{"code": 19024}', Fate.REFUSED),
    ],
)
def test_a_refusal_with_an_answer_of_200_is_seen(service: str, body: bytes, fate: Fate, chats: Chat) -> None:
    chats.body = body
    assert chat.send(ADDRESSES[service], "text").fate is fate


def test_how_long_a_service_asks_to_wait(chats: Chat) -> None:
    chats.status, chats.headers = 429, {"Retry-After": "17"}
    assert chat.send(f"json://{chats.host}/hook", "text").wait == 17
    chats.headers, chats.body = {}, b'{"parameters": {"retry_after": 5}}'
    assert chat.send(ADDRESSES["telegram"], "text").wait == 5


def test_a_service_that_is_away(chats: Chat) -> None:
    (port,) = free_ports(1)
    assert chat.send(f"json://127.0.0.1:{port}/hook", "text").fate is Fate.LATER
    assert chat.send("feishu://bad token", "text").fate is Fate.UNUSABLE


def test_the_signature_of_dingtalk_is_encoded_once(chats: Chat) -> None:
    chat.send("dingtalk://secretsecret@abcdefghabcdefgh", "text")
    assert "%25" not in chats.got[0][0] and "sign=" in chats.got[0][0]


@given(st.lists(st.text(alphabet="ab 中文\n", max_size=80), max_size=12), st.integers(8, 200))
def test_pieces_have_everything_and_are_short(blocks: list[str], most: int) -> None:
    content = Content(subject="s", alert="a", language="en", opening="begin", blocks=tuple(blocks), closing="end")
    parts = pieces(content, most)
    assert all(len(part.encode()) <= most for part in parts)
    joined = "".join("".join(parts).split())
    assert joined == "".join("".join(["begin", *blocks, "end"]).split())


def test_a_piece_ends_between_papers() -> None:
    content = CONTENT.model_copy(update={"blocks": tuple(f"Paper {n}\nline" for n in range(50))})
    parts = pieces(content, 200)
    assert len(parts) > 2 and all(part.splitlines()[-1] == "line" for part in parts)
    assert decode(CONTENT.encode()) == CONTENT


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" me@example.org ", "me@example.org"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/abc-1", "feishu://abc-1/"),
        ("https://oapi.dingtalk.com/robot/send?access_token=abc", "dingtalk://abc/"),
        ("ntfy://ntfy.example.org/papers", "ntfy://ntfy.example.org/papers"),
    ],
)
def test_recipients(text: str, address: str) -> None:
    assert recipient(text).address == address and recipient(text).key == recipient(address).key


def test_what_is_no_recipient_is_said_without_its_secret() -> None:
    for text in (
        "secret-token-of-mine", "me@", "feishu://a b", "", "http://[bad", "a@[x.de", "a(1)@x.de", "a@x",
        "=?utf-8?q?=0A?=@x.de", "a@-x.de", "a@x..de", "ü@x.de", "a b@x.de", "a@x.de,b@x.de", "tgram://secret℀token/12",
    ):  # fmt: skip
        with pytest.raises(InvalidRecipient) as error:
            recipient(text)
        assert "token" not in str(error.value) and "secret" not in str(error.value)
    assert recipient("Anna@Bücher.de") == recipient("anna@xn--bcher-kva.de")
    assert recipient("feishu://secret/").shown == "feishu://…"


# Mail


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    box = Mailbox(tmp_path)
    yield box
    box.stop()


def mail_to(address: str, link: str | None = LONG_LINK) -> Any:
    return letter(CONTENT, MESSAGE, "论文 <papers@example.org>", address, link)


def test_a_mail_arrives_with_its_headers(mailbox: Mailbox) -> None:
    with Mailer(mailbox.settings()) as mailer:
        for address in ("anna@example.org", "ben@example.org"):
            assert mailer.send(mail_to(address), address).fate is Fate.SENT
    (recipients, raw), (_, other) = mailbox.mails
    assert recipients == ["anna@example.org"] and raw.isascii()
    # On one line each, or mail programs would not know them.
    assert f"List-Unsubscribe: <{LONG_LINK}>, <mailto:papers@example.org?subject=unsubscribe>\r\n".encode() in raw
    assert all(len(line) <= 998 for line in raw.splitlines())
    mail = message_from_bytes(raw, policy=default)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and mail["Subject"] == CONTENT.subject
    assert mail["Auto-Submitted"] == "auto-generated" and mail["List-Id"]
    assert "稀疏时钟" in mail.get_body(("plain",)).get_content() and mail.get_body(("html",)).get_content().startswith(
        "<p>"
    )
    assert mail["Message-ID"] != message_from_bytes(other, policy=default)["Message-ID"]
    assert bytes(mail_to("anna@example.org")) == bytes(mail_to("anna@example.org"))  # sent twice, it is the same mail


def test_refused_recipients(mailbox: Mailbox) -> None:
    mailbox.answer = {"gone@example.org": "550 no such user", "full@example.org": "452 mailbox full"}
    with Mailer(mailbox.settings()) as mailer:
        gone = mailer.send(mail_to("gone@example.org"), "gone@example.org")
        full = mailer.send(mail_to("full@example.org"), "full@example.org")
        assert mailer.send(mail_to("anna@example.org"), "anna@example.org").fate is Fate.SENT
    assert gone.fate is Fate.REFUSED and "550 no such user" in gone.reason and full.fate is Fate.LATER


def test_a_protected_connection(tmp_path: Path) -> None:
    box = Mailbox(tmp_path, tls=True)
    try:
        secure = {"security": "starttls", "user": "user", "password": "right", "certificates": box.certificate}
        with Mailer(box.settings(**secure)) as mailer:
            assert mailer.send(mail_to("anna@example.org"), "anna@example.org").fate is Fate.SENT
        for change, reason in (
            ({"password": "wrong"}, "user and password"),
            ({"certificates": ""}, "cannot be protected"),
        ):
            with Mailer(box.settings(**secure | change)) as mailer:
                result = mailer.send(mail_to("anna@example.org"), "anna@example.org")
                assert result.fate is Fate.UNUSABLE and reason in result.reason
                # The others are not tried.
                assert mailer.send(mail_to("ben@example.org"), "ben@example.org") is result
        assert len(box.mails) == 1
    finally:
        box.stop()


def test_nothing_goes_unprotected_where_protection_is_asked_for(mailbox: Mailbox) -> None:
    with Mailer(mailbox.settings(security="starttls")) as mailer:
        assert mailer.send(mail_to("anna@example.org"), "anna@example.org").fate is Fate.UNUSABLE
    assert mailbox.mails == []


def test_a_server_that_is_away(mailbox: Mailbox) -> None:
    (port,) = free_ports(1)
    with Mailer(mailbox.settings(port=port)) as mailer:
        assert mailer.send(mail_to("anna@example.org"), "anna@example.org").fate is Fate.LATER


def test_a_sender_must_be_an_address() -> None:
    with pytest.raises(InvalidSetting, match="a mail address is expected"):
        MailSettings.load(sender="Papers")


def test_no_header_can_be_made_of_a_search(mailbox: Mailbox) -> None:
    content = CONTENT.model_copy(
        update={"subject": "=?utf-8?q?x=0D=0AReply-To:_evil@x.de=0D=0A=0D=0ABuy?=\r\nBcc: all@x.de"}
    )
    mail = letter(content, MESSAGE, "papers@example.org", "anna@example.org", None)
    with Mailer(mailbox.settings()) as mailer:
        assert mailer.send(mail, "anna@example.org").fate is Fate.SENT
    got = message_from_bytes(mailbox.mails[0][1], policy=default)
    assert got["Reply-To"] is None and got["Bcc"] is None and "Buy" in got["Subject"]


def test_certificates_that_are_not_there(mailbox: Mailbox, tmp_path: Path) -> None:
    with Mailer(mailbox.settings(security="starttls", certificates=str(tmp_path / "none.pem"))) as mailer:
        assert mailer.send(mail_to("anna@example.org"), "anna@example.org").fate is Fate.UNUSABLE


def test_an_address_of_two_rooms_is_two(chats: Chat) -> None:
    assert chat.targets(f"ntfy://{chats.host}/one/two") == 2 and chat.targets("fooo://bar") == 0


def test_nobody_is_called_by_a_title(chats: Chat) -> None:
    chat.send(ADDRESSES["discord"], "Attention @everyone and @here")
    assert "@everyone" not in chats.text() and "everyone" in chats.text()


def test_messages_to_one_address_keep_a_pace() -> None:
    now, slept = [0.0], []
    pace = chat.Pace(slept.append, lambda: now[0])
    for address in (ADDRESSES["wecombot"], ADDRESSES["discord"], ADDRESSES["wecombot"]):
        pace.wait(address)
        now[0] += 1
    assert [round(seconds, 1) for seconds in slept] == [1.1]
    native = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdefgh-1234-5678-9012-abcdefabcdef"
    assert chat.most_bytes(native) == chat.most_bytes(ADDRESSES["wecombot"])  # the same service by another address
