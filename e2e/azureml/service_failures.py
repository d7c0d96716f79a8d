"""What goes wrong with web services, as scripts are told of it."""

import contextlib
import re
import threading
import unittest.mock

import requests
from azureml.core import Model, Webservice, Workspace
from azureml.core.compute import ComputeTarget
from azureml.core.webservice import AciWebservice
from azureml.exceptions import WebserviceException

from checks import check, raises, same
from serving import SCORE, environment, heard, inference, model, progress, quietly, small, wait

ws = Workspace.from_config()
target = ComputeTarget(ws, "myaks")
one = model(ws, "one")
good = inference("good", SCORE.replace("MARK", "good"))
SLOW = "import time\ndef init():\n    print('sleeping')\n    time.sleep(300)\ndef run(raw):\n    return raw\n"


def deploy(name="refused", models=(one,), config=good, settings=None, where=target, **how):
    return quietly(lambda: Model.deploy(ws, name, list(models), config, settings or small(), where, **how))


@contextlib.contextmanager
def first_answer_lost(method, ending):
    """The client sends such a request again, as it does when its connection breaks."""
    send = getattr(requests.Session, method)
    lost = []

    def twice(session, url, *args, **kwargs):
        if url.endswith(ending):
            lost.append(send(session, url, *args, **kwargs).status_code)
        return send(session, url, *args, **kwargs)

    with unittest.mock.patch.object(requests.Session, method, twice):
        yield lost


def fresh(name):
    return Webservice(Workspace.from_config(), name)


# Told before anything is sent, in one sentence.
class Unknown:
    id = "nothing:7"
    model_framework = "Custom"


raises(
    "an unknown compute target",
    lambda: deploy(where=None, settings=small(compute_target_name="elsewhere")),
    'There is no compute target "elsewhere"',
    kind=WebserviceException,
)
raises("an unknown model", lambda: deploy(models=[Unknown]), 'no model "nothing:7"')
raises("no room", lambda: deploy(settings=small(cpu_cores=500)), "has no room for 1 x (500 vCPU", "are free")
raises("insights", lambda: deploy(settings=small(enable_app_insights=True)), "Application Insights", "Leave it out")
raises("data collection", lambda: deploy(settings=small(collect_model_data=True)), "data collection", "Leave it out")
raises("GPUs of this machine", lambda: deploy(settings=small(gpu_cores=1)), "GPUs", "Kubernetes")
raises("too short a key", lambda: deploy(settings=small(primary_key="short")), "keys.primaryKey", "at least 8")
raises(
    "a setting out of its range",
    lambda: deploy(settings=small(autoscale_enabled=True, autoscale_target_utilization=250)),
    "autoScaler.targetUtilization",
)
raises(
    "a container instance with an address of its own",
    lambda: deploy(where=None, settings=AciWebservice.deploy_configuration(dns_name_label="x")),
    "dnsNameLabel",
)
sklearn = quietly(
    lambda: Model.register(ws, model_path="model.txt", model_name="nocode", model_framework=Model.Framework.SCIKITLEARN)
)
raises(
    "a model without an entry script",
    lambda: quietly(
        lambda: Model.deploy(ws, "refused", [sklearn], deployment_config=small(), deployment_target=target)
    ),
    "no file that ends in .joblib",
    "inference config",
)
same("nothing of all that came about", Webservice.list(ws), [])
progress("refused")

# Two clients at once.
results = {}


def attempt(mark):
    config = inference(mark, SCORE.replace("MARK", mark))
    try:
        results[mark] = Model.deploy(Workspace.from_config(), "contested", [one], config, small(), target)
    except WebserviceException as error:
        results[mark] = error


threads = [threading.Thread(target=attempt, args=(f"client{number}",)) for number in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
won = [mark for mark, result in results.items() if not isinstance(result, Exception)]
lost = [result for result in results.values() if isinstance(result, Exception)]
same("of two clients one gets the name", (len(won), len(lost)), (1, 1))
check(
    "and the other reads why", all(f in str(lost[0]) for f in ("There is a service", "contested", "already")), str(lost)
)
same("the service is the winner's", wait(results[won[0]]).run("")["mark"], won[0])
progress("contested")

# A script whose init() fails.
failing = inference("failing", "def init():\n    raise ValueError('no such weights')\ndef run(raw):\n    return raw\n")
with first_answer_lost("post", "/services") as lost:
    broken = deploy("broken", config=failing)
same("a deployment that is sent again is the same", (broken.state, lost), ("Transitioning", [202]))
printed, failure = heard(lambda: broken.wait_for_deployment(show_output=True))
text = str(failure)
check("a failed deployment is told", isinstance(failure, WebserviceException) and "non-successful" in text, text)
check("with where to look", "More information can be found using '.get_logs()'" in text, text)
check(
    "and what it was: the code, and the traceback to read",
    '"code": "UserScriptInitFailed"' in text and "\nValueError: no such weights" in text,
    text,
)
check("the lines say it while it happens", "Replica" in printed and "no such weights" in printed, printed)
same("the service is failed", broken.state, "Failed")
check("and knows why", "no such weights" in broken.error["message"], broken.error)
check("the logs have the traceback", "ValueError: no such weights" in fresh("broken").get_logs(), broken.get_logs())
raises("scoring says that it never answered", lambda: broken.run("x"), "scoring_uri unavailable", "Failed")
mended = deploy("broken", overwrite=True)
same(
    "deployed over, it is in transition, and what failed is past", (mended.state, mended.error), ("Transitioning", None)
)
same("and then it answers", wait(mended).run("x")["mark"], "good")
progress("failed")

# An update that fails leaves what runs.
serving = results[won[0]]
with first_answer_lost("patch", "/services/contested") as lost:
    serving.update(inference_config=failing)
same("and so is an update", (serving.state, lost), ("Transitioning", [202]))
printed, failure = heard(lambda: serving.wait_for_deployment(show_output=True))
check("a failed update is told, and that what was before goes on", "goes on answering" in str(failure), str(failure))
same("which is true", serving.run("x")["mark"], won[0])
same("though its state is failed", fresh("contested").state, "Failed")
serving.update(inference_config=good)
wait(serving)
same("a good one after it is healthy", (serving.state, serving.run("x")["mark"]), ("Healthy", "good"))
raises(
    "an update out of range",
    lambda: serving.update(autoscale_enabled=True, autoscale_target_utilization=250),
    "autoScaler.targetUtilization",
)
raises(
    "an update to less than there must be",
    lambda: serving.update(autoscale_enabled=True, autoscale_min_replicas=20),
    "20 is more than maxReplicas",
)
raises("models without their script", lambda: serving.update(models=[sklearn]), "no-code")
raises(
    "there is nothing to migrate to",
    lambda: serving.update(is_migration=True, compute_target="x"),
    "no Kubernetes online endpoints",
)
progress("updated")

# An environment that can't be built.
missing = environment("missing")
missing.python.conda_dependencies.add_pip_package("farled-no-such-package==1.2.3")
unbuilt = deploy("unbuilt", config=inference("unbuilt", SCORE, missing))
printed, failure = heard(lambda: unbuilt.wait_for_deployment(show_output=True))
text = str(failure)
check("an environment that can't be built is told", '"code": "EnvironmentBuildFailed"' in text, text)
link = re.search(r"More information can be found here: (https://\S+)", text)
log = requests.get(link.group(1)) if link else None
check("with the address of its log, which needs no token", log is not None and "Failed: " in log.text, (text, log))
same("any other address is refused", requests.get(link.group(1).replace("se=", "se=9")).status_code, 403)
same("a part of it can be read", requests.get(link.group(1), headers={"Range": "bytes=5-"}).text, log.text[5:])
progress("unbuilt")

# The end of what is under way.
slow = deploy("slow", config=inference("slow", SLOW))
raises(
    "an update while it is being deployed is told to wait",
    lambda: slow.update(scoring_timeout_ms=20000),
    "has not ended",
    "Wait until it has ended",
)
raises("and so is a deployment over it", lambda: deploy("slow", overwrite=True), "has not ended")
raises(
    "a second one under its name says that there is one",
    lambda: deploy("slow"),
    'There is a service "slow" already',
    "overwrite=True",
)
raises(
    "a deployment under way can be waited for with patience",
    lambda: slow.wait_for_deployment(timeout_sec=1),
    "exceeded timeout",
)
printed, failure = heard(slow.delete)
same("and deleted", failure, None)
raises("then it is gone", lambda: fresh("slow"), "WebserviceNotFound")
again = deploy("slow", config=good)
same("its name is free again", wait(again).state, "Healthy")

for service in Webservice.list(ws):
    quietly(service.delete)
same("everything can be deleted, failed services too", Webservice.list(ws), [])
