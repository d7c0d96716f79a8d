"""Web services, as scripts deploy, read, change, score and delete them."""

import re
from datetime import datetime

import requests
from azureml.core import Environment, Model, Webservice, Workspace
from azureml.core.compute import AksCompute, ComputeTarget
from azureml.core.model import InferenceConfig
from azureml.core.webservice import AciWebservice, AksWebservice

from checks import check, raises, same
from serving import SCORE, environment, heard, inference, model, progress, quietly, small, wait, write

ws = Workspace.from_config()
target = ComputeTarget(ws, "myaks")


def fresh(name):
    return Webservice(Workspace.from_config(), name)


one, two = model(ws, "one"), model(ws, "two")

# A deployment with every parameter there is.
settings = AksWebservice.deploy_configuration(
    autoscale_enabled=True,
    autoscale_min_replicas=1,
    autoscale_max_replicas=3,
    autoscale_refresh_seconds=10,
    autoscale_target_utilization=65,
    collect_model_data=False,
    auth_enabled=True,
    cpu_cores=0.1,
    cpu_cores_limit=0.5,
    memory_gb=0.1,
    memory_gb_limit=0.5,
    enable_app_insights=False,
    scoring_timeout_ms=30000,
    replica_max_concurrent_requests=2,
    max_request_wait_time=1500,
    primary_key="primary-key-1",
    secondary_key="secondary-key-1",
    tags={"area": "diabetes", "year": 2019},
    properties={"origin": "lab"},
    description="Ridge regression",
    gpu_cores=0,
    period_seconds=5,
    initial_delay_seconds=6,
    timeout_seconds=7,
    success_threshold=1,
    failure_threshold=4,
    namespace="serving",
    token_auth_enabled=False,
)
# Long enough for a client to come and see.
SLOW = SCORE.replace("def init():\n", "def init():\n    import time\n    time.sleep(3)\n")
first = inference("first", SLOW.replace("MARK", "first"), environment(GREETING="hello"))
service = quietly(lambda: Model.deploy(ws, "whole", [one], first, settings, target))
same("deploying answers at once, with a service in transition", service.state, "Transitioning")
same("which has nothing to score with yet", service.scoring_uri, None)
printed, failure = heard(lambda: service.wait_for_deployment(show_output=True))
same("waiting ends well", failure, None)
same("with the state of the service", service.state, "Healthy")
check(
    "what it prints are the lines of the deployment, with their times",
    re.search(r"\n\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d Replica \S+ is ready", printed),
    printed,
)
check("and how it ended", 'AKS service creation operation finished, operation "Succeeded"' in printed, printed)
progress("deployed")

read = fresh("whole")
same("its type", (type(read).__name__, read.compute_type, read.compute_name), ("AksWebservice", "AKS", "myaks"))
same("description, tags and properties are read back", read.description, "Ridge regression")
same("tags as text", read.tags, {"area": "diabetes", "year": "2019"})
check("properties", read.properties.items() >= {"origin": "lab"}.items(), read.properties)
same(
    "the autoscaler",
    read.autoscaler.serialize(),
    {
        "autoscaleEnabled": True,
        "minReplicas": 1,
        "maxReplicas": 3,
        "targetUtilization": 65,
        "refreshPeriodInSeconds": 10,
    },
)
same("no fixed number of replicas", read.num_replicas, None)
same(
    "resources and limits",
    read.container_resource_requirements.serialize(),
    {"cpu": 0.1, "cpuLimit": 0.5, "memoryInGB": 0.1, "memoryInGBLimit": 0.5, "gpu": 0},
)
same(
    "the liveness probe",
    read.liveness_probe_requirements.serialize(),
    {
        "periodSeconds": 5,
        "initialDelaySeconds": 6,
        "timeoutSeconds": 7,
        "successThreshold": 1,
        "failureThreshold": 4,
    },
)
same(
    "timeout, concurrency and patience",
    (read.scoring_timeout_ms, read.max_concurrent_requests_per_container, read.max_request_wait_time),
    (30000, 2, 1500),
)
same(
    "authentication, insights, collection, namespace",
    (
        read.auth_enabled,
        read.token_auth_enabled,
        read.enable_app_insights,
        read.data_collection.storage_enabled,
        read.namespace,
    ),
    (True, False, False, False, "serving"),
)
same("the models", [(m.id, m.version) for m in read.models], [(one.id, 1)])
same("the environment", (read.environment.name, read.environment.version), ("plain", "1"))
same(
    "whose variables are the script's, and none of those that name the entry script",
    {k: v for k, v in read.environment.environment_variables.items() if k != "EXAMPLE_ENV_VAR"},
    {"GREETING": "hello"},
)
check("how many replicas answer", read.deployment_status["availableReplicas"] == 1, read.deployment_status)
check("when it was made and changed", read.created_time <= read.updated_time, (read.created_time, read.updated_time))
same("it serializes", read.serialize()["scoringUri"], read.scoring_uri)

# Scoring.
same("keys are those of the deployment", read.get_keys(), ("primary-key-1", "secondary-key-1"))
answer = {"mark": "first", "model": "one", "greeting": "hello", "raw": "body"}
same("run scores", read.run("body"), answer)
check("at the address that ends as ever", read.scoring_uri.endswith("/api/v1/service/whole/score"), read.scoring_uri)
sent = requests.post(read.scoring_uri, "body", headers={"Authorization": "Bearer secondary-key-1"})
same("the second key is good, too", (sent.status_code, sent.json()), (200, answer))
same("no key is not", requests.post(read.scoring_uri, "body").status_code, 401)
same("the swagger address is beside it", read.swagger_uri, read.scoring_uri.replace("/score", "/swagger.json"))
check("logs have what the script prints", "first begins with one" in read.get_logs(), read.get_logs())
same("and end with their last lines", read.get_logs(num_lines=1).count("\n"), 1)
check("logs of the preparation are those of the deployment", "is ready after" in read.get_logs(init=True), None)
progress("read")

# Keys.
quietly(lambda: read.regen_key("Secondary"))
secondary = read.get_keys()[1]
check("a new secondary key is another one", secondary not in ("secondary-key-1", None), secondary)
same("and the primary key stays", read.get_keys()[0], "primary-key-1")
read.regen_key("primary", set_key="chosen-key-2")
same("a key can be chosen", fresh("whole").get_keys(), ("chosen-key-2", secondary))
same("run takes the new one", read.run("body"), answer)
progress("keys")

# Labels, one change after the other.
read.add_tags({"new": "tag"})
read.remove_tags(["area"])
read.add_properties({"more": "1", "a/b": "2"})
read.update(description="Better")
labels = fresh("whole")
same("tags are added and removed", labels.tags, {"year": "2019", "new": "tag"})
check("properties are added", labels.properties.items() >= {"origin": "lab", "more": "1", "a/b": "2"}.items(), None)
same("the description is another", labels.description, "Better")
same("and nothing is in transition for it", labels.state, "Healthy")
raises("a property that is there can not be changed", lambda: read.update(properties={"more": "2"}), "more")
progress("labels")

# An update of every setting.
read = fresh("whole")
read.update(
    autoscale_enabled=True,
    autoscale_min_replicas=1,
    autoscale_max_replicas=4,
    autoscale_refresh_seconds=9,
    autoscale_target_utilization=60,
    collect_model_data=False,
    cpu_cores=0.2,
    cpu_cores_limit=0.6,
    memory_gb=0.2,
    memory_gb_limit=0.6,
    enable_app_insights=False,
    scoring_timeout_ms=40000,
    replica_max_concurrent_requests=3,
    max_request_wait_time=1600,
    period_seconds=6,
    initial_delay_seconds=7,
    timeout_seconds=8,
    success_threshold=1,
    failure_threshold=5,
    namespace="other",
    auth_enabled=True,
    token_auth_enabled=False,
    tags={"only": "this"},
)
same("an update is in transition before it answers", read.state, "Transitioning")
wait(read)
updated = fresh("whole")
same(
    "every setting is the new one",
    (
        updated.autoscaler.serialize(),
        updated.container_resource_requirements.serialize(),
        updated.scoring_timeout_ms,
        updated.max_concurrent_requests_per_container,
        updated.max_request_wait_time,
        updated.namespace,
        updated.tags,
    ),
    (
        {
            "autoscaleEnabled": True,
            "minReplicas": 1,
            "maxReplicas": 4,
            "targetUtilization": 60,
            "refreshPeriodInSeconds": 9,
        },
        {"cpu": 0.2, "cpuLimit": 0.6, "memoryInGB": 0.2, "memoryInGBLimit": 0.6, "gpu": 0},
        40000,
        3,
        1600,
        "other",
        {"only": "this"},
    ),
)
probe = updated.liveness_probe_requirements
same(
    "the probe's, too",
    (
        probe.period_seconds,
        probe.initial_delay_seconds,
        probe.timeout_seconds,
        probe.success_threshold,
        probe.failure_threshold,
    ),
    (6, 7, 8, 1, 5),
)
same("it goes on as it was otherwise", updated.run("body"), answer)
progress("updated")

# Another model and another script.
second = inference("second", SCORE.replace("MARK", "second"))
updated.update(models=[two], inference_config=second, autoscale_enabled=False, num_replicas=2)
wait(updated)
changed = fresh("whole")
same(
    "model and script are the new ones",
    changed.run("x"),
    {**answer, "mark": "second", "model": "two", "greeting": None, "raw": "x"},
)
same("of two replicas", (changed.num_replicas, changed.deployment_status["availableReplicas"]), (2, 2))
same("whose number is fixed", changed.autoscaler.autoscale_enabled, False)
same("the models are read back", [m.id for m in changed.models], [two.id])
same("keys stay through updates", changed.get_keys(), ("chosen-key-2", secondary))
progress("another model")

# In its place.
replaced = quietly(lambda: Model.deploy(ws, "whole", [one], first, small(num_replicas=1), target, overwrite=True))
same("an overwritten service is in transition", replaced.state, "Transitioning")
check("and still answers meanwhile", replaced.scoring_uri is not None, None)
wait(replaced)
same("what it was overwritten with answers", replaced.run("body"), answer)
same("with settings of its own", (replaced.num_replicas, replaced.scoring_timeout_ms), (1, 60000))
same("and the keys that clients have", replaced.get_keys(), ("chosen-key-2", secondary))
progress("overwritten")

# Tokens in place of keys.
replaced.update(auth_enabled=False, token_auth_enabled=True)
wait(replaced)
with_tokens = fresh("whole")
same("token authentication is read back", (with_tokens.auth_enabled, with_tokens.token_auth_enabled), (False, True))
token = with_tokens.get_access_token()
check("a token comes with its times", datetime.now() < token.refresh_after < token.expiry_on, token.serialize())
same("run takes a token by itself", with_tokens.run("body"), answer)
sent = requests.post(with_tokens.scoring_uri, "body", headers={"Authorization": f"Bearer {token.access_token}"})
same("and anybody who has one", sent.status_code, 200)
raises("keys are of no use then", with_tokens.get_keys, "token")
progress("tokens")

# Little is said.
write("alone.py", SCORE.replace("MARK", "alone"))
default = quietly(lambda: Model.deploy(ws, "default", [two], InferenceConfig("alone.py")))
same("without a target it is on the only compute target", wait(default).compute_name, "myaks")
same("a script alone runs", default.run("y"), {**answer, "mark": "alone", "model": "two", "greeting": None, "raw": "y"})
same("and asks for no key, as container instances do", default.auth_enabled, False)
same("which is true", requests.post(default.scoring_uri, "y").status_code, 200)
same("it has an environment of its own", default.environment.name, "default-env")

# Environments by version, and under a name of Microsoft.
registered = quietly(lambda: environment("shared", GREETING="v1").register(ws))
quietly(lambda: environment("shared", GREETING="v2").register(ws))
config = inference("shared", SCORE.replace("MARK", "shared"), Environment.get(ws, "shared", registered.version))
curated = environment("AzureML-Minimal", GREETING="curated")
by_version = quietly(lambda: Model.deploy(ws, "by-version", [one], config, small(), target))
write("echo.py", "def init():\n    pass\n\ndef run(raw):\n    return raw\n")
alone = InferenceConfig("echo.py", environment=curated)
by_name = quietly(lambda: Model.deploy(ws, "curated", [], alone, small(), target))
wait(by_version)
same("a version that was registered is that version", by_version.environment.version, registered.version)
same("and its variables are the script's", by_version.run("z")["greeting"], "v1")
same("an environment of Microsoft's name is deployed", wait(by_name).environment.name, "AzureML-Minimal")
same("no model is fine", (by_name.models, by_name.run("echo")), ([], "echo"))
aci = quietly(
    lambda: Model.deploy(
        ws, "as-aci", [one], first, AciWebservice.deploy_configuration(cpu_cores=0.1, memory_gb=0.1, auth_enabled=True)
    )
)
same("a container instance is a service of the compute target", wait(aci).run("body"), answer)
progress("environments")

# Lists.
names = lambda **how: sorted(s.name for s in Webservice.list(ws, **how))
everything = ["as-aci", "by-version", "curated", "default", "whole"]
same("all services are listed", names(), everything)
same("as ws.webservices", sorted(ws.webservices), everything)
same("by kind", (names(compute_type="AKS"), names(compute_type="ACI")), (everything, []))
same("by model", names(model_name="mymodel"), ["as-aci", "by-version", "default", "whole"])
same("by version of a model", names(model_id=two.id), ["default"])
same("by image: none has one", names(image_name="x"), [])
quietly(lambda: aci.add_tags({"team": "blue", "x": "1"}))
same(
    "by tag",
    (names(tags=["team"]), names(tags=[["team", "blue"], "x"]), names(tags=[["team", "red"]])),
    (["as-aci"], ["as-aci"], []),
)
quietly(lambda: aci.add_properties({"who": "me"}))
same("by property", names(properties=[["who", "me"]]), ["as-aci"])
aci.update(properties={"azureml.git.commit": "one"})
aci.update(properties={"azureml.git.commit": "two"})
same("the commit of the source is the latest", fresh("as-aci").properties.get("azureml.git.commit"), "two")

# The end.
printed, failure = heard(fresh("whole").delete)
same("deleting waits until it is done", failure, None)
raises("a deleted service is not found", lambda: fresh("whole"), "WebserviceNotFound")
printed, failure = heard(lambda: replaced.delete())
check(
    "deleting it again says that there is none",
    "No service with name whole found to delete" in printed,
    (printed, failure),
)
same("and it is listed no more", names(), [name for name in everything if name != "whole"])
