"""Answers that a script made itself, with status and headers."""
import json
import struct

from . import flask_request


def encoded(result):
    """Its frame: length of the head, head (JSON), body. None when the result is no such answer."""
    from .aml_response import FAILED, AMLResponse

    if isinstance(result, AMLResponse):
        status, headers, body = result.status_code, list(result.headers), result.get_data()
    else:
        parts = flask_request.response_parts(result)
        if parts is None:
            return None
        status, headers, body = parts
    if status >= 500:
        headers = [(name, value) for name, value in headers if name.lower() != FAILED] + [(FAILED, "True")]
    head = json.dumps({"status": status, "headers": headers}).encode()
    return struct.pack(">I", len(head)) + head + body
