"""A workspace in a subscription that is known because a resource group was made in it."""

import sys

from azureml.core import Workspace

from checks import raises, same

subscription = sys.argv[1]
raises(
    "of several subscriptions one must be said",
    lambda: Workspace.create("parcels", resource_group="known", location="eastus"),
    "more than one subscription",
)
created = Workspace.create("parcels", subscription_id=subscription.upper(), resource_group="known", location="eastus")
same("is created there, however it is spelled", created.get_details()["name"], "parcels")
found = Workspace.list(subscription)
same("and listed", list(found), ["parcels"])
same("and found", Workspace.get("parcels", None, subscription, "known").location, "eastus")
same("and of all subscriptions as well", sorted(name for name in Workspace.list(None) if name == "parcels"), ["parcels"])
created.delete()
same("a subscription stays known without workspaces", Workspace.list(subscription), {})
