/** Runs a module on workerd through miniflare, which is installed only in `deploy/`. */
import { COMPATIBILITY_DATE } from '../../bundle.ts';

export interface Edge {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

interface Miniflare {
  dispatchFetch(url: string, init?: RequestInit): Promise<Response>;
  dispose(): Promise<void>;
}

interface MiniflareModule {
  Miniflare: new (options: object) => Miniflare;
}

export const EDGE_ORIGIN = 'http://edge.test';

/** The module's `fetch` answers; `bindings` are its `env`. */
export async function startEdge(script: string, bindings: Readonly<Record<string, string>> = {}): Promise<Edge> {
  // not a dependency of the repository itself, so the type check must not need it
  const name: string = 'miniflare';
  const { Miniflare } = (await import(name)) as MiniflareModule;
  const miniflare = new Miniflare({
    modules: true,
    script,
    bindings,
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: ['nodejs_compat'],
  });
  return {
    fetch: (path, init) => miniflare.dispatchFetch(`${EDGE_ORIGIN}${path}`, init),
    close: () => miniflare.dispose(),
  };
}
