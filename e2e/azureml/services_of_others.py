"""A service that another client deployed, as scripts read and change it."""

from azureml.core import Webservice, Workspace

from checks import check, same
from serving import SCORE, inference, quietly, wait

ws = Workspace.from_config()
service = Webservice(ws, "theirs")
same("it is found with its kind and target", (service.compute_type, service.compute_name), ("AKS", "myaks"))
same("its settings are theirs", (service.num_replicas, service.tags, service.description), (1, {"by": "sdk"}, "Theirs"))
same("and its environment", service.environment.name, "plain")
same("it scores", service.run("x"), "theirs 42")
service.update(inference_config=inference("ours", SCORE.replace("MARK", "ours")))
same("scripts change what it runs", wait(service).run("x")["mark"], "ours")
service.add_tags({"and": "script"})
same("and its tags", Webservice(ws, "theirs").tags, {"by": "sdk", "and": "script"})
check("keys are read", all(service.get_keys()), None)
