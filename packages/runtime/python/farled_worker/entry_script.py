"""Loads an entry script and checks that it can be served."""
import importlib.util
import inspect
import os
import sys
import traceback

MODULE = "entry_module"


class BootFailure(Exception):
    """The script can't be served; `code` is one of the deployment error codes."""

    def __init__(self, code, message, trace=""):
        super().__init__(message)
        self.code = code
        self.message = message
        self.trace = trace


def load(app_root, source_directory, entry_script):
    """The script's run function, after its init() has returned, and whether it takes request_headers."""
    path = os.path.join(source_directory, entry_script)
    module = _import(path, [source_directory, os.path.dirname(path), app_root])
    init = _function(module, "init", path)
    run = _function(module, "run", path)
    wants_headers = _check_run(run)
    _check_parameters(init, "init", 0)
    try:
        init()
    except BaseException as error:  # SystemExit and KeyboardInterrupt in init() fail the start as well
        raise BootFailure(
            "UserScriptInitFailed",
            "init() of {} raised {}".format(entry_script, _describe(error)),
            _trace(error),
        )
    return run, wants_headers


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


def _check_run(run):
    if "inference_schema" in sys.modules and hasattr(run, "__wrapped__"):
        raise BootFailure(
            "UserScriptImportError",
            "run() is decorated with input_schema or output_schema of inference-schema, which is not supported yet: "
            "write run(raw_data) without decorators",
        )
    return "request_headers" in _check_parameters(run, "run", 1)


def _check_parameters(function, name, wanted):
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
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
    if len(needed) > wanted or len(takes) < wanted:
        raise BootFailure(
            "UserScriptFunctionNotFound",
            "{}() must take {}; it is {}{}".format(
                name,
                "no parameters" if wanted == 0 else "one parameter, the request body",
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
