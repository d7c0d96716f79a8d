import ctypes
import json
import os
import resource
import signal
import socket
import sys
import time
import traceback

from . import entry_script, frames, query, stand_ins

FRONT = 3
PR_SET_PDEATHSIG = 1
# Reserved and not used: stacks of threads, arenas of allocators. The front holds what is used to the limit itself.
UNUSED_BYTES = 1024 ** 3


def main():
    _end_with_the_front()
    _limit_memory()
    connection = socket.socket(fileno=FRONT)
    connection.set_inheritable(False)
    # The front ends a worker by closing the connection, or kills it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    stand_ins.install()
    app_root = os.environ["AML_APP_ROOT"]
    os.chdir(app_root)
    try:
        run, wants_headers = entry_script.load(
            app_root, os.environ["AZUREML_SOURCE_DIRECTORY"], os.environ["AZUREML_ENTRY_SCRIPT"]
        )
    except entry_script.BootFailure as failure:
        if failure.trace:
            sys.stderr.write(failure.trace)
        else:
            sys.stderr.write(failure.message + "\n")
        told = {"code": failure.code, "message": failure.message, "traceback": failure.trace}
        _flush()
        frames.write_answer(connection, frames.FAILED, 0, json.dumps(told).encode())
        os._exit(3)
    _flush()
    frames.write_answer(connection, frames.READY, 0, json.dumps({"wantsHeaders": wants_headers}).encode())
    _serve(connection, run, wants_headers)
    _flush()


def _serve(connection, run, wants_headers):
    while True:
        request = frames.read_request(connection)
        if request is None:
            return
        kind, headers, body = request
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            frames.write_answer(connection, frames.BAD_INPUT, 0, str(error).encode())
            continue
        if kind == frames.REQUEST_QUERY:
            text = query.query_to_json(text)
        arguments = {"request_headers": json.loads(headers)} if wants_headers else {}
        started = time.perf_counter()
        try:
            result = run(text, **arguments)
            answer, encoded = frames.OK, None
        except Exception:
            traceback.print_exc()
            answer, encoded = frames.SCRIPT_RAISED, b""
        milliseconds = (time.perf_counter() - started) * 1000
        if answer == frames.OK:
            try:
                encoded = json.dumps({} if result is None else result).encode()
            except Exception:
                traceback.print_exc()
                answer, encoded = frames.NOT_SERIALISABLE, b""
            result = None
        _flush()
        frames.write_answer(connection, answer, milliseconds, encoded)


def _flush():
    """What the script printed is in the log before its answer is on its way."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # The script replaced or closed it.


def _end_with_the_front():
    """A worker in the middle of run() would not see that the front is gone; the kernel tells it (Linux only)."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except (AttributeError, OSError):
        return
    if os.getppid() != int(os.environ.get("FARLED_FRONT_PID", os.getppid())):
        os._exit(1)


def _limit_memory():
    """A single allocation far beyond the limit fails before it is made: the front could only look on."""
    limit = os.environ.get("FARLED_MEMORY_LIMIT_BYTES")
    if limit is None:
        return
    try:
        most = int(limit) + UNUSED_BYTES
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    except (OSError, ValueError):
        pass  # The system allows less already, or knows no such limit.
