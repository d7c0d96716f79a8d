/** What the facts of the shell and its Python mean. Pure. */
import type { Facts } from './facts.ts';
import { type Finding, known, unknown } from './finding.ts';

const SET_UP =
  'Start scripts with `farled azureml run -- python script.py`, or set the shell up: `source <(farled azureml env)`.';
/** What Farled is tested with. */
const TESTED = '1.61';

export function shellFinding({ shell }: Facts): Finding {
  const check = 'shell';
  if (shell.metadata === null && shell.byProxy) {
    return { check, state: 'ok', seen: "scripts go by the server's proxy", todo: null };
  }
  return shell.metadata === null
    ? {
        check,
        state: 'problem',
        seen: 'ARM_CLOUD_METADATA_URL is not set: scripts of this shell go to Azure',
        todo: SET_UP,
      }
    : { check, state: 'ok', seen: `ARM_CLOUD_METADATA_URL is ${shell.metadata}`, todo: null };
}

export function metadataFinding({ place, shell }: Facts): Finding {
  const check = 'cloud';
  if (!known(place)) {
    return unknown(check);
  }
  if (shell.metadata === null && shell.byProxy) {
    return { check, state: 'ok', seen: 'scripts have their own, which the proxy leads here', todo: null };
  }
  if (shell.metadata === null) {
    return { check, state: 'unknown', seen: 'can be looked at when the shell is set up', todo: null };
  }
  if (shell.resourceManager === null) {
    return { check, state: 'problem', seen: `${shell.metadata} has no table with AzureCloud`, todo: SET_UP };
  }
  if (shell.resourceManager !== place.url) {
    return {
      check,
      state: 'problem',
      seen: `AzureCloud is ${shell.resourceManager}, and the server is ${place.url}`,
      todo: `The shell is set up for another address. ${SET_UP}`,
    };
  }
  if (shell.cloud !== null && !shell.clouds.includes(shell.cloud)) {
    return {
      check,
      state: 'problem',
      seen: `AZUREML_CURRENT_CLOUD is ${shell.cloud}, which the table does not have`,
      todo: 'Set it to AzureCloud.',
    };
  }
  return { check, state: 'ok', seen: `AzureCloud is ${shell.resourceManager}`, todo: null };
}

export function overridesFinding({ overrides }: Facts): Finding {
  const check = 'overrides';
  return overrides.length === 0
    ? { check, state: 'ok', seen: 'none is set', todo: null }
    : {
        check,
        state: 'problem',
        seen: `${overrides.join(', ')}: services are looked for there, and not on the server`,
        todo: `Unset ${overrides.length === 1 ? 'it' : 'them'}.`,
      };
}

export function pythonFinding({ python, answer }: Facts): Finding {
  const check = 'azureml-core';
  if (python.kind === 'missing') {
    return {
      check,
      state: 'problem',
      seen: `${python.command} can't be run: ${python.message}`,
      todo: 'Activate the environment that scripts run in, or name its Python with --python.',
    };
  }
  const { executable, version, azureml, handshake } = python;
  if (azureml === null) {
    return {
      check,
      state: 'problem',
      seen: `is not installed in ${executable} (Python ${version})`,
      todo: `${executable} -m pip install azureml-core, or activate the environment that has it.`,
    };
  }
  if (answer?.kind === 'answered' && handshake !== null) {
    return {
      check,
      state: 'problem',
      seen: `Python ${version} can't connect to the server: ${handshake}`,
      todo: 'See the lines above; a Python that is started with -I or -E does not read PYTHONPATH.',
    };
  }
  const other = azureml.startsWith(`${TESTED}.`) ? '' : `; Farled is tested with ${TESTED}`;
  return { check, state: 'ok', seen: `${azureml} in ${executable} (Python ${version})${other}`, todo: null };
}
