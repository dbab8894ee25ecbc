/** Says what is wrong with an object that a run waited for in vain. */

/**
 * Never throws: it is called when something has failed already.
 *
 * @param about `subject`: the object, as a sentence begins; `question`: what cannot be read, if reading fails; `commands`:
 * with which the user can look further.
 * @param find What is wrong, undefined if nothing is; `more`: lines about what it depends on.
 * @returns lines for the user; empty when nothing is wrong
 */
export async function explainTrouble(
  about: { readonly subject: string; readonly question: string; readonly commands: string },
  find: () => Promise<{ readonly trouble: string | undefined; readonly more?: readonly string[] }>,
): Promise<readonly string[]> {
  try {
    const { trouble, more = [] } = await find();
    if (trouble === undefined) return [];
    return [`${about.subject} does not work: ${trouble}`, ...more, `  look further: ${about.commands}`];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`cannot read ${about.question}: ${reason}`];
  }
}
