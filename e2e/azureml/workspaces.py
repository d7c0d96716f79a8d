"""Workspaces, as scripts find them."""

from azureml.core import Workspace

from checks import raises, same

ws = Workspace.from_config()
same("from_config finds the workspace of config.json", ws.name, "test")
same("with its resource group", ws.resource_group, "e2e")
raises(
    "one that is not there is told by its name",
    lambda: Workspace.get("nowhere", subscription_id=ws.subscription_id, resource_group=ws.resource_group),
    "not found",
)
