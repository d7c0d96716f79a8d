"""AMLRequest and rawhttp for environments that lack the originals, with what entry scripts use of them."""
import io
import json
from urllib.parse import unquote

from . import query
from .request_values import Headers, MultiDict


FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class _Raw:
    requested = False


def rawhttp(function):
    """run() gets the request itself. As in the original, one use of it anywhere in the script is enough."""
    _Raw.requested = True
    return function


def raw_requested():
    return _Raw.requested


class AMLRequest:
    """One request: the names and behaviours of flask.Request, which the original is."""

    def __init__(self, head, body):
        self.method = head["method"]
        self.headers = Headers(head["headers"].items())
        self.path = unquote(head["path"])
        self.query_string = head["query"].encode("latin-1")
        self.remote_addr = head["remote"]
        self.scheme = "http"
        self._body = bytes(body)
        self._parsed = None
        self._args = None

    @property
    def args(self):
        if self._args is None:
            self._args = MultiDict(query.pairs(self.query_string))
        return self._args

    @property
    def host(self):
        return self.headers.get("Host", "localhost")

    @property
    def host_url(self):
        return "{}://{}/".format(self.scheme, self.host)

    root_url = url_root = host_url

    @property
    def base_url(self):
        return self.host_url + self.path.lstrip("/")

    @property
    def full_path(self):
        return "{}?{}".format(self.path, self.query_string.decode("latin-1"))

    @property
    def url(self):
        return self.base_url + ("?" + self.query_string.decode("latin-1") if self.query_string else "")

    @property
    def is_secure(self):
        return False

    @property
    def content_type(self):
        return self.headers.get("Content-Type")

    @property
    def mimetype(self):
        return (self.content_type or "").split(";", 1)[0].strip().lower()

    @property
    def content_length(self):
        return self.headers.get("Content-Length", type=int)

    @property
    def content_encoding(self):
        return self.headers.get("Content-Encoding")

    @property
    def user_agent(self):
        return self.headers.get("User-Agent", "")

    @property
    def cookies(self):
        from http.cookies import CookieError, SimpleCookie

        try:
            return MultiDict((name, morsel.value) for name, morsel in SimpleCookie(self.headers.get("Cookie", "")).items())
        except CookieError:
            return MultiDict()

    def get_data(self, cache=True, as_text=False, parse_form_data=False):
        if parse_form_data and self.mimetype in FORMS:
            return "" if as_text else b""
        return self._body.decode("utf-8", "replace") if as_text else self._body

    @property
    def data(self):
        """The body; empty when it is a form, whose fields are in `form` and `files`."""
        return self.get_data(parse_form_data=True)

    @property
    def stream(self):
        return io.BytesIO(self._body)

    @property
    def is_json(self):
        kind = self.mimetype
        return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))

    @property
    def json(self):
        return self.get_json()

    def get_json(self, force=False, silent=False, cache=True):
        if not (force or self.is_json):
            if silent:
                return None
            raise ValueError("The Content-Type of the request is {!r}, not application/json".format(self.content_type))
        try:
            return json.loads(self._body)
        except ValueError:
            if silent:
                return None
            raise

    @property
    def form(self):
        return self._fields()[0]

    @property
    def files(self):
        return self._fields()[1]

    @property
    def values(self):
        """Of query and form."""
        sources = (self.args, self.form) if self.method == "POST" else (self.args,)
        return MultiDict((name, value) for source in sources for name, several in source.lists() for value in several)

    def _fields(self):
        if self._parsed is None:
            # Only here: what it needs takes a while to import.
            from . import forms

            fields, files = forms.parse(self.content_type or "", self._body)
            self._parsed = MultiDict(fields), MultiDict(files)
        return self._parsed

    def __repr__(self):
        return "<AMLRequest {!r} [{}]>".format(self.url, self.method)
