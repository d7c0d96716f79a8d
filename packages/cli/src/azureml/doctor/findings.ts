/** What the facts mean, and what to do about them. Pure. */
import type { Facts } from './facts.ts';
import { type Finding, known, unknown } from './finding.ts';
import { tokenFinding, workspaceFinding } from './identity-findings.ts';
import { metadataFinding, overridesFinding, pythonFinding, shellFinding } from './shell-findings.ts';

/** Tokens hold from the moment they are issued, give or take a minute. */
const MOST_SKEW_SECONDS = 60;
/** A bundle with fewer certificates than this has no public ones beside ours. */
const FEWEST_PUBLIC = 20;

const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for other names',
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
};
/** Whoever made it is not who the client trusts. */
const STRANGER = /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED/;

export function findings(facts: Facts): readonly Finding[] {
  return [
    serverFinding(facts),
    certificateFinding(facts),
    clockFinding(facts),
    nameFinding(facts),
    shellFinding(facts),
    metadataFinding(facts),
    overridesFinding(facts),
    bundleFinding(facts),
    proxyFinding(facts),
    cachesFinding(facts),
    pythonFinding(facts),
    tokenFinding(facts),
    workspaceFinding(facts),
  ];
}

function serverFinding({ place, answer }: Facts): Finding {
  const check = 'server';
  if (!known(place)) {
    return { check, state: 'problem', seen: place.fault, todo: place.suggestion };
  }
  const start = place.own
    ? 'Start it with `farled-server`, or look into logs/server.log of its home.'
    : 'Is the address right, does the server run, and does FARLED_AZUREML_HOST let other machines reach it?';
  if (answer === null || (answer.kind === 'failed' && !isCertificateFault(answer.code))) {
    return {
      check,
      state: 'problem',
      seen: `${place.url} can't be reached: ${answer === null ? 'nothing was tried' : answer.message}`,
      todo: start,
    };
  }
  if (answer.kind === 'answered' && !answer.isFarled) {
    return {
      check,
      state: 'problem',
      seen: `${place.url} answers ${answer.status}, which is not what Farled says`,
      todo: 'Another program has that address: use the one that farled-server prints.',
    };
  }
  return { check, state: 'ok', seen: `${place.url} answers`, todo: null };
}

function certificateFinding({ place, answer }: Facts): Finding {
  const check = 'certificate';
  if (!known(place) || answer === null || (answer.kind === 'failed' && !isCertificateFault(answer.code))) {
    return unknown(check);
  }
  if (answer.kind === 'answered') {
    return {
      check,
      state: 'ok',
      seen: `is for ${place.host}, by ${place.privateAuthority ? "the server's own authority" : 'a public authority'}`,
      todo: null,
    };
  }
  const fault = CERTIFICATE_FAULTS[answer.code];
  if (fault !== undefined) {
    return {
      check,
      state: 'problem',
      seen: `${fault}: ${answer.message}`,
      todo: `Start the server again: it makes a certificate for the name in FARLED_AZUREML_NAME, which must be ${place.host}.`,
    };
  }
  return {
    check,
    state: 'problem',
    seen: `is not by the authority that was given: ${answer.message}`,
    todo: place.privateAuthority
      ? 'Does another program, or a proxy, answer there? Else copy tls/ca.crt of its home anew, and name it with --ca-file.'
      : 'Copy tls/ca.crt from the home of the server, and name it with --ca-file.',
  };
}

function isCertificateFault(code: string): boolean {
  return code in CERTIFICATE_FAULTS || STRANGER.test(code);
}

function clockFinding({ answer }: Facts): Finding {
  const check = 'clock';
  if (answer?.kind !== 'answered' || answer.aheadSeconds === null) {
    return unknown(check);
  }
  const { aheadSeconds } = answer;
  const apart = Math.round(Math.abs(aheadSeconds));
  return Math.abs(aheadSeconds) <= MOST_SKEW_SECONDS
    ? { check, state: 'ok', seen: `is as the server's`, todo: null }
    : {
        check,
        state: 'problem',
        seen: `the server's is ${apart} seconds ${aheadSeconds > 0 ? 'ahead of' : 'behind'} this machine's`,
        todo: 'Set both by NTP: tokens are refused when their times are in the future.',
      };
}

function nameFinding({ place, name, python }: Facts): Finding {
  const check = 'name';
  if (!known(place) || name === null) {
    return unknown(check);
  }
  const byPython = python.kind === 'found' ? python.address : name.system;
  if (byPython === null) {
    return {
      check,
      state: 'problem',
      seen: `${place.host} has no address in Python`,
      todo: `Start scripts with \`farled azureml run\`, or add the name: ${
        place.own ? '`sudo farled azureml hosts --write`' : '`farled azureml hosts --address IP` prints the line'
      }.`,
    };
  }
  if (name.reachable === false) {
    return {
      check,
      state: 'problem',
      seen: `${place.host} is ${byPython}, where nothing listens on port ${place.port}`,
      todo:
        name.hosts.length > 0
          ? 'Correct the line of the hosts file.'
          : 'Let the name lead to the server, or let the server listen there with FARLED_AZUREML_HOST.',
    };
  }
  const how =
    name.hosts.length > 0
      ? 'the hosts file'
      : name.system === byPython
        ? "the system's resolver"
        : 'the sitecustomize of PYTHONPATH, in Python alone';
  return { check, state: 'ok', seen: `${place.host} is ${byPython}, by ${how}`, todo: null };
}

function bundleFinding({ place, bundle }: Facts): Finding {
  const check = 'authorities';
  const again = 'Set REQUESTS_CA_BUNDLE as `farled azureml env` prints it.';
  if (!known(place)) {
    return unknown(check);
  }
  if (bundle.path === null) {
    return place.privateAuthority
      ? { check, state: 'problem', seen: 'REQUESTS_CA_BUNDLE is not set', todo: again }
      : { check, state: 'ok', seen: 'the public ones of the client are enough', todo: null };
  }
  if (bundle.certificates === null) {
    return { check, state: 'problem', seen: `${bundle.path} can't be read`, todo: again };
  }
  if (place.privateAuthority && !bundle.hasOurs) {
    return { check, state: 'problem', seen: `${bundle.path} does not have the server's authority`, todo: again };
  }
  if (bundle.certificates < FEWEST_PUBLIC) {
    return {
      check,
      state: 'problem',
      seen: `${bundle.path} has ${bundle.certificates} certificates: the public ones are missing, so other sites are refused`,
      todo: again,
    };
  }
  return { check, state: 'ok', seen: `${bundle.path} has the server's among ${bundle.certificates}`, todo: null };
}

function proxyFinding({ place, proxy }: Facts): Finding {
  const check = 'proxy';
  if (proxy.variable === null) {
    return { check, state: 'ok', seen: 'none is set', todo: null };
  }
  if (proxy.bypassed || !known(place)) {
    return { check, state: 'ok', seen: `${proxy.variable} is set, and NO_PROXY leaves the server out`, todo: null };
  }
  return {
    check,
    state: 'problem',
    seen: `requests to the server go through ${proxy.variable}`,
    todo: `Add ${place.host},localhost to NO_PROXY, or take NO_PROXY from \`farled azureml env\`.`,
  };
}

function cachesFinding({ place, caches }: Facts): Finding {
  const check = 'caches';
  if (!known(place)) {
    return unknown(check);
  }
  const { cachedResourceManager, cloudEndpoints, staleDiscoveries, discovery } = caches;
  if (cachedResourceManager !== null && cachedResourceManager !== place.url) {
    return {
      check,
      state: 'problem',
      seen: `${cloudEndpoints} says ${cachedResourceManager}, and is never read anew`,
      todo: `Set AZURE_CONFIG_DIR as \`farled azureml env\` prints it, or remove that file.`,
    };
  }
  if (staleDiscoveries > 0) {
    return {
      check,
      state: 'problem',
      seen: `${discovery} has other addresses for ${staleDiscoveries} of the server's workspaces`,
      todo: 'Remove that file: the client makes it again.',
    };
  }
  return { check, state: 'ok', seen: 'nothing in them is stale', todo: null };
}
