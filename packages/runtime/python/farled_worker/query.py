"""The arguments of a GET request as run() receives them: a JSON text of the query."""
import json
from urllib.parse import parse_qsl


def query_to_json(query):
    """Each value is parsed as JSON where it is JSON; a name that comes several times has a list of its values."""
    arguments = {}
    for name, text in parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace"):
        arguments.setdefault(name, []).append(_value(text))
    return json.dumps({name: values if len(values) > 1 else values[0] for name, values in arguments.items()})


def _value(text):
    try:
        return json.loads(text)
    except ValueError:
        return text
