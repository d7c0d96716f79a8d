"""Requests and answers of flask, for scripts that have the originals of AMLRequest and AMLResponse, which are flask's.

Nothing of flask is imported here unless the script has imported it.
"""
import contextlib
import inspect
import io
import sys

# Where the original rawhttp() notes that it was used.
ORIGINALS = ("azureml_inference_server_http.api.aml_request", "azureml.contrib.services.aml_request")


def raw_requested():
    return any(getattr(sys.modules.get(name), "_rawHttpRequested", False) for name in ORIGINALS)


def application():
    """What flask's own functions, as jsonify(), need around them; None when the script does without flask."""
    flask = sys.modules.get("flask")
    return None if flask is None else flask.Flask("entry_script")


def in_request_context(application, run):
    """run() of raw requests, which is then called with what `environ` answers."""

    def call(variables, pass_on):
        with application.request_context(variables) as context:
            positional, named = pass_on(context.request)
            return run(*positional, **named)

    async def call_and_await(variables, pass_on):
        with application.request_context(variables) as context:
            positional, named = pass_on(context.request)
            return await run(*positional, **named)

    return call_and_await if inspect.iscoroutinefunction(run) else call


def environ(head, body):
    """PEP 3333: what flask.Request is made from."""
    host, _, port = head["headers"].get("Host", "localhost").partition(":")
    variables = {
        "REQUEST_METHOD": head["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": head["path"],
        "QUERY_STRING": head["query"],
        "SERVER_NAME": host,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": head["remote"],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if body or "Content-Length" in head["headers"]:
        variables["CONTENT_LENGTH"] = str(len(body))
    for name, value in head["headers"].items():
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            variables[key] = value
        elif key not in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):
            variables["HTTP_" + key] = value
    return variables


def stream_parts(result):
    """Status, headers and items of a flask.Response that has no whole body; None of anything else."""
    flask = sys.modules.get("flask")
    if flask is None or not isinstance(result, flask.Response) or not result.is_streamed or result.direct_passthrough:
        return None
    return result.status_code, list(result.headers), _closing(result)


def _closing(response):
    with contextlib.closing(response):
        yield from response.iter_encoded()


def response_parts(result):
    """Status, headers and body of a flask.Response; None of anything else."""
    flask = sys.modules.get("flask")
    if flask is None or not isinstance(result, flask.Response):
        return None
    # A file is read here: its own passing on is of another server.
    result.direct_passthrough = False
    with contextlib.closing(result):
        return result.status_code, list(result.headers), result.get_data()
