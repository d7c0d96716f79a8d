import ctypes
import json
import os
import resource
import signal
import socket
import sys

from . import (
    answers,
    debugger,
    entry_script,
    event_loop,
    frames,
    model_tree,
    one_by_one,
    script_logging,
    stand_ins,
)

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
        _prepare(app_root)
        entry = entry_script.load(
            app_root, os.environ["AZUREML_SOURCE_DIRECTORY"], os.environ["AZUREML_ENTRY_SCRIPT"]
        )
    except entry_script.BootFailure as failure:
        if failure.trace:
            sys.stderr.write(failure.trace)
        else:
            sys.stderr.write(failure.message + "\n")
        if failure.code == "UserScriptInitFailed":
            _show_models()
        told = {"code": failure.code, "message": failure.message, "traceback": failure.trace}
        answers.flush()
        frames.write_answer(connection, frames.FAILED, 0, 0, json.dumps(told).encode())
        os._exit(3)
    answers.flush()
    told = {
        "wantsHeaders": entry.wants_headers,
        "mode": entry.mode,
        "isAsynchronous": entry.is_asynchronous,
        "schemas": entry.schemas,
    }
    frames.write_answer(connection, frames.READY, 0, 0, json.dumps(told).encode())
    if entry.is_asynchronous:
        from . import side_by_side

        event_loop.run(side_by_side.serve(connection, entry))
    else:
        one_by_one.serve(connection, entry)
    answers.flush()


def _prepare(app_root):
    try:
        script_logging.configure(app_root)
    except Exception as error:
        raise entry_script.BootFailure(
            "UserScriptImportError", "Logging can't be set up by logging.json or AZUREML_LOG_LEVEL: {}".format(error)
        )
    try:
        debugger.wait()
    except Exception as error:
        raise entry_script.BootFailure("UserScriptImportError", str(error))


def _show_models():
    folder = os.environ.get("AZUREML_MODEL_DIR")
    if folder is not None:
        sys.stderr.write("In AZUREML_MODEL_DIR, {}:\n".format(folder))
        sys.stderr.writelines("  {}\n".format(line) for line in model_tree.lines(folder))


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
