"""Answers that come piece by piece: of generators, and of responses whose body is one."""
import collections
import inspect
import json

from . import flask_request, frames, responses

# `items` is a generator, asynchronous or not; `headers` is None when the first item tells what they are.
Stream = collections.namedtuple("Stream", "status headers items")

NOTHING = object()


def of(result):
    """Its Stream; None when the result is whole."""
    if inspect.isgenerator(result) or inspect.isasyncgen(result):
        return Stream(200, None, result)
    from .aml_response import AMLResponse

    if isinstance(result, AMLResponse):
        if result.stream is None:
            return None
        parts = result.status_code, list(result.headers), result.stream
    else:
        parts = flask_request.stream_parts(result)
    if parts is None:
        return None
    status, headers, items = parts
    return Stream(status, responses.with_failure(status, headers), items)


def head(stream, first):
    """Status and headers as JSON; `first` is the first item, or NOTHING."""
    headers = stream.headers
    if headers is None:
        headers = [("Content-Type", _type_of(first)), (responses.FAILED, "False")]
    return json.dumps({"status": stream.status, "headers": headers}).encode()


def chunk(item):
    """Text in UTF-8, bytes as they are, anything else as a line of JSON."""
    if isinstance(item, str):
        return item.encode("utf-8")
    if isinstance(item, (bytes, bytearray, memoryview)):
        return bytes(item)
    return json.dumps(item).encode() + b"\n"


def _type_of(item):
    if item is NOTHING or isinstance(item, str):
        return "text/plain; charset=utf-8"
    if isinstance(item, (bytes, bytearray, memoryview)):
        return "application/octet-stream"
    return "application/x-ndjson"


def pieces(chunk):
    """None larger than half of a window, so that one of them is on its way while the next is made."""
    most = frames.WINDOW // 2
    if len(chunk) <= most:
        return (chunk,) if chunk else ()
    return (chunk[at : at + most] for at in range(0, len(chunk), most))
