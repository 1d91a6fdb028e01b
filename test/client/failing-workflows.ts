/** A session whose workflow task fails at each try, as one does that other code began. */
export async function issueWorkflow(): Promise<void> {
  throw new Error('Cannot read what it was begun with');
}
