"""Models that are deployed without an inference config, by a real azureml-core."""

import json

import joblib
import numpy
import sklearn
from azureml.core import Model, Webservice, Workspace
from azureml.core.resource_configuration import ResourceConfiguration
from azureml.exceptions import WebserviceException
from sklearn.linear_model import LogisticRegression

from checks import check, raises, same
from serving import quietly, wait

ws = Workspace.from_config()
rows = numpy.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])


def registered(labels, **more):
    joblib.dump(LogisticRegression().fit(rows, labels), "iris.joblib")
    return quietly(
        lambda: Model.register(
            ws,
            model_path="iris.joblib",
            model_name="iris",
            model_framework=Model.Framework.SCIKITLEARN,
            model_framework_version=sklearn.__version__,
            **more,
        )
    )


def answers(service, **body):
    return service.run(json.dumps({"data": [[0, 0], [3, 3]], **body}))


first = registered([0, 0, 1, 1], resource_configuration=ResourceConfiguration(cpu=0.2, memory_in_gb=0.6))
service = wait(quietly(lambda: Model.deploy(ws, "no-code", [first])))
same("it is served", service.state, "Healthy")
same("by the model's own release", service.environment.python.conda_dependencies.serialize_to_string().count(
    "scikit-learn==" + sklearn.__version__), 1)
same("with what the model asks for", (service.container_resource_requirements.cpu, service.container_resource_requirements.memory_in_gb), (0.2, 0.6))
same("without a key, as container instances are", service.auth_enabled, False)
check("probabilities are the answer", [no > yes for no, yes in answers(service)["predict_proba"]] == [True, False])
same("and labels, when they are asked for", answers(service, method="predict"), {"predict": [0, 1]})
raises("what the model can't use", lambda: service.run('{"data": [[1]]}'), "expecting 2 features", "400", kind=WebserviceException)

second = registered([1, 1, 0, 0])
quietly(lambda: service.update(models=[second]))
wait(service)
same("another version is served as it is", answers(service, method="predict"), {"predict": [1, 0]})
same("under its name", [model.version for model in Webservice(ws, "no-code").models], [2])
