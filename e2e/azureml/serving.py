"""What journeys about services share: models, entry scripts, environments that need no package."""

import contextlib
import io
import pathlib
import sys

from azureml.core import Environment, Model
from azureml.core.conda_dependencies import CondaDependencies
from azureml.core.model import InferenceConfig
from azureml.core.webservice import AksWebservice

SCORE = """
import os

def init():
    global text
    folder = os.environ["AZUREML_MODEL_DIR"]
    with open(os.path.join(folder, "model.txt")) as file:
        text = file.read()
    print("MARK begins with " + text)

def run(raw):
    return {"mark": "MARK", "model": text, "greeting": os.environ.get("GREETING"), "raw": raw}
"""


def write(path, text):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def model(ws, text, name="mymodel"):
    write("model.txt", text)
    with contextlib.redirect_stdout(io.StringIO()):
        return Model.register(ws, model_path="model.txt", model_name=name)


def environment(name="plain", **variables):
    made = Environment(name)
    made.python.conda_dependencies = CondaDependencies()
    made.environment_variables.update(variables)
    return made


def inference(folder, script, made=None):
    write(f"{folder}/score.py", script)
    return InferenceConfig("score.py", source_directory=folder, environment=made or environment())


def small(**settings):
    return AksWebservice.deploy_configuration(**{"cpu_cores": 0.1, "memory_gb": 0.1, **settings})


def quietly(call):
    with contextlib.redirect_stdout(io.StringIO()):
        return call()


def heard(call):
    """What `call` prints, and what it answers or raises."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            result = call()
        except Exception as error:
            result = error
    return said.getvalue(), result


def wait(service):
    quietly(service.wait_for_deployment)
    return service


def progress(text):
    print(text, file=sys.stderr, flush=True)
