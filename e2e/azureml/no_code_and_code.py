"""Services that go from models without code to a script, by a real azureml-core."""

import json

import joblib
import numpy
from azureml.core import Model, Workspace
from azureml.exceptions import WebserviceException
from sklearn.linear_model import LogisticRegression

from checks import check, raises, same
from serving import environment, inference, quietly, small, wait

ws = Workspace.from_config()
rows = numpy.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
joblib.dump(LogisticRegression().fit(rows, [0, 0, 1, 1]), "iris.joblib")


def registered(name, framework):
    return quietly(lambda: Model.register(ws, model_path="iris.joblib", model_name=name, model_framework=framework))


first = registered("iris", Model.Framework.SCIKITLEARN)
placed = wait(
    quietly(lambda: Model.deploy(ws, "placed", [first], deployment_config=small(memory_gb=0.5), deployment_target=ws.compute_targets["myaks"]))
)
same("a target may be named, with its config", placed.run(json.dumps({"data": [[0, 0], [3, 3]], "method": "predict"})), {"predict": [0, 1]})
check("and then it has keys", placed.auth_enabled)

script = "def init(): pass\n\ndef run(raw): return raw\n"
scripted = wait(quietly(lambda: placed.update(inference_config=inference("own", script, environment())) or placed))
same("a script can take its place", scripted.run("{}"), "{}")
raises("and is not left by itself", lambda: scripted.update(models=[first]), "no-code", kind=WebserviceException)

multi = registered("multi", Model.Framework.MULTI)
raises("files that say nothing", lambda: Model.deploy(ws, "nothing", [multi]), "do not say how to serve it", kind=WebserviceException)
