"""The documentation's steps on a Kubernetes that is attached by resource group and name."""

import json
import os

import requests
from azureml.core import Environment, Workspace
from azureml.core.compute import AksCompute, ComputeTarget
from azureml.core.conda_dependencies import CondaDependencies
from azureml.core.model import InferenceConfig, Model
from azureml.core.webservice import AksWebservice, Webservice

from checks import check, raises, same

SCORE = """
import os

def init():
    global text
    print("the journey begins")
    with open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "weights.txt")) as file:
        text = file.read()

def run(raw_data):
    return {"model": text, "body": raw_data}
"""


def write(path, text):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


ws = Workspace.from_config()
write("weights.txt", "one")
write("source/score.py", SCORE)
model = Model.register(ws, model_path="weights.txt", model_name="weights")

raises(
    "a cluster that nobody made known is refused with the command that does",
    lambda: ComputeTarget.attach(
        ws, "unknown", AksCompute.attach_configuration(resource_group="shipping", cluster_name="elsewhere")
    ).wait_for_completion(),
    "farled cluster add",
)
attach = AksCompute.attach_configuration(
    resource_group="shipping", cluster_name="mycluster", cluster_purpose=AksCompute.ClusterPurpose.DEV_TEST
)
target = ComputeTarget.attach(ws, "mykube", attach)
target.wait_for_completion(show_output=True)
same("the cluster is attached", target.provisioning_state, "Succeeded")
target = AksCompute(ws, "mykube")
check("and known as attached", target.cluster_resource_id.lower().endswith("/managedclusters/mycluster"))

env = Environment("plain")
env.python.conda_dependencies = CondaDependencies.create(python_version="3.11", pip_packages=["azureml-defaults"])
inference = InferenceConfig(entry_script="score.py", source_directory="source", environment=env)
deployment = AksWebservice.deploy_configuration(cpu_cores=0.1, memory_gb=0.5, num_replicas=1, autoscale_enabled=False)
service = Model.deploy(ws, "onkube", [model], inference, deployment, target)
service.wait_for_deployment(show_output=True)
same("the service is healthy", service.state, "Healthy")
check("its replicas' output is in its logs", "the journey begins" in service.get_logs())
primary, secondary = service.get_keys()
answer = requests.post(service.scoring_uri, data="hello", headers={"Authorization": "Bearer " + primary})
same("it answers over http", answer.json(), {"model": "one", "body": "hello"})
same("and to run", service.run("hello"), {"model": "one", "body": "hello"})
same("another key is refused", requests.post(service.scoring_uri, data="x", headers={"Authorization": "Bearer no"}).status_code, 401)

service.regen_key("Primary")
check("a key that is made anew is another one", service.get_keys()[0] != primary)
same("and the other one stays", service.get_keys()[1], secondary)

write("weights.txt", "two")
second = Model.register(ws, model_path="weights.txt", model_name="weights")
service.update(models=[second], inference_config=inference, tags={"release": "2"})
service.wait_for_deployment(show_output=True)
service = Webservice(ws, "onkube")
same("the new model answers after an update", service.run("x")["model"], "two")
same("with its tags", service.tags, {"release": "2"})

by_token = Model.deploy(
    ws,
    "bytoken",
    [second],
    inference,
    AksWebservice.deploy_configuration(
        cpu_cores=0.1, memory_gb=0.5, num_replicas=1, autoscale_enabled=False, token_auth_enabled=True
    ),
    target,
)
by_token.wait_for_deployment(show_output=True)
token, refresh_by = by_token.get_token()
check("a token can be had", token.count(".") == 2)
same("and scores", json.loads(json.dumps(by_token.run("x")))["model"], "two")
same(
    "nobody else's does",
    requests.post(by_token.scoring_uri, data="x", headers={"Authorization": "Bearer " + primary}).status_code,
    401,
)

by_token.delete()
service.delete()
target.detach()
target.wait_for_completion(show_output=True, is_delete_operation=True)
same("nothing is left in the workspace", (len(Webservice.list(ws)), len(ComputeTarget.list(ws))), (0, 0))
