/** An element of an XML file: comments are gone, entities are replaced, text is trimmed. `line` counts from 1. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  readonly text: string;
  readonly children: readonly XmlElement[];
  readonly line: number;
}

/** An element and everything below it, in the order of the file. */
export function* everyElement(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) yield* everyElement(child);
}

/** The first element at the end of a path of names, below an element. */
export function find(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  let found = element;
  for (const name of names) found = found?.children.find((child) => child.name === name);
  return found;
}

/** `<property name="…">` or `<Property name="…">` right below an element; names without regard to case. */
export function property(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find(
    (child) =>
      child.name.toLowerCase() === "property" && child.attributes["name"]?.toLowerCase() === name.toLowerCase(),
  );
}
