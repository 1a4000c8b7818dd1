"""A folder on an SSH server. The host's key is pinned: whoever shows another one is not connected to."""

import base64
import hashlib
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import IO, Any, Final

from paramiko.pkey import PKey
from paramiko.sftp_client import SFTPClient
from paramiko.ssh_exception import AuthenticationException, SSHException
from paramiko.transport import Transport

from zhengtong.capabilities.sources.domain import SourceError
from zhengtong.capabilities.sources.drivers.files.reading import FileConnection
from zhengtong.capabilities.sources.drivers.files.stores import Entry, check_name
from zhengtong.capabilities.sources.drivers.files.writing import FileTarget
from zhengtong.capabilities.sources.failures import failure

CONNECT_SECONDS: Final = 10
ANSWER_SECONDS: Final = 60
_RSA: Final = ("rsa-sha2-512", "rsa-sha2-256")


def connect(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> FileConnection:
    return FileConnection(SFTPStore(settings, secrets), settings)


def aim(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> FileTarget:
    return FileTarget(SFTPStore(settings, secrets), settings)


def fingerprint(key: bytes) -> str:
    """Return a host key's fingerprint as ssh-keygen shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


class SFTPStore:
    """One flat folder of an SSH server."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        self._host, self._port = str(settings.get("host") or ""), int(settings.get("port") or 22)
        self._folder = str(settings.get("folder") or ".")
        self.place = f"sftp://{self._host}:{self._port}"
        # paramiko has no types: what it gives is named here.
        self._transport: Any = None
        self._client: Any = None
        try:
            self._connect(str(settings.get("user") or ""), str(settings.get("host_key") or "").strip(), secrets)
        except BaseException:
            self.close()
            raise

    def _connect(self, user: str, pinned: str, secrets: Mapping[str, Any]) -> None:
        try:
            opened = socket.create_connection((self._host, self._port), timeout=CONNECT_SECONDS)
        except OSError:
            raise failure("unreachable", place=self.place) from None
        with self._heard():
            make: Any = Transport
            self._transport = make(opened)
            kind = pinned.split()[0] if " " in pinned else ""
            if kind:
                # Otherwise a server with several keys would show the one it likes best.
                offered = self._transport.get_security_options()
                offered.key_types = _RSA if kind == "ssh-rsa" else (kind,)
            try:
                self._transport.start_client(timeout=CONNECT_SECONDS)
            except SSHException as error:
                if "no acceptable host key" in str(error).lower() or "incompatible ssh peer" in str(error).lower():
                    raise failure("host-key", place=self.place, shown="—") from None
                raise
            shown = self._transport.get_remote_server_key().asbytes()
            known = pinned.split()[1] if kind else pinned
            if known not in (base64.b64encode(shown).decode(), fingerprint(shown)):
                raise failure("host-key", place=self.place, shown=fingerprint(shown))
            self._sign_in(user, secrets)
            open_client: Any = SFTPClient.from_transport
            self._client = open_client(self._transport)
            self._client.get_channel().settimeout(ANSWER_SECONDS)
            self._client.chdir(self._folder)

    def _sign_in(self, user: str, secrets: Mapping[str, Any]) -> None:
        self._transport.auth_timeout = ANSWER_SECONDS
        try:
            if secrets.get("private_key"):
                self._transport.auth_publickey(user, _read_key(str(secrets["private_key"]), secrets.get("passphrase")))
            else:
                self._transport.auth_password(user, str(secrets.get("password") or ""))
        except (AuthenticationException, ValueError):
            raise failure("credentials", place=self.place) from None

    @contextmanager
    def _heard(self, name: str = "") -> Iterator[None]:
        """Say what goes wrong in the words of all sources."""
        try:
            yield
        except SourceError:
            raise
        except TimeoutError:
            raise failure("too-slow", place=self.place, seconds=ANSWER_SECONDS) from None
        except FileNotFoundError:
            raise failure("table-missing", name=name or self._folder) from None
        except PermissionError as error:
            raise failure("denied", place=self.place, said=error) from None
        except (SSHException, EOFError, ConnectionError):
            raise failure("cut", place=self.place) from None
        except OSError as error:
            if "closed" in str(error).lower() or "dropped" in str(error).lower():
                raise failure("cut", place=self.place) from None
            # The protocol has one code for a full disk, a quota and everything else.
            raise failure("other", is_passing=True, place=self.place, said=error) from None

    def check(self) -> str:
        return str(self._transport.remote_version)

    def entries(self) -> list[Entry]:
        with self._heard():
            found = [each for each in self._client.listdir_attr(".") if S_ISREG(each.st_mode or 0)]
        return sorted((Entry(e.filename, e.st_size or 0, e.st_mtime or 0) for e in found), key=lambda each: each.name)

    def find(self, name: str) -> Entry | None:
        check_name(name)
        with self._heard(name):
            try:
                known = self._client.stat(name)
            except FileNotFoundError:
                return None
        return Entry(name, known.st_size or 0, known.st_mtime or 0)

    @contextmanager
    def fetch(self, entry: Entry) -> Iterator[IO[bytes]]:
        """Bring the whole file here first: reading back and forth over the network takes minutes for a large one."""
        with tempfile.TemporaryFile() as file:
            with self._heard(entry.name):
                self._client.getfo(check_name(entry.name), file, max_concurrent_prefetch_requests=64)
            if file.tell() != entry.size or self.find(entry.name) != entry:
                raise failure("changed", name=entry.name)
            file.seek(0)
            yield file

    def put(self, name: str, content: Path) -> None:
        with self._heard(name):
            # It asks for the size afterwards, and fails when that is another.
            self._client.put(str(content), check_name(name), confirm=True)

    def rename(self, old: str, new: str) -> None:
        with self._heard(old):
            self._client.posix_rename(check_name(old), check_name(new))

    def remove(self, name: str) -> None:
        with self._heard(name):
            try:
                self._client.remove(check_name(name))
            except FileNotFoundError:
                return

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _read_key(text: str, passphrase: object) -> Any:
    """Return a private key of any kind in OpenSSH's or PEM form. Raises ValueError."""
    word = str(passphrase).encode() if passphrase else None
    with tempfile.NamedTemporaryFile("w", suffix=".key") as file:
        file.write(text.replace("\r\n", "\n").strip() + "\n")
        file.flush()
        try:
            load: Any = PKey.from_path
            return load(file.name, word)
        except Exception as error:  # each kind of key fails in its own way
            raise ValueError(str(error)) from None
