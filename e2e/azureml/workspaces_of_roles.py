"""Which subscriptions and workspaces scripts see, and may change, by their roles and by their tenant."""

import json
import sys

from azureml.core import Workspace
from azureml.core.authentication import ServicePrincipalAuthentication
from azureml.core.compute import AksCompute, ComputeTarget

from checks import check, raises, same

DEFAULT = "00000000-0000-0000-0000-000000000000"
OF_ROLE = "aaaaaaaa-0000-4000-8000-000000000001"
OF_TENANT = "bbbbbbbb-0000-4000-8000-000000000002"
secrets = json.loads(sys.argv[1])


def principal(name, tenant="any"):
    return ServicePrincipalAuthentication(tenant, *secrets[name])


def subscriptions(auth):
    return sorted(found.subscription_id for found in auth._get_all_subscription_ids()[0])


# A subscription that nothing is in yet, and a role in it.
contributor = principal("contributor")
same("the subscription of a role is known", subscriptions(contributor), [OF_ROLE])
ws = Workspace.create(
    "parcels", auth=contributor, subscription_id=OF_ROLE, resource_group="shipping", location="eastus", show_output=False
)
same("the first workspace is created in it", ws.get_details()["name"], "parcels")
target = ComputeTarget.create(ws, "myaks", AksCompute.provisioning_configuration())
target.wait_for_completion()
same("with compute targets", list(ws.compute_targets), ["myaks"])
raises("whose kubeconfig only owners see", target.get_credentials, "403", "Forbidden")
same("all that is listed is theirs", list(Workspace.list(None, auth=contributor)), ["parcels"])
raises(
    "others' are not found",
    lambda: Workspace.get("test", auth=contributor, subscription_id=DEFAULT, resource_group="e2e"),
    "don't have access",
)
target.delete()
target.wait_for_completion(is_delete_operation=True)

# A tenant is what scripts say it is.
owner = principal("all", tenant=OF_TENANT)
check("a tenant is a subscription", OF_TENANT in subscriptions(owner), subscriptions(owner))
check("for those who are of it", OF_TENANT not in subscriptions(principal("all")), subscriptions(principal("all")))
mine = Workspace.create("mine", auth=owner, subscription_id=OF_TENANT, resource_group="own", location="local", show_output=False)
same("that workspaces are created in", mine.location, "local")
check("and which is known then", OF_TENANT in subscriptions(principal("all")), subscriptions(principal("all")))
every = set(Workspace.list(None, auth=owner))
check("owners see all", {"mine", "parcels", "test"} <= every, every)

# Of one workspace, a look.
reader = principal("reader")
same("who may look at one workspace sees its subscription", subscriptions(reader), [DEFAULT])
seen = Workspace.get("test", auth=reader, subscription_id=DEFAULT, resource_group="e2e")
same("and it", seen.name, "test")
same("and no other in a list", list(Workspace.list(None, auth=reader)), ["test"])
same("nor in its group", list(Workspace.list(DEFAULT, auth=reader, resource_group="e2e")), ["test"])
same("and its compute targets", seen.compute_targets, {})
for sentence, call in [
    ("may not change it", lambda: seen.update(description="x")),
    ("may not delete it", lambda: seen.delete()),
    ("may not give it compute", lambda: ComputeTarget.create(seen, "myaks", AksCompute.provisioning_configuration())),
]:
    raises(sentence, call, "reader", "may not")
raises(
    "nor create another one",
    lambda: Workspace.create("more", auth=reader, subscription_id=DEFAULT, resource_group="e2e", location="eastus"),
    "reader",
    "may not",
)
same("of which nothing is left", set(Workspace.list(None, auth=owner)) - every, set())
same("nor of the change", seen.get_details()["description"], "")
