"""The OpenAPI description of the API; a test sends what it allows and checks that the answers are what it says."""

from __future__ import annotations

import functools
from typing import Any

from opd_exporter import __version__
from opd_exporter.models import Cadence, Check, Connection, Duty, Kendala, PostSource, Reason, Status

TIME = {"type": "string", "format": "date-time"}
TEXT = {"type": "string"}
NUMBER = {"type": "number"}
COUNT = {"type": "integer", "minimum": 0}


def _words(members: type[Any]) -> dict[str, Any]:
    return {"type": "string", "enum": [str(member) for member in members]}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": sorted(properties), "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_POST = _object(published_at=TIME, source=_words(PostSource), url=TEXT, title=TEXT)
_SITE = _object(
    site=TEXT,
    opd=TEXT,
    name=TEXT,
    url=_or_null(TEXT),
    status=_words(Status),
    reason=_or_null(_words(Reason)),
    since=_or_null(TIME),
    up={"type": ["boolean", "null"]},
    http_status={"type": ["integer", "null"]},
    response_seconds={"type": ["number", "null"]},
    tls_not_after=_or_null(TIME),
    last_post=_or_null(_ref("Post")),
    checked_at=_or_null(TIME),
    evidence=_list(TEXT),
)
_FINDING = _object(at=TIME, reason=_or_null(_words(Reason)), evidence=_list(TEXT))
_DAY = _object(
    day={"type": "string", "format": "date"},
    up=COUNT,
    down=COUNT,
    blocked=COUNT,
    unknown=COUNT,
    response_seconds_mean={"type": ["number", "null"]},
    response_seconds_max={"type": ["number", "null"]},
    received_bytes=COUNT,
)
_HISTORY = _object(
    changes=_list(_object(at=TIME, status=_words(Status), reason=_or_null(_words(Reason)))),
    posts=_list({"allOf": [_ref("Post"), _object(first_seen=TIME)]}),
    days=_list(_DAY),
)
_DETAILS = _object(
    findings={
        "type": "object",
        "additionalProperties": _FINDING,
        "propertyNames": {"enum": [str(check) for check in Check]},
    },
    last_known_post=_or_null(_ref("Post")),
    publishing=_object(
        freshness_limit_seconds={"type": ["number", "null"]},
        publishing_dates_30d={"type": ["integer", "null"]},
        publishing_dates_90d={"type": ["integer", "null"]},
        longest_gap_seconds={"type": ["number", "null"]},
        cadence=_or_null(_words(Cadence)),
        content_checked_at=_or_null(TIME),
    ),
    candidates=_list(
        _object(
            source=_words(PostSource),
            found_at=TEXT,
            raw=TEXT,
            title=TEXT,
            url=TEXT,
            published_at=_or_null(TIME),
            taken={"type": "boolean"},
            refusal=_or_null(TEXT),
            note=TEXT,
        )
    ),
    uptime={"type": "object", "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1}},
    certificate=_or_null(
        _object(
            not_after=_or_null(TIME),
            verified={"type": "boolean"},
            chain_complete={"type": ["boolean", "null"]},
            legacy={"type": "boolean"},
            reason=_or_null(_words(Reason)),
            subject=TEXT,
            issuer=TEXT,
            version=TEXT,
        )
    ),
    hops=_list(_object(url=TEXT, address=_or_null(TEXT), status={"type": ["integer", "null"]})),
    registry=_object(
        category=TEXT,
        duty=_words(Duty),
        connection=_words(Connection),
        kendala=_or_null(_words(Kendala)),
        tindak_lanjut=TEXT,
        penanggung_jawab=TEXT,
    ),
)
_DETAILS["properties"]["history"] = _HISTORY
_SUMMARY = _object(
    total=COUNT,
    active=COUNT,
    inactive=COUNT,
    not_assessable=COUNT,
    by_status=_object(**{str(status): COUNT for status in Status}),
)


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_ERROR = _ref("Error")
_BAD_REQUEST = _answer("A parameter is wrong", _ERROR)
_NOT_FOUND = _answer("No such site", _ERROR)
_UNAUTHORIZED = _answer("Users are configured and none was given", _ERROR)
_BUSY = _answer("Too many password checks at once", _ERROR)


def _operation(summary: str, operation: str, answers: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    responses = answers | {"401": _UNAUTHORIZED, "429": _BUSY}
    return {
        "get": {"summary": summary, "operationId": operation, "parameters": list(parameters), "responses": responses}
    }


@functools.cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    status = {"name": "status", "in": "query", "required": False, "schema": _words(Status)}
    site = {"name": "site", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[a-z0-9-]+$"}}
    month = {
        "name": "month",
        "in": "query",
        "required": False,
        "description": "The month of the report; the running one by default.",
        "schema": {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"},
    }
    shard = _object(index=COUNT, count=COUNT, sites_elsewhere=COUNT)
    fleet = _object(at=TIME, network_up={"type": "boolean"}, shard=shard, summary=_SUMMARY, sites=_list(_ref("Site")))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OPD Exporter",
            "version": __version__,
            "description": "Status and freshness of department websites. Names and meanings stay within v1; "
            "properties may be added. Times are ISO 8601 in the site's zone; null is not known.",
        },
        "paths": {
            "/api/v1/sites": _operation(
                "Every site now", "listSites", {"200": _answer("The fleet", fleet), "400": _BAD_REQUEST}, status
            ),
            "/api/v1/sites/{site}": _operation(
                "One site with its history",
                "getSite",
                {
                    "200": _answer("The site", {"allOf": [_ref("Site"), _ref("Details")]}),
                    "404": _NOT_FOUND,
                },
                site,
            ),
            "/api/v1/report": _operation(
                "The evaluation report of a month",
                "getReport",
                {
                    "200": _answer("The report", {"type": "object"}),
                    "400": _BAD_REQUEST,
                    "404": _answer("The month has not begun", _ERROR),
                    "503": _answer("No stored history", _ERROR),
                },
                month,
            ),
        },
        "components": {
            "schemas": {
                "Post": _POST,
                "Site": _SITE,
                "Details": _DETAILS,
                "Error": _object(error=TEXT),
            },
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
        },
        "security": [{}, {"basic": []}],
    }
