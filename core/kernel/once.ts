// What may be called again and does nothing then: whoever undoes something need not remember that it did.

/** The same action, but for calls after the first. */
export function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
