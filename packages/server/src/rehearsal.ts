/** Lets a change be tried: every check is made where it is made in earnest, and nothing of it is kept. */
import type { State, Stores } from '@farled/state';

/** The record as it is, whose transactions are undone once they have succeeded. */
export function rehearsalOf(state: State): State {
  return {
    ...state,
    transaction: async (run) => {
      let outcome: { readonly value: Awaited<ReturnType<typeof run>> } | undefined;
      const undone = new Undone();
      try {
        return await state.transaction(async (stores: Stores) => {
          outcome = { value: await run(stores) };
          throw undone;
        });
      } catch (error) {
        if (error === undone && outcome !== undefined) {
          return outcome.value;
        }
        throw error;
      }
    },
  };
}

class Undone extends Error {}
