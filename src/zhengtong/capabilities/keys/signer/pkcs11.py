"""P-256, RSA and key-encryption keys in a PKCS #11 token, by a session that comes back when the token does."""

import contextlib
import hashlib
import os
import secrets
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pkcs11
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PKCS11Error
from pkcs11.util.ec import encode_ec_public_key, encode_ecdsa_signature, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from zhengtong.capabilities.keys.signer.configuration import Configuration, UnusableConfiguration
from zhengtong.capabilities.keys.signer.device import DeviceAway

T = TypeVar("T")
SOFTHSM = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
_HIDDEN = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
_TAG_BITS = 128
_BETWEEN_TRIES = 0.5
_LONGEST_WAIT = 10.0
_KNOWN_KEYS = 2048


class Pkcs11Device:
    """One logged-in session of a token, which one request at a time may use; after a failure the next opens it anew.

    The library under it initialises modules without locking (C_Initialize with no arguments), and PKCS #11 (v2.40,
    5.4) then leaves it to the application that its threads never meet in the module. SoftHSM crashes when they do.
    """

    algorithms = frozenset({"p256", "rsa3072"})

    def __init__(self, module: str, token: str, pin: str, *, title: str) -> None:
        self._label, self._pin, self._title = token, pin, title
        try:
            self._library = pkcs11.lib(module)
        except (PKCS11Error, RuntimeError) as error:
            raise UnusableConfiguration(f"PKCS#11 模块 {module} 打不开：{error}") from None
        self._turn = threading.Lock()
        self._session: Any = None
        self._keys: dict[tuple[ObjectClass, str], Any] = {}
        self._tried = 0.0

    def describe(self) -> str:
        return self._title

    def generate(self, identity: str, algorithm: str) -> bytes:
        def act(session: Any) -> bytes:
            names = {"label": identity, "id": identity.encode(), "store": True, "private_template": _HIDDEN}
            if algorithm == "p256":
                curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
                parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
                return bytes(encode_ec_public_key(parameters.generate_keypair(**names)[0]))
            public = session.generate_keypair(KeyType.RSA, 3072, **names)[0]
            key = load_der_public_key(encode_rsa_public_key(public))
            return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

        return self._run(act, writes=True)

    def sign(self, identity: str, algorithm: str, message: bytes) -> bytes:
        def act(session: Any) -> bytes:
            key = self._find(session, ObjectClass.PRIVATE_KEY, identity)
            if algorithm == "p256":
                raw = key.sign(hashlib.sha256(message).digest(), mechanism=Mechanism.ECDSA)
                return bytes(encode_ecdsa_signature(raw))
            return bytes(key.sign(message, mechanism=Mechanism.SHA256_RSA_PKCS))

        return self._run(act)

    def destroy(self, identity: str) -> None:
        def act(session: Any) -> None:
            for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY, ObjectClass.SECRET_KEY):
                for found in list(session.get_objects({Attribute.CLASS: kind, Attribute.LABEL: identity})):
                    found.destroy()

            self._keys.clear()

        self._run(act, writes=True)

    def make_wrapping_key(self, identity: str) -> None:
        self._run(
            lambda session: session.generate_key(
                KeyType.AES, 256, label=identity, id=identity.encode(), store=True, template=_HIDDEN
            ),
            writes=True,
        )

    def wrap(self, identity: str, nonce: bytes, plain: bytes, about: bytes) -> bytes:
        return self._run(lambda session: self._encrypt(session, identity, nonce, plain, about))

    def unwrap(self, identity: str, nonce: bytes, sealed: bytes, about: bytes) -> bytes | None:
        def act(session: Any) -> bytes | None:
            key = self._find(session, ObjectClass.SECRET_KEY, identity)
            try:
                given = GCMParams(nonce, about, _TAG_BITS)
                return bytes(key.decrypt(sealed, mechanism=Mechanism.AES_GCM, mechanism_param=given))
            except PKCS11Error:
                # Modules say the same of an altered text and of a lost token; one that still encrypts isn't lost.
                self._encrypt(session, identity, os.urandom(12), b"there?", b"")
                return None

        return self._run(act)

    def _run(self, act: Callable[[Any], T], *, writes: bool = False) -> T:
        """Run ``act``; once more in a new session when the old one was lost. What makes a key isn't run twice."""
        if not self._turn.acquire(timeout=_LONGEST_WAIT):
            raise DeviceAway
        try:
            with contextlib.suppress(PKCS11Error):
                return act(self._open())
            self._session = None
            if writes:
                raise DeviceAway
            with contextlib.suppress(PKCS11Error):
                return act(self._open())
            self._session = None
            raise DeviceAway
        finally:
            self._turn.release()

    def _open(self) -> Any:
        """Return the session; where there is none, begin anew with the module."""
        if self._session is None:
            if time.monotonic() - self._tried < _BETWEEN_TRIES:
                raise DeviceAway
            self._tried = time.monotonic()
            self._keys.clear()
            self._library.reinitialize()
            token = self._library.get_token(token_label=self._label)
            self._session, self._tried = token.open(user_pin=self._pin, rw=True), 0.0
        return self._session

    def _find(self, session: Any, kind: ObjectClass, identity: str) -> Any:
        known = self._keys.get((kind, identity))
        if known is None:
            if len(self._keys) >= _KNOWN_KEYS:
                self._keys.clear()
            known = self._keys[kind, identity] = session.get_key(object_class=kind, label=identity)
        return known

    def _encrypt(self, session: Any, identity: str, nonce: bytes, plain: bytes, about: bytes) -> bytes:
        key = self._find(session, ObjectClass.SECRET_KEY, identity)
        given = GCMParams(nonce, about, _TAG_BITS)
        return bytes(key.encrypt(plain, mechanism=Mechanism.AES_GCM, mechanism_param=given))


def open_token(configuration: Configuration) -> Pkcs11Device:
    """Return the token that the environment names, or SoftHSM's in the signer's own folder, made at first use."""
    if configuration.module:
        pin = _read_pin(configuration.pin_file) if configuration.pin_file else ""
        title = f"PKCS#11 {Path(configuration.module).name} · {configuration.token}"
        return Pkcs11Device(configuration.module, configuration.token, pin, title=title)
    module = next((path for path in SOFTHSM if Path(path).exists()), None)
    if module is None:
        raise UnusableConfiguration("没有找到 SoftHSM；请安装 softhsm2，或者用 SIGNER_PKCS11_MODULE 指明密码设备的模块")
    pin = _make_softhsm(configuration.folder / "softhsm", configuration.token)
    return Pkcs11Device(module, configuration.token, pin, title="SoftHSM 2（开发用，软件实现）")


def _make_softhsm(folder: Path, token: str) -> str:
    tokens, settings, pin_file = folder / "tokens", folder / "softhsm2.conf", folder / "pin"
    tokens.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(settings)
    if pin_file.exists():
        return pin_file.read_text().strip()
    for half_made in tokens.iterdir():
        raise UnusableConfiguration(f"{half_made} 是没有 PIN 的令牌；请恢复 {pin_file}，里面是打开它的 PIN")
    pin = secrets.token_hex(16)
    aside = pin_file.with_suffix(".new")
    aside.write_text(pin)
    aside.chmod(0o600)
    _initialise(token, pin)
    aside.replace(pin_file)
    return pin


def _initialise(token: str, pin: str) -> None:
    # The PIN is only good on this machine's own token, made this moment; real devices are set up by their own tools.
    command = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        token,
        "--pin",
        pin,
        "--so-pin",
        secrets.token_hex(16),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise UnusableConfiguration("没有找到 softhsm2-util；请安装 softhsm2") from None
    if done.returncode != 0:
        raise UnusableConfiguration(f"SoftHSM 令牌没有建成：{(done.stderr or done.stdout).strip()[:200]}")


def _read_pin(path: Path) -> str:
    if path.stat().st_mode & 0o077:
        raise UnusableConfiguration(f"{path} 里是密码设备的 PIN，只能由签名服务的系统用户读（chmod 600）")
    return path.read_text().strip()
