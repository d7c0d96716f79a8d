/** For each row of the wire contract that takes a body, one that is right: hostile requests are made from them. */

const ENVIRONMENT = {
  name: 'myenv',
  version: null,
  environmentVariables: {
    EXAMPLE_ENV_VAR: 'EXAMPLE_VALUE',
    AZUREML_SOURCE_DIRECTORY: 'src',
    AZUREML_ENTRY_SCRIPT: 'src/score.py',
  },
  python: {
    userManagedDependencies: false,
    interpreterPath: 'python',
    condaDependenciesFile: null,
    baseCondaEnvironment: null,
    condaDependencies: {
      name: 'project_environment',
      channels: ['conda-forge'],
      dependencies: ['python=3.11', { pip: ['azureml-defaults'] }],
    },
  },
  docker: {
    enabled: false,
    baseImage: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20251130.v1',
    baseDockerfile: null,
    buildContext: null,
    baseImageRegistry: { address: null, username: null, password: null, registryIdentity: null },
    platform: { os: 'Linux', architecture: 'amd64' },
    sharedVolumes: true,
    shmSize: '2g',
    arguments: [],
  },
  spark: { repositories: [], packages: [], precachePackages: true },
  databricks: { mavenLibraries: [], pypiLibraries: [], rcranLibraries: [], jarLibraries: [], eggLibraries: [] },
  r: null,
  inferencingStackVersion: null,
  assetId: null,
};

const SERVICE = {
  name: 'hostile',
  description: 'desc',
  kvTags: { a: '1' },
  properties: { b: '2' },
  location: null,
  computeType: 'AKS',
  computeName: 'myaks',
  overwrite: true,
  keys: { primaryKey: 'primary-key', secondaryKey: 'secondary-key' },
  authEnabled: true,
  aadAuthEnabled: false,
  appInsightsEnabled: false,
  storageInitEnabled: false,
  numReplicas: null,
  namespace: null,
  scoringTimeoutMs: 30_000,
  maxConcurrentRequestsPerContainer: 2,
  maxQueueWaitMs: 1000,
  autoScaler: {
    autoscaleEnabled: true,
    minReplicas: 1,
    maxReplicas: 3,
    targetUtilization: 70,
    refreshPeriodInSeconds: 10,
  },
  containerResourceRequirements: { cpu: 0.1, cpuLimit: 1, memoryInGB: 0.1, memoryInGBLimit: 1, gpu: 0 },
  livenessProbeRequirements: {
    initialDelaySeconds: 6,
    periodSeconds: 5,
    timeoutSeconds: 7,
    successThreshold: 1,
    failureThreshold: 4,
  },
  dataCollection: { storageEnabled: false, eventHubEnabled: false },
  environmentImageRequest: {
    modelIds: ['hostile-model:1'],
    driverProgram: 'tmpab12cd.py',
    assets: [
      { id: 'tmpab12cd.py', url: 'aml://artifact/LocalUpload/21a6f6c3/tmpab12cd.py', mimeType: 'application/x-python' },
      {
        id: '0fa73ee5.tar.gz',
        url: 'aml://artifact/LocalUpload/5e8eb2c3/0fa73ee5.tar.gz',
        mimeType: 'application/octet-stream',
        unpack: true,
      },
    ],
    environment: ENVIRONMENT,
  },
};

const MODEL = {
  name: 'hostile-model',
  url: 'aml://asset/00000000000000000000000000000000',
  mimeType: 'application/json',
  description: 'desc',
  framework: 'ScikitLearn',
  frameworkVersion: '1.0',
  kvTags: { a: '1' },
  properties: {},
  datasets: [],
  unpack: false,
  resourceRequirements: { cpu: 1, memoryInGB: 1, gpu: null },
};

const COMPUTE = {
  location: 'eastus',
  properties: {
    computeType: 'AKS',
    computeLocation: 'westeurope',
    properties: {
      agentCount: 3,
      agentVmSize: 'Standard_D3_v2',
      clusterPurpose: 'DevTest',
      sslConfiguration: { status: 'Enabled', cname: 'h', cert: 'PEM', key: 'PEM' },
      aksNetworkingConfiguration: {
        subnetId: '/subscriptions/x/subnets/s',
        serviceCidr: '10.0.0.0/16',
        dnsServiceIP: '10.0.0.10',
        dockerBridgeCidr: '172.17.0.1/16',
      },
      loadBalancerType: 'PublicIp',
      loadBalancerSubnet: null,
    },
  },
};

const WORKSPACE_TEMPLATE = {
  properties: {
    mode: 'Incremental',
    template: {
      resources: [
        {
          type: 'Microsoft.MachineLearningServices/workspaces',
          name: 'hostile',
          location: 'eastus',
          tags: {},
          properties: { friendlyName: 'x' },
        },
      ],
    },
    parameters: {},
  },
};

export const SAMPLES: Readonly<Record<string, unknown>> = {
  A2: {
    grant_type: 'client_credentials',
    client_id: 'id',
    client_secret: 'secret',
    scope: 'https://management.core.windows.net//.default',
  },
  A3: { client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', scope: 'openid' },
  A6: { resource: 'https://management.core.windows.net/' },
  B6: {
    tags: { a: 'b' },
    identity: null,
    properties: { friendlyName: 'f', description: 'd', imageBuildCompute: null },
  },
  B10: { location: 'eastus', tags: {} },
  B13: WORKSPACE_TEMPLATE,
  C1: COMPUTE,
  D1: { paths: [{ path: 'folder/a.txt' }, { path: 'b.txt' }] },
  E1: {
    name: 'hostile',
    artifacts: [{ prefix: 'LocalUpload/260101T000000-abcdef12/folder' }],
    kvTags: {},
    properties: {},
  },
  E3: MODEL,
  E6: [
    { op: 'replace', path: '/kvTags', value: { a: '2' } },
    { op: 'add', path: '/properties', value: { c: '3' } },
  ],
  F1: {},
  F2: { type: 'Create', serviceName: 'hostile', createRequest: SERVICE, updateRequest: null },
  F3: SERVICE,
  F4: SERVICE,
  F7: [
    { op: 'replace', path: '/numReplicas', value: 2 },
    { op: 'replace', path: '/autoScaler/autoscaleEnabled', value: false },
    { op: 'add', path: '/properties/a', value: 'b' },
    { op: 'replace', path: '/environmentImageRequest', value: SERVICE.environmentImageRequest },
  ],
  F11: { keyType: 'Primary', keyValue: null },
  F14: { serviceName: 'hostile', computeTarget: 'myaks' },
  G1: { ...ENVIRONMENT, Name: 'myenv' },
  G4: { Labels: ['good'] },
  I1: {
    imageRequest: SERVICE.environmentImageRequest,
    packageType: 'DockerBuildContext',
    imageName: 'image',
    imageLabel: '1',
  },
  K1: {
    name: 'image',
    driverProgram: 'driver',
    assets: SERVICE.environmentImageRequest.assets,
    modelIds: ['hostile-model:1'],
    kvTags: {},
    targetRuntime: {
      runtimeType: 'Python',
      targetArchitecture: 'Amd64',
      properties: { pipRequirements: '', condaEnvFile: '' },
    },
    imageFlavor: 'WebApiContainer',
  },
};
