"""The body of a form as fields and files. Standard library alone: Python 3.13 has no module cgi any more."""
import io
import shutil
from email.parser import HeaderParser
from urllib.parse import parse_qsl

from .request_values import Headers

URL_ENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class FileStorage:
    """An uploaded file."""

    def __init__(self, name, filename, headers, content):
        self.name = name
        self.filename = filename
        self.headers = headers
        self.content_type = headers.get("Content-Type")
        self.stream = io.BytesIO(content)

    @property
    def mimetype(self):
        return (self.content_type or "").split(";", 1)[0].strip().lower()

    def save(self, destination, buffer_size=16384):
        """Writes it to a path or an open file."""
        if hasattr(destination, "write"):
            shutil.copyfileobj(self.stream, destination, buffer_size)
            return
        with open(destination, "wb") as file:
            shutil.copyfileobj(self.stream, file, buffer_size)

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def __iter__(self):
        return iter(self.stream)

    def __bool__(self):
        return bool(self.filename)


def parse(content_type, body):
    """Pairs of fields and pairs of files; none of another type than a form."""
    kind = content_type.split(";", 1)[0].strip().lower()
    if kind == URL_ENCODED:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True), []
    boundary = _headers("Content-Type: " + content_type).get_param("boundary") if kind == MULTIPART else None
    return ([], []) if not boundary else _multipart(str(boundary).encode("latin-1", "replace"), body)


def _multipart(boundary, body):
    fields, files = [], []
    # What is before the first boundary and after the last one means nothing (RFC 2046, 5.1.1).
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:]:
        if part.startswith(b"--"):
            break
        head, separator, content = part.partition(b"\r\n\r\n")
        if not separator:
            continue
        headers = _headers(head.decode("utf-8", "replace").lstrip("\r\n"))
        name = headers.get_param("name", header="content-disposition")
        filename = headers.get_filename()
        if name is None:
            continue
        if filename is None:
            fields.append((name, content.decode("utf-8", "replace")))
        else:
            files.append((name, FileStorage(name, filename, Headers(headers.items()), content)))
    return fields, files


def _headers(text):
    return HeaderParser().parsestr(text)
