"""Loads an entry script and checks that it can be served."""
import collections
import importlib.util
import inspect
import os
import sys
import traceback
import types

from . import arguments, event_loop, flask_request, schemas
from .aml_request import raw_requested

MODULE = "entry_module"


class BootFailure(Exception):
    """The script can't be served; `code` is one of the deployment error codes."""

    def __init__(self, code, message, trace=""):
        super().__init__(message)
        self.code = code
        self.message = message
        self.trace = trace


# `call` runs run() with what `arguments` makes of a request; `mode` is how it is written: text, json or raw.
Entry = collections.namedtuple("Entry", "call arguments mode wants_headers is_asynchronous schemas")


def load(app_root, source_directory, entry_script):
    """The script as an Entry, after its init() has returned."""
    path = os.path.join(source_directory, entry_script)
    module = _import(path, [source_directory, os.path.dirname(path), app_root])
    init = _function(module, "init", path)
    # Of a script that Azure's tools wrote, which stands before the user's own.
    driven = getattr(module, "driver_module", None)
    is_driven = isinstance(driven, types.ModuleType) and callable(getattr(driven, "run", None))
    run = _function(driven if is_driven else module, "run", path)
    served = _served(module)
    entry = _entry(run)
    _check_parameters(init, "init", 0)
    try:
        initialized = init()
        if inspect.iscoroutine(initialized):
            event_loop.run(initialized)
    except BaseException as error:  # SystemExit and KeyboardInterrupt in init() fail the start as well
        raise BootFailure(
            "UserScriptInitFailed",
            "init() of {} raised {}".format(entry_script, _describe(error)),
            _trace(error),
        )
    return entry._replace(schemas=schemas.for_swagger(run) if served is None else served.for_swagger())


def _import(path, search):
    if not os.path.isfile(path):
        raise BootFailure("UserScriptImportError", "There is no entry script {}".format(path))
    for folder in reversed(search):
        if folder in sys.path:
            sys.path.remove(folder)
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(MODULE, path)
    module = importlib.util.module_from_spec(spec)
    # In sys.modules, so that classes of the script can be pickled.
    sys.modules[MODULE] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        raise BootFailure(
            "UserScriptImportError",
            "The entry script {} could not be imported: {}".format(os.path.basename(path), _describe(error)),
            _trace(error),
        )
    return module


def _function(module, name, path):
    function = getattr(module, name, None)
    if not callable(function):
        raise BootFailure(
            "UserScriptFunctionNotFound",
            "The entry script {} has no function {}(): it must define init() and run()".format(
                os.path.basename(path), name
            ),
        )
    return function


def _served(module):
    """The model that the script serves by a module of ours; None for a script of the user's own."""
    models = sys.modules.get("farled_models.served")
    served = getattr(module, "served", None)
    return served if models is not None and isinstance(served, models.Served) else None


def _entry(run):
    mode = _mode(run)
    # A schema names as many parameters as it likes.
    parameters = _check_parameters(run, "run", None if mode == "json" else 1)
    wants_headers = "request_headers" in parameters
    own = [parameter for parameter in parameters.values() if parameter.name != "request_headers"]
    is_asynchronous = inspect.iscoroutinefunction(run) or inspect.isasyncgenfunction(run)
    application = flask_request.application()
    if mode == "json":
        reads = arguments.of_json(own, wants_headers)
    elif mode == "text":
        reads = arguments.of_text(own[0], wants_headers)
    elif raw_requested():
        reads = arguments.of_raw(own[0], wants_headers)
    else:
        call = flask_request.in_request_context(application, run)
        return Entry(call, arguments.of_flask(own[0], wants_headers), mode, wants_headers, is_asynchronous, None)
    if application is not None:
        application.app_context().push()
    return Entry(run, reads, mode, wants_headers, is_asynchronous, None)


def _mode(run):
    is_raw = raw_requested() or flask_request.raw_requested()
    has_schema = schemas.are_declared(run)
    if is_raw and has_schema:
        raise BootFailure(
            "UserScriptImportError",
            "run() must not have both @rawhttp and @input_schema or @output_schema: "
            "the one gives it the request, the other what is in it",
        )
    return "raw" if is_raw else "json" if has_schema else "text"


def _check_parameters(function, name, wanted):
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        # Of a function that says nothing, as some of compiled modules.
        return {"data": inspect.Parameter("data", inspect.Parameter.POSITIONAL_ONLY)}
    unusable = (
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.VAR_KEYWORD,
        inspect.Parameter.POSITIONAL_ONLY,
    )
    for parameter in parameters.values():
        if parameter.kind in unusable:
            raise BootFailure(
                "UserScriptFunctionNotFound",
                "{}() must not have *args, **kwargs or positional-only parameters; it has {}".format(name, parameter),
            )
    needed = [
        parameter.name
        for parameter in parameters.values()
        if parameter.default is inspect.Parameter.empty and parameter.name != "request_headers"
    ]
    takes = [parameter for parameter in parameters if parameter != "request_headers"]
    most, least = (len(needed), 1) if wanted is None else (wanted, wanted)
    if len(needed) > most or len(takes) < least:
        raise BootFailure(
            "UserScriptFunctionNotFound",
            "{}() must take {}; it is {}{}".format(
                name,
                "no parameters" if wanted == 0 else "one parameter, the request",
                name,
                inspect.signature(function),
            ),
        )
    return parameters


def _describe(error):
    text = str(error)
    return "{}: {}".format(type(error).__name__, text) if text else type(error).__name__


def _trace(error):
    """The traceback without the frames of this package and of the import machinery."""
    here = os.path.dirname(__file__)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((here, "<frozen importlib"))
    ]
    lines = ["Traceback (most recent call last):\n"]
    lines += traceback.format_list(frames)
    lines += traceback.format_exception_only(type(error), error)
    return "".join(lines)
