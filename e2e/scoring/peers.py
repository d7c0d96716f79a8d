"""azureml-inference-server-http for many entry scripts: what it imports is imported once, then one fork for each script.

Reads one JSON object a line: {"folder", "script", "port", "variables", "log"}; ends them
all when its input ends.
"""
import json
import os
import signal
import sys

import azure.monitor.opentelemetry.exporter  # noqa: F401
import flask_cors  # noqa: F401
import gunicorn.app.wsgiapp  # noqa: F401
import gunicorn.workers.sync  # noqa: F401
import inference_schema.schema_decorators  # noqa: F401
import pydantic_settings  # noqa: F401


def serve(order):
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    # gunicorn goes to where PWD says that it is.
    os.environ.update(order["variables"], AML_APP_ROOT=order["folder"], PWD=order["folder"])
    os.chdir(order["folder"])
    sys.argv = ["azmlinfsrv", "--entry_script", order["script"], "--port", str(order["port"])]
    from azureml_inference_server_http import amlserver

    amlserver.run()


children = []
try:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                serve(json.loads(line))
            finally:
                os._exit(1)
        children.append(child)
finally:
    for child in children:
        try:
            os.killpg(child, signal.SIGKILL)
        except ProcessLookupError:
            pass  # Ended by itself, as one whose script can't be served.
