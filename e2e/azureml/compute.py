"""Compute targets on this machine, as scripts create, attach, change and remove them."""

import contextlib
import io
import sys

from azureml.core import Workspace
from azureml.core.authentication import InteractiveLoginAuthentication
from azureml.core.compute import AksCompute, AmlCompute, ComputeTarget, KubernetesCompute
from azureml.core.compute.aks import AksUpdateConfiguration, SslConfiguration
from azureml.exceptions import ComputeTargetException

from checks import check, raises, same

by_name, by_id = sys.argv[1:]
auth = InteractiveLoginAuthentication()
ws = Workspace.from_config(auth=auth)
second, third = [
    Workspace.create(
        name,
        auth=auth,
        subscription_id=ws.subscription_id,
        resource_group=ws.resource_group,
        location="westeurope",
        show_output=False,
    )
    for name in ["second", "third"]
]


def wait(target, **how):
    """What is shown until the end."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        target.wait_for_completion(show_output=True, **how)
    return out.getvalue()


def refused(sentence, call, *fragments):
    raises(sentence, call, *fragments, kind=ComputeTargetException)


provision = AksCompute.provisioning_configuration

same("a new workspace has no compute targets", [ws.compute_targets, second.compute_targets], [{}, {}])
refused("one that is not there is told", lambda: AksCompute(ws, "nobody"), "ComputeTargetNotFound", "nobody")
refused("whatever it would be", lambda: ComputeTarget(ws, "nobody"), "ComputeTargetNotFound")

# Created, with nothing said.
target = ComputeTarget.create(ws, "myaks", provision())
check("it is there when create returns", target.provisioning_state in ("Creating", "Succeeded"), target.provisioning_state)
output = wait(target)
check("waiting says how it ended", 'operation "Succeeded"' in output, output)
same("it is of the kind that was asked for", type(target), AksCompute)
same(
    "it has what the original has by default",
    [target.agent_count, target.agent_vm_size, target.cluster_purpose, target.load_balancer_type],
    [3, "Standard_D3_v2", "FastProd", "PublicIp"],
)
same("its state", [target.get_status(), target.provisioning_errors], ["Succeeded", None])
same("it was not attached", target.is_attached, False)
check("it has a cluster", target.cluster_resource_id.endswith("/managedClusters/myaks"), target.cluster_resource_id)
check("and times", target.created_on is not None and target.modified_on is not None, target.created_on)
same("it can be written out", target.serialize()["properties"]["properties"]["agentCount"], 3)
check("with where requests go", target.system_services[0].public_ip_address is not None, target.system_services)
same("a fresh look finds it", AksCompute(ws, "myaks").id, target.id)
same("in whatever case", ComputeTarget(ws, "MyAks").name, "myaks")

# Created, with all said.
network = {
    "vnet_resourcegroup_name": "net",
    "vnet_name": "vnet",
    "subnet_name": "inner",
    "service_cidr": "10.0.0.0/16",
    "dns_service_ip": "10.0.0.10",
    "docker_bridge_cidr": "172.17.0.1/16",
}
small = ComputeTarget.create(
    second,
    "small",
    provision(
        agent_count=2,
        vm_size="standard_f4s_V2",
        cluster_purpose="DevTest",
        location="westeurope",
        load_balancer_type="InternalLoadBalancer",
        load_balancer_subnet="inner",
        **network,
    ),
)
wait(small)
same(
    "what was said is as it was said",
    [small.agent_count, small.agent_vm_size, small.cluster_purpose, small.load_balancer_type, small.cluster_location],
    [2, "Standard_F4s_v2", "DevTest", "InternalLoadBalancer", "westeurope"],
)
same("its location is the workspace's", small.location, "westeurope")
wait(ComputeTarget.create(third, "myaks", provision(agent_count=1, cluster_purpose="DevTest")))
same("names are of a workspace", AksCompute(third, "myaks").agent_count, 1)
same(
    "each workspace lists its own",
    [sorted(one.compute_targets) for one in (ws, second, third)],
    [["myaks"], ["small"], ["myaks"]],
)

# Not created.
refused(
    "production needs 12 vCPUs",
    lambda: ComputeTarget.create(ws, "few", provision(agent_count=2, vm_size="Standard_D3_v2")),
    "greater than or equal to 12 virtual CPUs",
    "DevTest",
)
refused("sizes must be known", lambda: ComputeTarget.create(ws, "few", provision(vm_size="Standard_Huge")), "Standard_Huge")
refused("the name is taken", lambda: ComputeTarget.create(ws, "myaks", provision()), "already")
refused("names have rules", lambda: ComputeTarget.create(ws, "my_aks!", provision()), "3 to 24 letters")
with open("key.pem", "w") as file:
    file.write("SECRET OF THE KEY")


def with_certificate():
    configuration = provision()
    configuration.enable_ssl(ssl_cname="www.example.com", ssl_cert_pem_file="key.pem", ssl_key_pem_file="key.pem")
    ComputeTarget.create(ws, "tls", configuration)


def with_label():
    configuration = provision()
    configuration.enable_ssl(leaf_domain_label="parcels")
    ComputeTarget.create(ws, "tls", configuration)


refused("a certificate of its own is refused with what to do", with_certificate, "SSL", "proxy or an ingress")
refused("and a made one", with_label, "SSL", "proxy or an ingress")
try:
    with_certificate()
except ComputeTargetException as error:
    check("without the key in it", "SECRET" not in str(error), str(error))
refused(
    "compute for training is refused with what there is",
    lambda: ComputeTarget.create(ws, "train", AmlCompute.provisioning_configuration(vm_size="STANDARD_D2_V2", max_nodes=2)),
    "AmlCompute",
    "AksCompute",
)
same("of what was refused nothing is there", sorted(ws.compute_targets), ["myaks"])

# Attached.
refused(
    "a cluster that nobody made known is refused with the command that does",
    lambda: ComputeTarget.attach(ws, "far", AksCompute.attach_configuration(resource_group="far", cluster_name="away")),
    "is not known",
    "farled cluster add -g far -n away",
)
attached = ComputeTarget.attach(
    ws, "near", AksCompute.attach_configuration(resource_group="shipping", cluster_name=by_name, cluster_purpose="DevTest")
)
check("attaching waits as creating does", 'operation "Succeeded"' in wait(attached), None)
same("a cluster is found by group and name", [attached.is_attached, attached.agent_count], [True, 2])
other = ComputeTarget.attach(second, "other", AksCompute.attach_configuration(resource_id=by_id))
wait(other)
same("and by its id", other.cluster_resource_id.lower(), by_id.lower())
same("for production when nothing is said", other.cluster_purpose, "FastProd")
refused(
    "one cluster is one compute target",
    lambda: ComputeTarget.attach(third, "again", AksCompute.attach_configuration(resource_id=by_id)),
    "attached",
    "other",
)
same("a list has all", sorted(one.name for one in ComputeTarget.list(ws)), ["myaks", "near"])
refused("this machine has no kubeconfig", lambda: attached.get_credentials(), "is this machine", "kubeconfig")

# Changed.
target.update(AksUpdateConfiguration(ssl_configuration=SslConfiguration(status="Disabled")))
check("SSL that is off can be switched off", 'operation "Succeeded"' in wait(target), None)
refused(
    "and can not be switched on",
    lambda: target.update(AksUpdateConfiguration(ssl_configuration=SslConfiguration(leaf_domain_label="parcels"))),
    "SSL",
)
refused(
    "this machine has no load balancer to change",
    lambda: target.update(AksUpdateConfiguration(load_balancer_type="InternalLoadBalancer")),
    "no load balancer",
)
same("a refused change changes nothing", AksCompute(ws, "myaks").load_balancer_type, "PublicIp")

# Removed.
raises("a workspace with compute targets stays", lambda: third.delete(), "myaks")
refused("what was attached is not deleted", lambda: attached.delete(), "attached", "Detach")
same("and is as it was", attached.get_status(), "Succeeded")
attached.detach()
same("detaching begins at once", attached.provisioning_state, "Deleting")
check("and ends", 'operation "Succeeded"' in wait(attached, is_delete_operation=True), None)
refused("what is detached is gone", lambda: AksCompute(ws, "near"), "ComputeTargetNotFound")
kubernetes = ComputeTarget.attach(
    third, "near", KubernetesCompute.attach_configuration(resource_id=attached.cluster_resource_id)
)
wait(kubernetes)
same("its cluster is attached elsewhere, as Kubernetes this time, for services", type(kubernetes), AksCompute)
same("and for what its size lets it be", kubernetes.cluster_purpose, "DevTest")
small.delete()
wait(small, is_delete_operation=True)
refused("what is deleted is gone", lambda: small.get_status(), "ComputeTargetNotFound")
refused("and is not deleted again", lambda: small.delete(), "404")
same(
    "and all others are there",
    [sorted(one.compute_targets) for one in (ws, second, third)],
    [["myaks"], ["other"], ["myaks", "near"]],
)
