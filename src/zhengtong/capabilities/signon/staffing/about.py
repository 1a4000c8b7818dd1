"""What SCIM clients ask first: what is served, which resources there are, what they consist of (RFC 7643, 5–7)."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse

from zhengtong.capabilities.signon.staffing.groups import GROUP, POST
from zhengtong.capabilities.signon.staffing.scim import (
    LARGEST_PAGE,
    LIST,
    MOST_OPERATIONS,
    ROOT,
    Call,
    Problem,
    answer,
    scim,
)
from zhengtong.capabilities.signon.staffing.users import ACTIVATION, ENTERPRISE, USER

_CORE: Final = "urn:ietf:params:scim:schemas:core:2.0"


def _attribute(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    said = {"name": name, "type": kind, "multiValued": False, "required": False, "mutability": "readWrite"}
    return {
        **said,
        "returned": "default",
        **({"caseExact": False, "uniqueness": "none"} if kind == "string" else {}),
        **more,
    }


_READ = {"mutability": "readOnly"}
_SCHEMAS: Final[dict[str, tuple[str, list[dict[str, Any]]]]] = {
    USER: (
        "User",
        [
            _attribute("userName", required=True, uniqueness="server", mutability="immutable"),
            _attribute("name", "complex", subAttributes=[_attribute("formatted", required=True)]),
            _attribute("displayName"),
            _attribute("active", "boolean"),
            _attribute("userType", **_READ),
            _attribute("title", **_READ),
            _attribute(
                "phoneNumbers",
                "complex",
                multiValued=True,
                subAttributes=[_attribute("value"), _attribute("type"), _attribute("primary", "boolean")],
            ),
            _attribute(
                "groups",
                "complex",
                multiValued=True,
                subAttributes=[_attribute("value", **_READ), _attribute("display", **_READ)],
                **_READ,
            ),
        ],
    ),
    ENTERPRISE: ("EnterpriseUser", [_attribute("employeeNumber"), _attribute("organization", **_READ)]),
    ACTIVATION: ("Activation", [_attribute("url", **_READ), _attribute("expiresAt", "dateTime", **_READ)]),
    GROUP: (
        "Group",
        [
            _attribute("displayName", required=True),
            _attribute(
                "members",
                "complex",
                multiValued=True,
                subAttributes=[_attribute("value", mutability="immutable"), _attribute("display", **_READ)],
            ),
        ],
    ),
    POST: (
        "Post",
        [
            _attribute("kind", canonicalValues=["organisation", "post"], **_READ),
            _attribute(
                "organisation",
                "complex",
                subAttributes=[
                    _attribute("value", mutability="immutable"),
                    _attribute("display", **_READ),
                    _attribute("unifiedSocialCreditCode", **_READ),
                ],
            ),
        ],
    ),
}
_TYPES: Final = {
    "User": ("/Users", USER, ((ENTERPRISE, False), (ACTIVATION, False))),
    "Group": ("/Groups", GROUP, ((POST, True),)),
}


def _at(path: str) -> str:
    return f"{settings.PUBLIC_URL}{ROOT}{path}"


def _list(found: list[dict[str, Any]]) -> HttpResponse:
    return answer(
        {
            "schemas": [LIST],
            "totalResults": len(found),
            "startIndex": 1,
            "itemsPerPage": len(found),
            "Resources": found,
        }
    )


def _schema(key: str) -> dict[str, Any]:
    name, attributes = _SCHEMAS[key]
    meta = {"resourceType": "Schema", "location": _at(f"Schemas/{key}")}
    return {"schemas": [f"{_CORE}:Schema"], "id": key, "name": name, "attributes": attributes, "meta": meta}


def _type(key: str) -> dict[str, Any]:
    endpoint, schema, extensions = _TYPES[key]
    return {
        "schemas": [f"{_CORE}:ResourceType"],
        "id": key,
        "name": key,
        "endpoint": endpoint,
        "schema": schema,
        "schemaExtensions": [{"schema": each, "required": required} for each, required in extensions],
        "meta": {"resourceType": "ResourceType", "location": _at(f"ResourceTypes/{key}")},
    }


@scim("GET")
def configuration(_call: Call) -> HttpResponse:
    return answer(
        {
            "schemas": [f"{_CORE}:ServiceProviderConfig"],
            "patch": {"supported": True},
            "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
            "filter": {"supported": True, "maxResults": LARGEST_PAGE},
            "changePassword": {"supported": False},
            "sort": {"supported": False},
            "etag": {"supported": True},
            "authenticationSchemes": [
                {
                    "type": "oauthbearertoken",
                    "name": "OAuth 2.0 client credentials",
                    "description": f"scope=scim，每次 PATCH 最多 {MOST_OPERATIONS} 项",
                    "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
                    "primary": True,
                }
            ],
            "meta": {"resourceType": "ServiceProviderConfig", "location": _at("ServiceProviderConfig")},
        }
    )


@scim("GET")
def resource_types(_call: Call, key: str = "") -> HttpResponse:
    if key and key not in _TYPES:
        raise Problem(404, key)
    return answer(_type(key)) if key else _list([_type(each) for each in _TYPES])


@scim("GET")
def schemas(_call: Call, key: str = "") -> HttpResponse:
    if key and key not in _SCHEMAS:
        raise Problem(404, key)
    return answer(_schema(key)) if key else _list([_schema(each) for each in _SCHEMAS])
