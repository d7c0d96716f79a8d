/** The table of clouds that azureml-core reads: one cloud, ours, under every name that a script may say. */

/** contract 1.2: ArmTokenAuthentication asks for a cloud called «None». */
const NAMES = ['AzureCloud', 'AzureUSGovernment', 'AzureChinaCloud', 'None'];

export function cloudTable(url: string, audience: string): readonly unknown[] {
  return NAMES.map((name) => ({
    name,
    resourceManager: url,
    // The client puts the tenant in place of the last part; MSAL asks no one else about an authority of ADFS.
    authentication: { loginEndpoint: `${url}/adfs/x`, audiences: [audience] },
    suffixes: {},
  }));
}
