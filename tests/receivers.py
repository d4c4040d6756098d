"""Receivers on this machine for what leaves it: a chat and a mail server."""

from __future__ import annotations

import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from delivery.channels.settings import MailSettings
from tests.processes import free_ports


class Chat:
    """A server that keeps what is sent to it, and answers as it is told."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b'{"ok": true, "code": 0, "errcode": 0}', {}
        self.got: list[tuple[str, dict[str, Any]]] = []
        chat_server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                chat_server.got.append((self.path, json.loads(body)))
                self.send_response(chat_server.status)
                for name, value in {**chat_server.headers, "Content-Length": str(len(chat_server.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(chat_server.body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.host = self.base.removeprefix("http://")
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def text(self) -> str:
        """All that came, as one text."""
        return json.dumps([body for _, body in self.got], ensure_ascii=False)


class Mailbox:
    """A mail server that keeps what it gets, and refuses whom it is told to refuse."""

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        self.mails: list[tuple[list[str], bytes]] = []
        self.answer: dict[str, str] = {}
        self.port = free_ports(1)[0]
        self.certificate = certificate(folder) if tls else ""
        options: dict[str, Any] = {}
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.certificate, folder / "key.pem")
            options = {
                "tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": self._known
            }  # fmt: skip
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()

    def _known(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        is_known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"user", b"right")
        return AuthResult(success=is_known, handled=is_known)

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address not in self.answer:
            envelope.rcpt_tos.append(address)
        return self.answer.get(address, "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append((list(envelope.rcpt_tos), envelope.content))
        return "250 OK"

    def settings(self, **changes: Any) -> MailSettings:
        values = {"server": "127.0.0.1", "port": self.port, "security": "none", "sender": "论文 <papers@example.org>"}
        return MailSettings.load(**values | changes)

    def stop(self) -> None:
        self._controller.stop()


def certificate(folder: Path) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / "cert.pem")
