"""A script as users have them: it says nothing about where the server is."""

import os
import socket
import ssl
import sys

from azureml.core import Workspace
from azureml.core.authentication import MsiAuthentication

from checks import check, same

host = os.environ["ARM_CLOUD_METADATA_URL"].rsplit("/", 2)[1].split("-")[0]
ws = Workspace.from_config()
same("config.json names the workspace", (ws.name, ws.resource_group), ("test", "e2e"))
same("which is read again by its id", Workspace.get(ws.name, subscription_id=ws.subscription_id,
                                                    resource_group=ws.resource_group).get_details()["id"],
     ws.get_details()["id"])
check("the services are those of the server", host in ws.discovery_url, ws.discovery_url)
same("MsiAuthentication finds the machine's identity",
     Workspace.from_config(auth=MsiAuthentication()).name, ws.name)

same("the server's name is this machine", socket.getaddrinfo(host, 443)[0][4][0], "127.0.0.1")
same("as bytes as well", socket.getaddrinfo(host.upper().encode(), 443)[0][4][0], "127.0.0.1")
try:
    socket.getaddrinfo("farled.blob.invalid", 443)
    check("other names are as they were", False)
except socket.gaierror:
    check("other names are as they were", True)

trusted = ssl.create_default_context(cafile=os.environ["REQUESTS_CA_BUNDLE"]).get_ca_certs()
names = [dict(part[0] for part in one["subject"]).get("commonName", "") for one in trusted]
same("of the authorities one is ours", len([name for name in names if name.startswith("Farled on ")]), 1)
check("and the public ones are there", len(trusted) > 100, len(trusted))
for variable in ("AZURE_CONFIG_DIR", "AZUREML_AUTH_CONFIG_DIR"):
    same("%s is private" % variable, os.stat(os.environ[variable]).st_mode & 0o777, 0o700)

for expected in sys.argv[1:]:
    check("the user's own %s was run" % expected, expected in getattr(sys, "seen_by_user", []), sys.path)
