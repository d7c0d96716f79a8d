"""Modules that entry scripts import and that are not installed: found last, so that the real ones always win."""
import importlib
import importlib.abc
import importlib.machinery
import os
import sys
import types

MODELS_FOLDER = "azureml-models"


class Model:
    """The part of azureml.core.Model that works inside a deployed service."""

    @staticmethod
    def get_model_path(model_name, version=None, _workspace=None):
        """The path of the model's only file or folder, or of its version's folder when it has several."""
        folder = os.path.join(os.environ.get("AML_APP_ROOT", os.getcwd()), MODELS_FOLDER, model_name)
        if version is None:
            versions = sorted((int(name) for name in _names(folder) if name.isdigit()), reverse=True)
            version = versions[0] if versions else ""
        path = os.path.join(folder, str(version))
        names = _names(path)
        if not names:
            known = ", ".join(sorted(_names(os.path.dirname(folder)))) or "none"
            raise FileNotFoundError(
                "Model {!r} (version {}) is not among the models of this service; it has: {}".format(
                    model_name, version or "any", known
                )
            )
        return os.path.join(path, names[0]) if len(names) == 1 else path


def _names(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _not_there(module):
    def get(name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise ImportError(
            "{}.{} needs the package azureml-core, which this environment does not have; "
            "add azureml-core to its pip packages".format(module, name)
        )

    return get


def _azureml_core(module):
    module.Model = Model
    module.__getattr__ = _not_there(module.__name__)


def _aml_request(module):
    original = _original(module)
    if original is None:
        from . import aml_request as original
    module.AMLRequest = original.AMLRequest
    module.rawhttp = original.rawhttp


def _aml_response(module):
    original = _original(module)
    if original is None:
        from . import aml_response as original
    module.AMLResponse = original.AMLResponse


def _original(module):
    """azureml.contrib.services left the original server at 1.4.1; what it had is there under its newer name."""
    if not module.__name__.startswith("azureml.contrib."):
        return None
    newer = "azureml_inference_server_http.api." + module.__name__.rpartition(".")[2]
    return importlib.import_module(newer)


STAND_INS = {
    "azureml": lambda module: None,
    "azureml.core": _azureml_core,
    "azureml.core.model": _azureml_core,
    "azureml.contrib": lambda module: None,
    "azureml.contrib.services": lambda module: None,
    "azureml.contrib.services.aml_request": _aml_request,
    "azureml.contrib.services.aml_response": _aml_response,
    "azureml_inference_server_http": lambda module: None,
    "azureml_inference_server_http.api": lambda module: None,
    "azureml_inference_server_http.api.aml_request": _aml_request,
    "azureml_inference_server_http.api.aml_response": _aml_response,
}


class _Loader(importlib.abc.Loader):
    def create_module(self, spec):
        return types.ModuleType(spec.name)

    def exec_module(self, module):
        module.__path__ = []
        STAND_INS[module.__name__](module)


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        if fullname not in STAND_INS:
            return None
        return importlib.machinery.ModuleSpec(fullname, _Loader(), is_package=True)


def install():
    sys.meta_path.append(Finder())
