/** Bundles the API for an edge runtime: one module that imports only Node's modules. */
import { build, type Plugin } from 'esbuild';

/** The workerd behaviour that the bundles expect. The flag `nodejs_compat` adds Node's modules. */
export const COMPATIBILITY_DATE = '2026-04-01';

/** Bundles `deploy/edge.ts` with its imports. */
export function bundleEdge(): Promise<string> {
  return bundle("export { default } from './edge.ts';", import.meta.dirname);
}

/** Bundles source text and its imports into one module. */
export async function bundle(contents: string, resolveDir: string, plugins: Plugin[] = []): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    // the AWS SDK's browser build needs a DOM; workerd has the Node modules that its other build needs
    platform: 'node',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" },
    plugins,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}
