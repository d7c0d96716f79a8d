"""Endpoints, as scripts deploy them, add versions, share requests between them, score and delete them."""

import re

import requests
from azureml.core import Model, Webservice, Workspace
from azureml.core.compute import ComputeTarget
from azureml.core.webservice import AksEndpoint

from checks import check, raises, same
from serving import SCORE, heard, inference, model, progress, quietly, wait

ws = Workspace.from_config()
target = ComputeTarget(ws, "myaks")


def fresh(name):
    return Webservice(Workspace.from_config(), name)


def script(mark):
    return inference(mark, SCORE.replace("MARK", mark))


def marks(endpoint, count=24):
    return {endpoint.run("x")["mark"] for _ in range(count)}


one = model(ws, "one")

settings = AksEndpoint.deploy_configuration(
    cpu_cores=0.1,
    memory_gb=0.1,
    primary_key="primary-key-1",
    secondary_key="secondary-key-1",
    tags={"area": "diabetes"},
    properties={"origin": "lab"},
    description="Ridge regression",
    version_name="blue",
    traffic_percentile=40,
    scoring_timeout_ms=30000,
    max_request_wait_time=1500,
)
endpoint = quietly(lambda: Model.deploy(ws, "shared", [one], script("blue"), settings, target))
same("deploying answers with an endpoint in transition", (type(endpoint).__name__, endpoint.state), ("AksEndpoint", "Transitioning"))
printed, failure = heard(lambda: endpoint.wait_for_deployment(show_output=True))
same("waiting ends well", failure, None)
check("what it prints are the lines of the deployment", re.search(r"Replica \S+ is ready", printed), printed)
same("with the state of the endpoint", endpoint.state, "Healthy")
progress("deployed")

read = fresh("shared")
same("its type", (type(read).__name__, read.compute_type, read.compute_name), ("AksEndpoint", "AKSENDPOINT", "myaks"))
same("what is said of it", (read.description, read.tags), ("Ridge regression", {"area": "diabetes"}))
check("properties", read.properties.items() >= {"origin": "lab"}.items(), read.properties)
blue = read.versions["blue"]
same("its version is a service", (type(blue).__name__, blue.name, blue.state), ("AksWebservice", "blue", "Healthy"))
same("the default and the control, with its percentage", (blue.is_default, blue.version_type, blue.traffic_percentile), (True, "Control", 40))
same("with its settings", (blue.scoring_timeout_ms, blue.max_request_wait_time), (30000, 1500))
same("its models", [(each.name, each.version) for each in blue.models], [("mymodel", one.version)])
same("keys are those that were given", read.get_keys(), ("primary-key-1", "secondary-key-1"))
same("it scores", read.run("x")["mark"], "blue")
same(
    "at an address that takes its keys",
    requests.post(read.scoring_uri, data="x", headers={"Authorization": "Bearer secondary-key-1"}).json()["mark"],
    "blue",
)
same("and nobody else's", requests.post(read.scoring_uri, data="x").status_code, 401)

endpoint.create_version(
    version_name="green",
    models=[one],
    inference_config=script("green"),
    traffic_percentile=50,
    description="Another one",
    tags={"hue": "green"},
    scoring_timeout_ms=20000,
)
wait(endpoint)
green = endpoint.versions["green"]
same("a version that is added", (green.state, green.is_default, green.version_type, green.traffic_percentile), ("Healthy", False, "Treatment", 50))
same("with what is said of it", (green.description, green.tags, green.scoring_timeout_ms), ("Another one", {"hue": "green"}, 20000))
same("both versions answer", marks(endpoint), {"blue", "green"})
check("logs are of both", all(mark + " begins with one" in endpoint.get_logs() for mark in ("blue", "green")), endpoint.get_logs())
progress("two versions")

endpoint.update_version(
    version_name="green",
    models=[one],
    inference_config=script("lime"),
    traffic_percentile=60,
    tags={"hue": "lime"},
    is_default=True,
    is_control_version_type=True,
)
wait(endpoint)
read = fresh("shared")
green = read.versions["green"]
same("a version is changed", (green.traffic_percentile, green.tags), (60, {"hue": "lime"}))
same(
    "and becomes the default and the control in place of the other one",
    {name: (each.is_default, each.version_type) for name, each in read.versions.items()},
    {"blue": (False, "Treatment"), "green": (True, "Control")},
)
same("and runs another script", marks(endpoint), {"blue", "lime"})
raises(
    "no more than there is can be given away",
    lambda: quietly(lambda: endpoint.update_version(version_name="green", traffic_percentile=61)),
    "101 percent",
)
same("and it stays as it was", fresh("shared").versions["green"].traffic_percentile, 60)
raises("the default version stays", lambda: quietly(lambda: endpoint.delete_version("green")), "default")
raises(
    "a version of the name is there",
    lambda: quietly(lambda: endpoint.create_version(version_name="green", models=[one], inference_config=script("green"))),
    "green",
)
progress("changed")

endpoint.delete_version("blue")
wait(endpoint)
same("a version is deleted", set(fresh("shared").versions), {"green"})
same("and answers no more", marks(endpoint, 10), {"lime"})

same("it is listed", [each.name for each in Webservice.list(ws)], ["shared"])
same("by its type", [each.name for each in Webservice.list(ws, compute_type="AKSENDPOINT")], ["shared"])
same("and not as a service", Webservice.list(ws, compute_type="AKS"), [])
same("by a model of its versions", [each.name for each in Webservice.list(ws, model_name="mymodel")], ["shared"])
same("and in the workspace", sorted(ws.webservices), ["shared"])
raises(
    "its name is taken",
    lambda: quietly(lambda: Model.deploy(ws, "shared", [one], script("blue"), settings, target)),
    "shared",
)

quietly(endpoint.delete)
raises("it is gone once it is deleted", lambda: fresh("shared"), "WebserviceNotFound")
progress("deleted")
