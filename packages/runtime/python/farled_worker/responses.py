"""Answers that a script made itself, with status and headers."""
import json
import struct

from . import flask_request

FAILED = "x-ms-run-function-failed"


def encoded(result):
    """Its frame: length of the head, head (JSON), body. None when the result is no such answer."""
    from .aml_response import AMLResponse

    if isinstance(result, AMLResponse):
        status, headers, body = result.status_code, list(result.headers), result.get_data()
    else:
        parts = flask_request.response_parts(result)
        if parts is None:
            return None
        status, headers, body = parts
    head = json.dumps({"status": status, "headers": with_failure(status, headers)}).encode()
    return struct.pack(">I", len(head)) + head + body


def with_failure(status, headers):
    """With a status of 500 and more, run() failed whatever it says."""
    if status < 500:
        return headers
    return [(name, value) for name, value in headers if name.lower() != FAILED] + [(FAILED, "True")]
