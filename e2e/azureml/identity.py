"""Who scripts are, by each class of azureml.core.authentication, and what each role lets them do."""

import base64
import json
import os
import pathlib
import sys
import urllib.request
import uuid

from azureml.core import Environment, Model, Workspace
from azureml.core.authentication import (
    ArmTokenAuthentication,
    InteractiveLoginAuthentication,
    MsiAuthentication,
    ServicePrincipalAuthentication,
    TokenAuthentication,
)
from azureml.core.webservice import AksWebservice, Webservice

from checks import check, raises, same

MODE = sys.argv[1]
CLIENT_ID = os.environ.get("AZUREML_SERVICE_PRINCIPAL_ID")
SECRET = os.environ.get("AZUREML_SERVICE_PRINCIPAL_PASSWORD")
TENANT = "11111111-2222-3333-4444-555555555555"


def claims(auth):
    return claims_of(auth.get_authentication_header()["Authorization"].split()[1])


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def principal(tenant=TENANT, secret=SECRET):
    return ServicePrincipalAuthentication(tenant, CLIENT_ID, secret)


def as_owner(method, path):
    """What the administrator does meanwhile, with the token of the home folder."""
    request = urllib.request.Request(
        os.environ["OWNER_URL"] + path, method=method, headers={"Authorization": "Bearer " + os.environ["OWNER_TOKEN"]}
    )
    return urllib.request.urlopen(request).status


def service_principal():
    ws = Workspace.from_config()
    same("the variables of a service principal are enough", ws.name, "test")
    same("a token names the identity", claims(ws._auth)["oid"], CLIENT_ID)
    same("and its name", claims(ws._auth)["name"], "pipeline")
    for tenant in (TENANT, "any", "contoso.onmicrosoft.com"):
        auth = principal(tenant)
        same("ServicePrincipalAuthentication takes the tenant %s" % tenant, claims(auth)["tid"], tenant)
        same("and a workspace is found by it", Workspace.from_config(auth=auth).name, "test")
    check("tokens end at a whole second", isinstance(claims(principal())["exp"], int))
    raises(
        "a wrong secret is told as such",
        lambda: principal(secret="wrong").get_authentication_header(),
        CLIENT_ID,
        "farled identity reset-secret",
    )
    raises(
        "so is a client id that nobody has",
        lambda: ServicePrincipalAuthentication(TENANT, "nobody", "x").get_authentication_header(),
        "nobody",
    )
    token = principal().get_authentication_header()["Authorization"].split()[1]
    same(
        "ArmTokenAuthentication takes such a token",
        Workspace.from_config(auth=ArmTokenAuthentication(token)).name,
        "test",
    )
    same(
        "TokenAuthentication does",
        Workspace.from_config(auth=TokenAuthentication(lambda audience: token)).name,
        "test",
    )
    raises(
        "a token that is made up is refused",
        lambda: Workspace.from_config(auth=ArmTokenAuthentication(forged(token))),
        "not valid",
    )
    auth = InteractiveLoginAuthentication(tenant_id=TENANT)
    same("InteractiveLoginAuthentication uses the service principal, for its tenant", claims(auth)["tid"], TENANT)
    ws.update(description="by a pipeline")
    same("a Contributor changes the workspace", Workspace.from_config().get_details()["description"], "by a pipeline")


def forged(token):
    head, payload, signature = token.split(".")
    return ".".join([head, payload, ("B" if signature[0] == "A" else "A") + signature[1:]])


def machine():
    ws = Workspace.from_config()
    same("MSI_ENDPOINT alone is enough", ws.name, "test")
    owner = str(uuid.UUID(int=0))
    same("it is the owner's", claims(MsiAuthentication())["oid"], owner)
    same("MsiAuthentication finds the workspace", Workspace.from_config(auth=MsiAuthentication()).name, "test")
    same("a tenant that fits", claims(InteractiveLoginAuthentication(tenant_id=owner))["oid"], owner)


def machine_by_secret():
    same("MSI_SECRET travels in a header", claims(MsiAuthentication())["oid"], os.environ["EXPECTED_ID"])
    same("and finds the workspace", Workspace.from_config().name, "test")


def machine_by_wrong_secret():
    raises("a wrong MSI_SECRET is refused", lambda: MsiAuthentication().get_authentication_header(), "not CLIENT_ID:SECRET")


def machine_of_another_tenant():
    auth = InteractiveLoginAuthentication(tenant_id=TENANT)
    same("where the machine's tenant is another, the service principal is used", claims(auth)["oid"], CLIENT_ID)


def reader():
    ws = Workspace.from_config()
    same("a Reader finds the workspace", ws.name, "test")
    before = ws.get_details()["description"]
    same("and lists its models", [model.name for model in Model.list(ws)], ["scored"])
    same("and its services", [service.name for service in Webservice.list(ws)], ["scored"])
    raises(
        "a change is refused, with what the Reader has and what it takes",
        lambda: ws.update(description="mine"),
        "Forbidden",
        "role Reader in /subscriptions/",
        "Owner or Contributor",
        "farled identity grant -n reader --role Contributor",
    )
    raises("so are keys of services", lambda: Webservice(ws, "scored").get_keys(), "403", "Scorer")
    raises("so is a deletion", lambda: Webservice(ws, "scored").delete(), "403", "may not change anything")
    same("nothing was changed", Workspace.from_config().get_details()["description"], before)
    raises(
        "another workspace is not there for one who has a role in this one only",
        lambda: Workspace.get("other", subscription_id=ws.subscription_id, resource_group=ws.resource_group),
        "Forbidden",
        "/workspaces/other",
    )


def scorer():
    ws = Workspace.from_config()
    service = AksWebservice(ws, "scored")
    check("a Scorer scores by the SDK", "one" in str(service.run("{}")))
    check("and reads the keys that this takes", all(service.get_keys()))
    raises("it does not look at models", lambda: Model.list(ws), "Forbidden")
    raises("nor at environments", lambda: Environment.list(ws), "may not look at anything", "role Scorer")
    raises("it changes no keys", lambda: service.regen_key("Primary"), "403", "may not change anything")


def deleted():
    ws = Workspace.from_config()
    same("roles are those of the moment: it may look", ws.name, "test")
    token = principal().get_authentication_header()["Authorization"].split()[1]

    def find():
        return Workspace.from_config(auth=ArmTokenAuthentication(token))

    same("also by a token that was given", find().name, "test")
    as_owner("DELETE", "/identities/leaver/roles?role=Reader&scope=/")
    raises("until the role is revoked", find, "Forbidden", "no role anywhere")
    as_owner("DELETE", "/identities/leaver")
    raises("or the identity deleted, whose token still holds", find, "not there any more")
    raises(
        "and a new token is not given",
        lambda: principal().get_authentication_header(),
        "not the client id of a service principal",
    )


def login():
    # Whoever logs in sees where on the standard error output; the test is that person.
    ws = Workspace.from_config(auth=InteractiveLoginAuthentication())
    same("a person who logged in finds the workspace", ws.name, "test")
    same("under the own name", claims(ws._auth)["name"], "ada")
    same("with the id of the user", claims(ws._auth)["oid"], os.environ["EXPECTED_ID"])


def login_again():
    ws = Workspace.from_config()
    same("a later process needs no login", ws.name, "test")
    same("and is the same person", claims(ws._auth)["oid"], os.environ["EXPECTED_ID"])
    raises("whose role holds", lambda: ws.update(description="mine"), "Forbidden", "role Reader")
    owner = str(uuid.UUID(int=0))
    same("the tenant may be said", claims(InteractiveLoginAuthentication(tenant_id=owner))["tid"], owner)


def login_refreshed():
    folders = (os.environ["AZUREML_AUTH_CONFIG_DIR"], os.environ["AZURE_CONFIG_DIR"])
    caches = [path for folder in folders for path in pathlib.Path(folder).rglob("msal_token_cache.json")]
    same("a login is kept in one place", len(caches), 1)
    for cache in caches:
        kept = json.loads(cache.read_text())
        same("with a refresh token", len(kept["RefreshToken"]), 1)
        before = [token["secret"] for token in kept["AccessToken"].values()]
        for token in kept["AccessToken"].values():
            token.update(expires_on="1", cached_at="0")
        cache.write_text(json.dumps(kept))
    ws = Workspace.from_config()
    same("a login whose token is over is refreshed by itself", ws.name, "test")
    token = ws._auth.get_authentication_header()["Authorization"].split()[1]
    check("with another token", token not in before)
    same("of the same person", claims_of(token)["oid"], os.environ["EXPECTED_ID"])


globals()[MODE]()
