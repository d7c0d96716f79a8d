/** The reference page of the `farled` command, made from its tree. */
export { renderReference } from './reference.ts';
