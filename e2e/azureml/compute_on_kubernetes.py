"""Compute targets of a Kubernetes: attached by either class, changed, looked into and detached."""

import sys

from azureml.core import Workspace
from azureml.core.compute import AksCompute, ComputeTarget, KubernetesCompute
from azureml.core.compute.aks import AksUpdateConfiguration
from azureml.exceptions import ComputeTargetException

from checks import check, raises, same

(resource_id,) = sys.argv[1:]
ws = Workspace.from_config()

attach = AksCompute.attach_configuration(resource_id=resource_id, cluster_purpose="DevTest")
target = ComputeTarget.attach(ws, "mykube", attach)
target.wait_for_completion()
same("a Kubernetes is attached by its id", [target.provisioning_state, target.is_attached], ["Succeeded", True])
same("with what it is", [target.cluster_resource_id.lower(), target.cluster_purpose], [resource_id.lower(), "DevTest"])
check("its nodes are counted", target.agent_count >= 1, target.agent_count)
check("its API server is named", bool(target.cluster_fqdn), target.cluster_fqdn)
check("and where requests go", bool(target.system_services[0].public_ip_address), target.system_services)

credentials = target.get_credentials()
same("owners are shown its kubeconfig", sorted(credentials), ["adminKubeConfig", "computeType", "imagePullSecretName", "userKubeConfig"])
# The test looks whether it opens the cluster.
with open("kubeconfig", "w") as file:
    file.write(credentials["userKubeConfig"])

target.update(AksUpdateConfiguration(load_balancer_type="InternalLoadBalancer", load_balancer_subnet="inner"))
same("a change begins at once", AksCompute(ws, "mykube").provisioning_state in ("Updating", "Succeeded"), True)
target.wait_for_completion()
target = AksCompute(ws, "mykube")
same("its load balancer can be changed", [target.load_balancer_type, target.load_balancer_subnet], ["InternalLoadBalancer", "inner"])
same("and nothing else is", [target.cluster_purpose, target.provisioning_state], ["DevTest", "Succeeded"])
target.update(AksUpdateConfiguration(load_balancer_type="PublicIp"))
target.wait_for_completion()
same("and back", [AksCompute(ws, "mykube").load_balancer_type, AksCompute(ws, "mykube").load_balancer_subnet], ["PublicIp", None])
raises("it is not deleted, because it is not Farled's", target.delete, "attached", kind=ComputeTargetException)
target.detach()
target.wait_for_completion(is_delete_operation=True)
same("it is detached", ws.compute_targets, {})

again = ComputeTarget.attach(ws, "arc", KubernetesCompute.attach_configuration(resource_id=resource_id.replace("resourcegroups", "resourceGroups")))
again.wait_for_completion()
same("and attached again as Kubernetes, for services", [type(again), again.provisioning_state], [AksCompute, "Succeeded"])
again.detach()
again.wait_for_completion(is_delete_operation=True)
