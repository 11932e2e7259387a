/** Records what handlers of XML are called with. */
import type { Attributes, XmlHandlers } from '../xml/xml-handlers.ts';

/** The attributes that are recorded. */
export const ATTRIBUTES = ['r', 't', 'x:id', 'xml:space'];

/** Records the calls of the handlers. Adjacent texts are joined; white space outside the root is ignored. */
export function recorder(): { events: string[]; handlers: XmlHandlers } {
  const events: string[] = [];
  let text = '';
  let depth = 0;
  const add = (event: string) => {
    if (text !== '') events.push(`text ${text}`);
    text = '';
    events.push(event);
  };
  const shown = (attributes: Attributes) =>
    [...ATTRIBUTES.map((name) => attributes.get(name)), attributes.prefixed('id')].map((one) => one ?? '-').join('|');
  return {
    events,
    handlers: {
      open: (name, attributes) => {
        depth++;
        add(`open ${name} ${shown(attributes)}`);
      },
      close: (name) => {
        depth--;
        add(`close ${name}`);
      },
      text: (part) => {
        if (depth > 0) text += part;
      },
    },
  };
}
