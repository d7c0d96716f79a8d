/** vCPUs and memory of Azure's general-purpose, compute, memory and GPU sizes that v1 scripts name. Source: Azure VM size tables. */
export interface VmSize {
  readonly cpu: number;
  readonly memoryInGB: number;
  readonly gpu: number;
}

const SIZES: Readonly<Record<string, readonly [cpu: number, memoryInGB: number, gpu?: number]>> = {
  Standard_A1_v2: [1, 2],
  Standard_A2_v2: [2, 4],
  Standard_A4_v2: [4, 8],
  Standard_A8_v2: [8, 16],
  Standard_B2s: [2, 4],
  Standard_B2ms: [2, 8],
  Standard_B4ms: [4, 16],
  Standard_B8ms: [8, 32],
  Standard_B12ms: [12, 48],
  Standard_B16ms: [16, 64],
  Standard_D1: [1, 3.5],
  Standard_D2: [2, 7],
  Standard_D3: [4, 14],
  Standard_D4: [8, 28],
  Standard_D11: [2, 14],
  Standard_D12: [4, 28],
  Standard_D13: [8, 56],
  Standard_D14: [16, 112],
  Standard_D1_v2: [1, 3.5],
  Standard_D2_v2: [2, 7],
  Standard_D3_v2: [4, 14],
  Standard_D4_v2: [8, 28],
  Standard_D5_v2: [16, 56],
  Standard_D11_v2: [2, 14],
  Standard_D12_v2: [4, 28],
  Standard_D13_v2: [8, 56],
  Standard_D14_v2: [16, 112],
  Standard_D15_v2: [20, 140],
  Standard_DS1_v2: [1, 3.5],
  Standard_DS2_v2: [2, 7],
  Standard_DS3_v2: [4, 14],
  Standard_DS4_v2: [8, 28],
  Standard_DS5_v2: [16, 56],
  Standard_DS11_v2: [2, 14],
  Standard_DS12_v2: [4, 28],
  Standard_DS13_v2: [8, 56],
  Standard_DS14_v2: [16, 112],
  Standard_DS15_v2: [20, 140],
  Standard_D2_v3: [2, 8],
  Standard_D4_v3: [4, 16],
  Standard_D8_v3: [8, 32],
  Standard_D16_v3: [16, 64],
  Standard_D32_v3: [32, 128],
  Standard_D48_v3: [48, 192],
  Standard_D64_v3: [64, 256],
  Standard_D2s_v3: [2, 8],
  Standard_D4s_v3: [4, 16],
  Standard_D8s_v3: [8, 32],
  Standard_D16s_v3: [16, 64],
  Standard_D32s_v3: [32, 128],
  Standard_D48s_v3: [48, 192],
  Standard_D64s_v3: [64, 256],
  Standard_D2s_v4: [2, 8],
  Standard_D4s_v4: [4, 16],
  Standard_D8s_v4: [8, 32],
  Standard_D16s_v4: [16, 64],
  Standard_D32s_v4: [32, 128],
  Standard_D2s_v5: [2, 8],
  Standard_D4s_v5: [4, 16],
  Standard_D8s_v5: [8, 32],
  Standard_D16s_v5: [16, 64],
  Standard_D32s_v5: [32, 128],
  Standard_E2_v3: [2, 16],
  Standard_E4_v3: [4, 32],
  Standard_E8_v3: [8, 64],
  Standard_E16_v3: [16, 128],
  Standard_E2s_v3: [2, 16],
  Standard_E4s_v3: [4, 32],
  Standard_E8s_v3: [8, 64],
  Standard_E16s_v3: [16, 128],
  Standard_E32s_v3: [32, 256],
  Standard_F2s_v2: [2, 4],
  Standard_F4s_v2: [4, 8],
  Standard_F8s_v2: [8, 16],
  Standard_F16s_v2: [16, 32],
  Standard_F32s_v2: [32, 64],
  Standard_F64s_v2: [64, 128],
  Standard_F72s_v2: [72, 144],
  Standard_NC6: [6, 56, 1],
  Standard_NC12: [12, 112, 2],
  Standard_NC24: [24, 224, 4],
  Standard_NC6s_v2: [6, 112, 1],
  Standard_NC12s_v2: [12, 224, 2],
  Standard_NC24s_v2: [24, 448, 4],
  Standard_NC6s_v3: [6, 112, 1],
  Standard_NC12s_v3: [12, 224, 2],
  Standard_NC24s_v3: [24, 448, 4],
  Standard_NC4as_T4_v3: [4, 28, 1],
  Standard_NC8as_T4_v3: [8, 56, 1],
  Standard_NC16as_T4_v3: [16, 110, 1],
  Standard_NC64as_T4_v3: [64, 440, 4],
  Standard_ND6s: [6, 112, 1],
  Standard_ND12s: [12, 224, 2],
  Standard_ND24s: [24, 448, 4],
  Standard_NV6: [6, 56, 1],
  Standard_NV12: [12, 112, 2],
  Standard_NV24: [24, 224, 4],
};

const byLowerCase = new Map(Object.keys(SIZES).map((name) => [name.toLowerCase(), name]));

/** Azure's own spelling of every size in the table. */
export const VM_SIZE_NAMES: readonly string[] = Object.keys(SIZES);

export const DEFAULT_VM_SIZE = 'Standard_D3_v2';

/** The size of that name in any case, with its canonical spelling; undefined for a name that is not in the table. */
export function findVmSize(name: string): (VmSize & { readonly name: string }) | undefined {
  const canonical = byLowerCase.get(name.toLowerCase());
  const size = canonical === undefined ? undefined : SIZES[canonical];
  return canonical === undefined || size === undefined
    ? undefined
    : { name: canonical, cpu: size[0], memoryInGB: size[1], gpu: size[2] ?? 0 };
}

interface Agents {
  readonly agentCount: number;
  readonly vmSize: string;
  /** Of a Kubernetes, what its nodes say they can give counts, not what their size is called. */
  readonly kubernetes?: { readonly allocatable: Amounts } | null | undefined;
}

interface Amounts {
  readonly cpu: number;
  readonly memoryInGB: number;
}

/** vCPUs and memory of all agents together. */
export function clusterCapacity({ agentCount, vmSize, kubernetes }: Agents): Amounts {
  if (kubernetes !== null && kubernetes !== undefined) {
    const { cpu, memoryInGB } = kubernetes.allocatable;
    return { cpu, memoryInGB };
  }
  const size = findVmSize(vmSize);
  return { cpu: agentCount * (size?.cpu ?? 0), memoryInGB: agentCount * (size?.memoryInGB ?? 0) };
}
