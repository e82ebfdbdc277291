/** Starts a few pieces of work ahead, and yields their results in order: looking at files one by one is mostly waiting. */
export async function* ahead<Item, Result>(
  items: Iterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  for (const item of items) {
    const result = work(item);
    result.catch(() => undefined); // it is thrown below, when its turn comes
    started.push(result);
    if (started.length >= most) yield await started.shift()!;
  }
  for (const result of started) yield await result;
}
