"""The command: make a key, call a service, query one, read changes."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zhengtong_client.client import Client
from zhengtong_client.errors import ClientError
from zhengtong_client.keys import PrivateKey


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0 done, 1 refused, 2 asked in a wrong way."""
    parser = _make_parser()
    given = parser.parse_args(arguments)
    try:
        if given.act == "new-key":
            return _make_key(Path(given.file))
        with _open(given) as client:
            for row in _perform(given, client):
                print(json.dumps(row, ensure_ascii=False))  # noqa: T201
    except ClientError as error:
        print(f"{error.code}: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except (OSError, ValueError) as error:
        print(str(error), file=sys.stderr)  # noqa: T201
        return 2
    return 0


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m zhengtong_client", description="调用政通平台的接口服务")
    acts = parser.add_subparsers(dest="act", required=True)
    new = acts.add_parser("new-key", help="生成一把 Ed25519 密钥，公钥打印出来交给平台登记")
    new.add_argument("file", help="私钥写到哪个文件（权限 0600）")
    for name, what in (("call", "调用转发的接口"), ("query", "查询库表服务，自动翻页"), ("changes", "取回订阅的变更")):
        one = acts.add_parser(name, help=what)
        one.add_argument("subject", help="订阅编号" if name == "changes" else "服务代码")
        one.add_argument("--url", required=True, help="平台地址，如 https://gov.example.cn")
        one.add_argument("--member", required=True, help="接入系统代码")
        one.add_argument("--key", required=True, help="私钥文件；口令从环境变量 ZHENGTONG_KEY_PASSPHRASE 取")
        one.add_argument("--trust", help="平台根证书文件；不给则只凭传输层证书")
        one.add_argument("--tls-ca", help="传输层证书的根证书文件")
        if name == "changes":
            one.add_argument("--after", type=int, default=0, help="从哪个序号之后")
            continue
        one.add_argument("--contract", required=True, help="共享合约编号")
        one.add_argument("--purpose", required=True, help="用途")
        if name == "call":
            one.add_argument("--parameters", default="{}", help="参数，JSON 对象")
        else:
            one.add_argument("--columns", default="", help="要哪些列，逗号分开；空：合约里的全部")
            one.add_argument("--where", default="[]", help='条件，JSON 数组：[{"column","operator","values"}]')
    return parser


def _make_key(file: Path) -> int:
    key = PrivateKey.generate()
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(key.to_pem(os.environ.get("ZHENGTONG_KEY_PASSPHRASE", "")))
    print(key.public_pem, end="")  # noqa: T201
    return 0


def _open(given: argparse.Namespace) -> Client:
    key = PrivateKey.read(Path(given.key).read_bytes(), os.environ.get("ZHENGTONG_KEY_PASSPHRASE", ""))
    trust = Path(given.trust).read_bytes() if given.trust else None
    return Client(given.url, member=given.member, key=key, trust=trust, verify=given.tls_ca or True)


def _perform(given: argparse.Namespace, client: Client) -> Any:
    if given.act == "changes":
        return client.changes(given.subject, after=given.after)
    if given.act == "call":
        parameters = json.loads(given.parameters)
        return client.call(given.subject, contract=given.contract, purpose=given.purpose, parameters=parameters).rows
    return client.query(
        given.subject,
        contract=given.contract,
        purpose=given.purpose,
        columns=[each for each in given.columns.split(",") if each],
        where=json.loads(given.where),
    )
