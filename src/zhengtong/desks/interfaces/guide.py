"""A service's own documentation: an example in curl, one in Python, and its description for programs (OpenAPI)."""

import json
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from zhengtong.capabilities.contracts.public import Contract
from zhengtong.capabilities.interfaces.public import PROBLEMS, Service, ServiceKind

EXAMPLE = "HT-00000000"


def example_of(service: Service) -> dict[str, Any]:
    """Return a body that the service takes."""
    if service.kind == ServiceKind.TABLE:
        return {"where": [], "limit": 10}
    return {"parameters": dict.fromkeys(service.parameters, "")}


def write_curl(service: Service, contract: Contract | None) -> str:
    """Return a script of curl and openssl that calls the service; the same as tests run it."""
    member, secret, why = _("接入系统代码"), _("私钥文件（P-256）"), _("这次调用的用途")
    body = json.dumps(example_of(service), ensure_ascii=False, separators=(",", ":"))
    return f"""#!/bin/sh
set -eu
URL={settings.PUBLIC_URL}
SERVICE={service.code}
CONTRACT={contract.number if contract else EXAMPLE}
MEMBER=${{MEMBER:?}}              # {member}
KEY=${{KEY:?}}                    # {secret}
PURPOSE=${{PURPOSE:?}}            # {why}
BODY='{body}'

hex() {{ od -An -tx1 | tr -d ' \\n'; }}
KEYID=$(openssl pkey -in "$KEY" -pubout -outform DER | openssl dgst -sha256 -binary | hex | cut -c1-16)
DIGEST=sha-256:$(printf %s "$BODY" | openssl dgst -sha256 -binary | hex)
ID=$(openssl rand 16 | hex)
NONCE=$(openssl rand 16 | hex)
NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ)
FORM='{{"contract":"%s","digest":"%s","from":"%s","id":"%s","issued_at":"%s",'
FORM=$FORM'"key":"%s","nonce":"%s","purpose":"%s","to":"%s","v":1}}'
ENVELOPE=$(printf "$FORM" "$CONTRACT" "$DIGEST" "$MEMBER" "$ID" "$NOW" "$KEYID" "$NONCE" "$PURPOSE" "$SERVICE")
SIGNATURE=$(printf %s "$ENVELOPE" | openssl dgst -sha256 -sign "$KEY" | openssl base64 -A)
curl -sS --fail-with-body "$URL/exchange/v1/services/$SERVICE/call" \\
  -H 'Content-Type: application/json' \\
  -H "Exchange-Envelope: $(printf %s "$ENVELOPE" | openssl base64 -A)" \\
  -H "Exchange-Signature: $SIGNATURE" \\
  --data-binary "$BODY"
"""


def write_python(service: Service, contract: Contract | None) -> str:
    number, roots = contract.number if contract else EXAMPLE, _("平台根证书")
    head = f"""from pathlib import Path

from zhengtong_client import Client, PrivateKey

key = PrivateKey.read(Path("key.pem").read_bytes())
trust = Path("roots.pem").read_bytes()  # {roots}
with Client("{settings.PUBLIC_URL}", member="…", key=key, trust=trust) as client:
"""
    if service.kind == ServiceKind.TABLE:
        return f"""{head}    for row in client.query("{service.code}", contract="{number}", purpose="…", where=[]):
        print(row)
"""
    return f"""{head}    answer = client.call("{service.code}", contract="{number}", purpose="…", parameters={{}})
    print(answer.rows)
"""


def describe(service: Service) -> dict[str, Any]:
    """Return the OpenAPI description of a service."""
    texts = {"type": "string"}
    if service.kind == ServiceKind.TABLE:
        condition = {
            "type": "object",
            "required": ["column", "operator"],
            "properties": {
                "column": texts,
                "operator": {"enum": ["=", "!=", ">=", "<=", "in", "begins", "empty", "filled"]},
                "values": {"type": "array", "items": texts},
            },
        }
        body: dict[str, Any] = {
            "columns": {"type": "array", "items": texts},
            "where": {"type": "array", "items": condition},
            "limit": {"type": "integer", "minimum": 1},
            "cursor": texts,
        }
    else:
        body = {
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "properties": {name: {} for name in service.parameters},
            }
        }
    answer = {
        "type": "object",
        "required": ["rows", "count", "held"],
        "properties": {
            "rows": {"type": "array", "items": {"type": "object"}},
            "count": {"type": "integer"},
            "held": {"type": "integer", "description": _("没有通过校验、没有给出的行数")},
            "next": {"type": ["string", "null"]},
        },
    }
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    statuses = sorted({kind.status for kind in PROBLEMS.values()})
    header = {"in": "header", "required": True, "schema": texts}
    return {
        "openapi": "3.1.0",
        "info": {"title": service.name, "version": "1", "description": service.note or service.resource.abstract},
        "servers": [{"url": settings.PUBLIC_URL}],
        "paths": {
            f"/exchange/v1/services/{service.code}/call": {
                "post": {
                    "operationId": service.code,
                    "summary": service.name,
                    "parameters": [
                        {"name": "Exchange-Envelope", **header},
                        {"name": "Exchange-Signature", **header},
                    ],
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {"type": "object", "properties": body}}},
                    },
                    "responses": {
                        "200": {"description": "OK", "content": {"application/json": {"schema": answer}}},
                        **{
                            str(status): {
                                "description": "; ".join(
                                    f"{code} {kind.title}" for code, kind in PROBLEMS.items() if kind.status == status
                                ),
                                "content": problem,
                            }
                            for status in statuses
                        },
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "Problem": {
                    "type": "object",
                    "required": ["type", "title", "status", "code", "next_step", "may_retry"],
                    "properties": {
                        "type": texts,
                        "title": texts,
                        "status": {"type": "integer"},
                        "detail": texts,
                        "code": {"enum": list(PROBLEMS)},
                        "next_step": texts,
                        "may_retry": {"type": "boolean"},
                    },
                }
            }
        },
    }
