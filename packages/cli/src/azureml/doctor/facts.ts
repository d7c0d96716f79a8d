/** What the doctor looks at, gathered before anything is decided. */

/** What was tried, and how it went: null when it could not be tried, for want of something that comes before it. */
export interface Facts {
  readonly place: PlaceFacts;
  readonly shell: ShellFacts;
  readonly answer: AnswerFacts | null;
  readonly name: NameFacts | null;
  readonly python: PythonFacts;
  readonly bundle: BundleFacts;
  readonly token: TokenFacts | null;
  readonly workspace: WorkspaceFacts | null;
  readonly caches: CacheFacts;
  readonly proxy: ProxyFacts;
  /** Variables by which single services of Azure ML are looked for elsewhere. */
  readonly overrides: readonly string[];
}

export type PlaceFacts =
  | {
      readonly url: string;
      readonly host: string;
      readonly port: number;
      readonly own: boolean;
      readonly privateAuthority: boolean;
    }
  | { readonly fault: string; readonly suggestion: string };

export interface ShellFacts {
  /** ARM_CLOUD_METADATA_URL; null: this shell is not set up, and the rest is looked at as `farled azureml run` sets it. */
  readonly metadata: string | null;
  /** HTTPS_PROXY is the server's own: scripts keep the addresses that they have for Azure. */
  readonly byProxy: boolean;
  /** Address that the table behind it gives for AzureCloud; null when it can't be read. */
  readonly resourceManager: string | null;
  /** AZUREML_CURRENT_CLOUD. */
  readonly cloud: string | null;
  /** Names that the table has. */
  readonly clouds: readonly string[];
}

/** Of the first request to the server. */
export type AnswerFacts =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly isFarled: boolean;
      /** Its clock before ours. */ readonly aheadSeconds: number | null;
    }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export interface NameFacts {
  /** Address that the system's resolver gives. */
  readonly system: string | null;
  /** Addresses of the hosts file. */
  readonly hosts: readonly string[];
  /** Whether something listens on the port at the address that Python has found; null when it found none. */
  readonly reachable: boolean | null;
}

export type PythonFacts =
  | {
      readonly kind: 'found';
      readonly executable: string;
      readonly version: string;
      /** Version of azureml-core. */
      readonly azureml: string | null;
      /** Address that Python gives the server's name. */
      readonly address: string | null;
      /** How a TLS connection to the server went that trusts REQUESTS_CA_BUNDLE alone: null when it went well. */
      readonly handshake: string | null;
    }
  | { readonly kind: 'missing'; readonly command: string; readonly message: string };

export interface BundleFacts {
  /** REQUESTS_CA_BUNDLE. */
  readonly path: string | null;
  /** Null: it can't be read. */
  readonly certificates: number | null;
  readonly hasOurs: boolean;
}

export interface TokenFacts {
  readonly identity: 'msi' | 'service-principal' | 'login';
  /** Null of a login, which has none before a person has come. */
  readonly issued: { readonly status: number; readonly message: string } | null;
  /** Status of the first request with it. */
  readonly accepted: number | null;
}

export interface WorkspaceFacts {
  readonly file: string | null;
  /** Why the file that is there can't be used. */
  readonly fault: string | null;
  readonly name: string | null;
  /** Status of asking for it; null when there was no token to ask with. */
  readonly status: number | null;
}

export interface CacheFacts {
  readonly cloudEndpoints: string;
  /** Address that the cached table gives for AzureCloud; null when nothing is cached. */
  readonly cachedResourceManager: string | null;
  readonly discovery: string;
  /** How many of the server's workspaces are cached with other addresses than its own. */
  readonly staleDiscoveries: number;
}

interface ProxyFacts {
  readonly variable: string | null;
  readonly bypassed: boolean;
}
