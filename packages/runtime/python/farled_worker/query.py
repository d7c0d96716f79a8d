"""The arguments of a GET request."""
import codecs
import json
from urllib.parse import parse_qsl

# What is not UTF-8 once it is decoded stays percent-encoded.
UNDECODABLE = "farled_worker.percent"
codecs.register_error(UNDECODABLE, lambda error: ("".join(map("%{:02X}".format, error.object[error.start : error.end])), error.end))


def pairs(query):
    """Names and values of a query in bytes, in their order."""
    return parse_qsl(query.decode("utf-8", UNDECODABLE), keep_blank_values=True, encoding="utf-8", errors=UNDECODABLE)


def arguments(query):
    """Each value is parsed as JSON where it is JSON; a name that comes several times has a list of its values."""
    found = {}
    for name, text in pairs(query):
        found.setdefault(name, []).append(_value(text))
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def _value(text):
    try:
        return json.loads(text)
    except ValueError:
        return text
