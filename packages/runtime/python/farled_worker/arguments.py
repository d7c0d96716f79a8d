"""From a request to the arguments of run(): one function for each of the three ways to write it."""
import inspect
import json

from . import flask_request, frames, query


class BadInput(Exception):
    """The client's mistake; the text is for the client."""


def of_text(parameter, wants_headers):
    """run(raw_data): the body as text, or the query as the text of a JSON object."""

    def arguments(kind, head, body):
        if kind == frames.REQUEST_QUERY:
            text = json.dumps(query.arguments(body))
        else:
            try:
                text = body.decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadInput("Input cannot be decoded as UTF-8: {}".format(error))
        return _first(parameter, text, json.loads(head) if wants_headers else None)

    return arguments


def of_json(parameters, wants_headers):
    """With @input_schema or @output_schema: the members of the JSON object in the body, or of the query."""

    def arguments(kind, head, body):
        given = query.arguments(body) if kind == frames.REQUEST_QUERY else _json_object(body)
        named = {}
        for parameter in parameters:
            value = given.get(parameter.name, parameter.default)
            if value is inspect.Parameter.empty:
                raise BadInput("A value is not provided for the {!r} parameter.".format(parameter.name))
            named[parameter.name] = value
        if wants_headers:
            named["request_headers"] = json.loads(head)
        return (), named

    return arguments


def of_raw(parameter, wants_headers):
    """With @rawhttp: the request itself."""
    from .aml_request import AMLRequest

    def arguments(kind, head, body):
        facts = json.loads(head)
        return _first(parameter, AMLRequest(facts, body), facts["headers"] if wants_headers else None)

    return arguments


def of_flask(parameter, wants_headers):
    """With the original @rawhttp: what flask_request.in_request_context() calls run() with."""

    def arguments(kind, head, body):
        facts = json.loads(head)
        headers = facts["headers"] if wants_headers else None
        return (flask_request.environ(facts, body), lambda request: _first(parameter, request, headers)), {}

    return arguments


def _first(parameter, value, headers):
    """By its place where that is possible: a wrapper around run() may call it by another name."""
    named = {} if headers is None else {"request_headers": headers}
    if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
        named[parameter.name] = value
        return (), named
    return (value,), named


def _json_object(body):
    try:
        # In the encoding that its first bytes tell: UTF-8, 16 or 32.
        given = json.loads(bytes(body))
    except json.JSONDecodeError as error:
        if not body:
            raise BadInput("POST body is empty. Expecting a JSON dictionary.")
        raise BadInput("POST body could not be decoded as JSON: {}".format(error))
    if not isinstance(given, dict):
        raise BadInput("POST body should be a JSON dictionary.")
    return given
