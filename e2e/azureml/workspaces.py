"""Workspaces, as scripts create, find, change and delete them."""

import contextlib
import io
import json
import os

from azureml.core import Workspace
from azureml.core.authentication import InteractiveLoginAuthentication

from checks import check, raises, same

ws = Workspace.from_config()
subscription = ws.subscription_id
auth = InteractiveLoginAuthentication()
same("from_config finds the workspace of config.json", ws.name, "test")
same("with its resource group", ws.resource_group, "e2e")
raises(
    "one that is not there is told by its name",
    lambda: Workspace.get("nowhere", subscription_id=subscription, resource_group=ws.resource_group),
    "not found",
)


def told(call):
    """What `call` answers, and what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        answer = call()
    return answer, out.getvalue()


def create(name, **said):
    said = {"subscription_id": subscription, "resource_group": "shipping", "auth": auth, **said}
    return Workspace.create(name, **said)


def get(name):
    return Workspace.get(name, auth=auth, subscription_id=subscription, resource_group="shipping")


def names(**where):
    return sorted(Workspace.list(auth=auth, **where))


# Three side by side, in two groups that were not there.
one, output = told(lambda: create("first-one", location="West Europe", tags={"team": "blue"}, friendly_name="First"))
check("progress says that the workspace is being deployed", "Deploying Workspace with name first-one." in output, output)
check("and that it was", "Deployed Workspace with name first-one. Took " in output, output)
check("and of nothing that failed", "fail" not in output.lower() and "unable" not in output.lower(), output)
same("it is in the location that was said", one.location, "westeurope")
two, output = told(lambda: create("second", location="eastus", show_output=False))
check("without show_output nothing is said of progress", "Deploy" not in output, output)
three, _ = told(lambda: create("first-one", resource_group="returns", location="eastus"))
same("the name may be had in another group again", three.resource_group, "returns")

same("a group lists its own", names(subscription_id=subscription, resource_group="shipping"), ["first-one", "second"])
same("whatever the case", names(subscription_id=subscription, resource_group="SHIPPING"), ["first-one", "second"])
every = Workspace.list(subscription, auth=auth)
same("a subscription lists those of all groups", sorted(every), ["first-one", "second", "test"])
same(
    "those of one name under it",
    sorted(found.resource_group for found in every["first-one"]),
    ["returns", "shipping"],
)
same("without a subscription, all are listed", names(subscription_id=None), ["first-one", "second", "test"])
same("a group that is not there has none", names(subscription_id=subscription, resource_group="nowhere"), [])

details = one.get_details()
same("details have the id", details["id"].split("/")[-1], "first-one")
same("and the tags, with that of the client", details["tags"]["team"], "blue")
check("the client's own tag is kept", details["tags"]["createdByToolkit"].startswith("sdk-v1-"), details["tags"])
same("and what of it is done", details["provisioningState"], "Succeeded")
for name in ["location", "type", "workspaceid", "friendlyName", "creationTime", "discoveryUrl", "storageAccount", "sku"]:
    check(f"details say {name}", name in details, sorted(details))
check("each has an id of its own", details["workspaceid"] != three.get_details()["workspaceid"])

raises("one that is there is not created again", lambda: create("second", location="eastus"), "already exists")
again, _ = told(lambda: create("second", location="eastus", exist_ok=True))
same("unless that is fine", again.get_details()["workspaceid"], two.get_details()["workspaceid"])
raises("a place that Azure does not have is none", lambda: create("third", location="atlantis"), "Location not available")
raises(
    "a group that is not there is not made against the will of the script",
    lambda: create("third", resource_group="nobodys", location="eastus", create_resource_group=False),
    "Resource group was not found",
)
raises(
    "what the server refuses is told",
    lambda: create("third", location="eastus", tags={str(number): "x" for number in range(101)}),
    "Unable to create the workspace",
    "must not have more than 100 entries",
)
raises("a name that none can have is refused", lambda: create("a b", location="eastus"), "workspace name")
from_group, _ = told(lambda: create("fourth"))
same("without a location, it is where its group is", from_group.location, "westeurope")

changed = one.update(friendly_name="First of all", description="for parcels", tags={"team": "green"})
same("an update answers with what is now", changed["friendlyName"], "First of all")
fresh = get("first-one").get_details()
same("and lasts", [fresh["friendlyName"], fresh["description"]], ["First of all", "for parcels"])
same("tags replace those before", fresh["tags"], {"team": "green"})
one.update(description="for letters")
fresh = get("first-one").get_details()
same("what is not said stays", [fresh["friendlyName"], fresh["tags"]], ["First of all", {"team": "green"}])
same("of others nothing changes", three.get_details()["friendlyName"], "first-one")
raises(
    "a registry of its own is refused with what to do",
    lambda: one.update_dependencies(container_registry="/subscriptions/s/x", force=True),
    "FARLED_REGISTRY",
)
same("there are no keys of storage to list", one.list_keys(), {})
one.sync_keys()

os.mkdir("there")
one.write_config(path="there")
same("a written config.json is found again", Workspace.from_config(path="there").get_details()["id"], details["id"])
written = json.load(open(os.path.join("there", ".azureml", "config.json")))
same("and says where", written["Scope"], details["id"])

gone = two.get_details()["workspaceid"]
two.delete()
raises("a deleted one is gone", lambda: get("second"), "not found")
same("and the others are not", names(subscription_id=subscription), ["first-one", "fourth", "test"])
from_group.delete(delete_dependent_resources=True)
one.delete(no_wait=True)
same("with what depends on them", names(subscription_id=subscription, resource_group="shipping"), [])
back, _ = told(lambda: create("second"))
check("of a deleted one nothing comes back", back.get_details()["workspaceid"] != gone)

# Subscriptions that nothing is known of.
subscriptions, _ = auth._get_all_subscription_ids()
same("one subscription is known", [found.subscription_id for found in subscriptions], [subscription])
raises(
    "in another one the way to it is shown",
    lambda: create("third", subscription_id="11111111-0000-0000-0000-000000000000"),
    "don't have access",
    "farled group create --subscription-id",
)
