"""AMLResponse for environments that lack the original."""
import inspect
import json
import re

from .request_values import Headers
from .responses import FAILED

# Between two cookies, and not in the date of one.
_NEXT_COOKIE = re.compile(r",\s*(?=[^;,=\s]+=)")


class AMLResponse:
    """What run() answers with: body, status and headers of its own."""

    def __init__(self, message, status_code, response_headers=None, json_str=False, run_function_failed=False):
        is_json = json_str or message is None
        if is_json:
            self.set_data(json.dumps({} if message is None else message))
        else:
            self.set_data(message)
        self.status = status_code
        self.headers = Headers([("Content-Type", "application/json" if is_json else "text/html; charset=utf-8")])
        self.headers[FAILED] = run_function_failed
        given = response_headers or {}
        if any(name.lower() == "content-type" for name in given):
            self.headers.remove("Content-Type")
        for name, value in given.items():
            several = _NEXT_COOKIE.split(value) if name.lower() == "set-cookie" else [value]
            for one in several:
                self.headers.add(name, one.strip())

    @property
    def status(self):
        return "{} {}".format(self.status_code, self._reason).strip()

    @status.setter
    def status(self, status):
        code, _, self._reason = status.partition(" ") if isinstance(status, str) else (status, "", "")
        self.status_code = int(code)

    @property
    def content_type(self):
        return self.headers.get("Content-Type")

    @content_type.setter
    def content_type(self, value):
        self.headers["Content-Type"] = value

    @property
    def mimetype(self):
        return (self.content_type or "").split(";", 1)[0].strip().lower()

    def get_data(self, as_text=False):
        if self.stream is not None:
            self.set_data(list(self.stream))
        return self._body.decode("utf-8", "replace") if as_text else self._body

    def set_data(self, message):
        """A generator is not asked for its items before they are sent."""
        is_stream = inspect.isgenerator(message) or inspect.isasyncgen(message)
        self.stream = message if is_stream else None
        self._body = b"" if is_stream else _bytes(message)

    data = property(get_data, set_data)


def _bytes(message):
    if isinstance(message, str):
        return message.encode("utf-8")
    if isinstance(message, (bytes, bytearray, memoryview)):
        return bytes(message)
    try:
        return b"".join(map(_bytes, message))
    except TypeError:
        raise TypeError(
            "AMLResponse takes text, bytes or an iterable of them, not {}: json_str=True encodes it as JSON".format(
                type(message).__name__
            )
        )
