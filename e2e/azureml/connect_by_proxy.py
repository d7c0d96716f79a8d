"""A script whose only way to the server is the proxy: the client asks the addresses that it has for Azure."""

import os
import sys

import requests
from azureml.core import Workspace
from azureml.core.authentication import ServicePrincipalAuthentication
from azureml.core.model import Model

from checks import check, raises, same

check("no table of clouds is named", "ARM_CLOUD_METADATA_URL" not in os.environ)
ws = Workspace.from_config()
same("config.json names the workspace", ws.name, "test")
same("its services are at an address of Azure", ws.discovery_url.split("/")[2], "farled.blob.core.windows.net")

with open("weights.txt", "w") as file:
    file.write("by the proxy")
model = Model.register(ws, model_path="weights.txt", model_name="proxied")
same("files are uploaded", model.version, 1)
with open(model.download("down")) as file:
    same("and downloaded", file.read(), "by the proxy")

client_id, password = sys.argv[1:]
principal = ServicePrincipalAuthentication("mytenant", client_id, password)
same("a service principal logs in", Workspace.from_config(auth=principal).name, "test")
raises("one with a wrong password does not",
       lambda: Workspace.from_config(auth=ServicePrincipalAuthentication("mytenant", client_id, "wrong")))

raises("every other host is refused, and the proxy says whose it is",
       lambda: requests.get("https://example.org", timeout=20), "Only for hosts of Azure ML",
       kind=requests.exceptions.ProxyError)
